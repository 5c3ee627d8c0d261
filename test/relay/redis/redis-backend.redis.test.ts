import { createClient } from '@redis/client'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  BackendUnavailableError,
  redisBackend,
  StopNotPermittedError,
  UnreadableLogError,
} from '../../../src/relay/index.ts'
import type { RedisLayout } from '../../../src/relay/index.ts'
import { startRedis } from '../../support/redis-server.ts'
import type { RedisServer } from '../../support/redis-server.ts'
import { PLAIN_USER, plainUrl } from '../../support/plain-user.ts'
import { testBackendContract } from '../backend-contract.ts'
import type { Subject } from '../backend-contract.ts'

let redis: RedisServer
beforeAll(async () => {
  redis = await startRedis({ args: PLAIN_USER })
})
afterAll(() => redis.stop())

// How the relay hears of writes: Redis tells of changed keys by itself, or it does not.
const ways = { tracking: (url: string) => url, doorbells: plainUrl }
type Way = keyof typeof ways

async function subject(
  way: Way,
  layout: RedisLayout,
  written: 'list' | 'stream',
): Promise<Subject> {
  const client = await createClient({ url: redis.url }).connect()
  const backend = redisBackend({ url: ways[way](redis.url), layout })
  const controls = new Set<string>()
  await client.pSubscribe('agent_run:*:control', (word, channel) => controls.add(channel + word))
  return {
    backend,
    async heardStop(id) {
      if (written === 'list') return controls.has(`agent_run:${id}:controlSTOP`)
      const key = `agent_run:${id}:stop`
      return (await client.get(key)) === '1' && (await client.ttl(key)) > 290
    },
    async append(id, payload) {
      if (written === 'stream') return client.xAdd(`agent_run:${id}:stream`, '*', { data: payload })
      await client.rPush(`agent_run:${id}:responses`, payload)
      return client.publish(`agent_run:${id}:new_response`, 'new')
    },
    async delete(id) {
      await client.del([`agent_run:${id}:stream`, `agent_run:${id}:responses`])
      // Ids begin anew within the same millisecond, and equal ids would be equal places.
      const deletedAt = Date.now()
      await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(deletedAt + 1), { interval: 1 })
    },
    async close() {
      await backend.close()
      client.destroy()
    },
  }
}

for (const way of ['tracking', 'doorbells'] as const) {
  testBackendContract(`redis suna-list by ${way}`, () => subject(way, 'suna-list', 'list'))
  testBackendContract(`redis suna-stream by ${way}`, () => subject(way, 'suna-stream', 'stream'))
  testBackendContract(`redis auto, list by ${way}`, () => subject(way, 'auto', 'list'))
  testBackendContract(`redis auto, stream by ${way}`, () => subject(way, 'auto', 'stream'))
}

const all = { limit: 100, follow: false }

describe('redisBackend', () => {
  async function setup({ way = 'tracking', layout }: { way?: Way; layout?: RedisLayout } = {}) {
    const client = await createClient({ url: redis.url }).connect()
    const backend = redisBackend({ url: ways[way](redis.url), layout })
    await vi.waitFor(() => expect(backend.isReady()).toBe(true), 5000)
    return {
      client,
      backend,
      [Symbol.asyncDispose]: () => backend.close().then(() => client.destroy()),
    }
  }

  it('tells a trimmed head, to a viewer with a cursor and to one without', async () => {
    await using context = await setup()
    const { client, backend } = context
    const key = 'agent_run:trimmed:stream'
    for (let n = 0; n < 5; n++) await client.xAdd(key, `1-${n}`, { data: String(n) })
    await client.xTrim(key, 'MAXLEN', 2)
    const late = await backend.read('trimmed', 'S-1-0', all)
    expect(late.gap).toBe('trimmed')
    expect(late.entries.map(({ cursor }) => cursor)).toEqual(['S-1-3', 'S-1-4'])
    expect((await backend.read('trimmed', null, all)).gap).toBe('trimmed')
    expect((await backend.read('trimmed', 'S-1-3', all)).gap).toBe(null)
  })

  it('tells of an emptied stream what was not read yet, and nothing to who has read all', async () => {
    await using context = await setup()
    const { client, backend } = context
    const key = 'agent_run:emptied:stream'
    for (let n = 0; n < 5; n++) await client.xAdd(key, `1-${n}`, { data: String(n) })
    await client.xTrim(key, 'MAXLEN', 0)
    const told = async (after: string | null) => {
      const { gap, entries, next } = await backend.read('emptied', after, all)
      return [gap, entries.length, next]
    }
    expect(await told('S-1-4')).toEqual([null, 0, 'S-1-4'])
    expect(await told('S-1-3')).toEqual(['trimmed', 0, 'S-1-4'])
    expect(await told(null)).toEqual(['trimmed', 0, 'S-1-4'])
    await client.xAdd(key, '1-5', { data: '5' })
    // Ids are no count: there may have been others before this one, which were trimmed too.
    expect(await told('S-1-4')).toEqual(['trimmed', 1, 'S-1-5'])
    expect(await told('S-1-5')).toEqual([null, 0, 'S-1-5'])
  })

  it('loses and tells nothing where the entry at the cursor alone was deleted', async () => {
    await using context = await setup()
    const { client, backend } = context
    const key = 'agent_run:xdel:stream'
    for (let n = 0; n < 5; n++) await client.xAdd(key, `1-${n}`, { data: String(n) })
    await client.xDel(key, '1-2')
    const cursors = async (after: string) => {
      const { gap, entries } = await backend.read('xdel', after, all)
      return [gap, ...entries.map(({ cursor }) => cursor)]
    }
    expect(await cursors('S-1-2')).toEqual([null, 'S-1-3', 'S-1-4'])
    await client.xDel(key, '1-4')
    expect(await cursors('S-1-4')).toEqual([null]) // the last one: nothing can be missing behind it
    expect(await cursors('S-1-2')).toEqual(['trimmed', 'S-1-3']) // one behind it is missing, too
    await client.xDel(key, '1-0')
    await client.xTrim(key, 'MAXLEN', 1)
    expect(await cursors('S-1-1')).toEqual(['trimmed', 'S-1-3'])
  })

  it.for([
    ['a list that is shorter than the cursor', 'list', [['ltrim', '0', '1']], 'replaced'],
    ['a list whose head was cut', 'list', [['ltrim', '1', '-1']], 'replaced'],
    ['a key that expires', 'list', [['pexpire', '1']], 'expired'],
    ['a stream that expires', 'stream', [['pexpire', '1']], 'expired'],
    [
      'a stream that is emptied',
      'stream',
      [
        ['xtrim', 'MAXLEN', '0'],
        ['xadd', '*', 'data', 'x'],
      ],
      'trimmed',
    ],
  ] as const)('tells %s', async ([, layout, changes, reason]) => {
    await using context = await setup()
    const { client, backend } = context
    const id = `told_${changes.flat().join('_').replaceAll(/\W/g, '_')}_${layout}`
    const key = `agent_run:${id}:${layout === 'list' ? 'responses' : 'stream'}`
    for (let n = 0; n < 4; n++) {
      if (layout === 'list') await client.rPush(key, String(n))
      else await client.xAdd(key, '*', { data: String(n) })
    }
    const { next } = await backend.read(id, null, all)
    for (const [command, ...args] of changes) await client.sendCommand([command, key, ...args])
    await vi.waitFor(async () => expect((await backend.read(id, next, all)).gap).toBe(reason), 5000)
  })

  it.for(['tracking', 'doorbells'] as const)('tells FLUSHALL, by %s', async (way) => {
    await using context = await setup({ way })
    const { client, backend } = context
    await client.rPush('agent_run:flushed:responses', ['0', '1'])
    const wake = vi.fn<() => void>()
    const watch = backend.watch('flushed', wake)
    await watch.ready
    const { next } = await backend.read('flushed', null, { ...all, follow: true })
    wake.mockClear()
    await client.flushAll()
    if (way === 'tracking') await vi.waitFor(() => expect(wake).toHaveBeenCalled(), 5000)
    expect((await backend.read('flushed', next, all)).gap).toBe('expired')
    watch.close()
  })

  it('says of a key that is no log, or may not be read, that waiting does not help', async () => {
    await using context = await setup()
    const { client, backend } = context
    await client.set('agent_run:nolog:responses', 'x')
    await expect(backend.read('nolog', null, all)).rejects.toThrow(UnreadableLogError)
    await client.sendCommand([
      'ACL',
      'SETUSER',
      'elsewhere',
      'on',
      '>pw',
      '~other:*',
      '&*',
      '+@all',
    ])
    const other = redisBackend({ url: redis.url.replace('//', '//elsewhere:pw@') })
    await vi.waitFor(() => expect(other.isReady()).toBe(true), 5000)
    await expect(other.read('nolog', null, all)).rejects.toThrow(UnreadableLogError)
    await other.close()
  })

  it('tells a cursor of one layout that the log is now in the other', async () => {
    await using context = await setup()
    const { client, backend } = context
    await client.xAdd('agent_run:moved:stream', '*', { data: 'x' })
    const page = await backend.read('moved', 'L-00000000-3-00000000', all)
    expect(page.gap).toBe('replaced')
    expect(page.entries).toHaveLength(1)
  })

  it('delivers an entry without the expected field as a JSON object of its fields', async () => {
    await using context = await setup()
    const { client, backend } = context
    await client.xAdd('agent_run:foreign:stream', '*', { a: '1', b: '2' })
    const { entries } = await backend.read('foreign', null, all)
    expect(entries[0]?.data.toString()).toBe('{"a":"1","b":"2"}')
  })

  it.for(['tracking', 'doorbells'] as const)(
    'goes on beside a key of another type, by %s',
    async (way) => {
      await using context = await setup({ way, layout: 'suna-stream' })
      const { client, backend } = context
      await client.set('agent_run:wrong:stream', 'a string')
      const follow = { ...all, follow: true }
      const wake = vi.fn<() => void>()
      const watches = [backend.watch('wrong', () => {}), backend.watch('right', wake)]
      await expect(backend.read('wrong', null, follow)).rejects.toThrow('WRONGTYPE')
      await backend.read('right', null, follow)
      await client.xAdd('agent_run:right:stream', '*', { data: 'x' })
      await vi.waitFor(() => expect(wake).toHaveBeenCalled(), 5000)
      for (const watch of watches) watch.close()
    },
  )

  it('watches new streams also where CLIENT UNBLOCK is refused, and says so once', async () => {
    await using context = await setup()
    const { client } = context
    const rule = ['on', '>pw', '~*', '&*', '+@all', '-client|tracking', '-client|unblock']
    await client.sendCommand(['ACL', 'SETUSER', 'relay', ...rule])
    const warn = vi.fn<(message: string) => void>()
    const url = redis.url.replace('//', '//relay:pw@')
    const backend = redisBackend({ url, logger: { info: () => {}, warn } })
    await vi.waitFor(() => expect(backend.isReady()).toBe(true), 5000)
    const wakes = ['one', 'two'].map(() => vi.fn<() => void>())
    for (const [n, wake] of wakes.entries()) {
      const watch = backend.watch(`refused_${n}`, wake)
      await watch.ready
      await backend.read(`refused_${n}`, null, { ...all, follow: true })
      wake.mockClear()
      await client.xAdd(`agent_run:refused_${n}:stream`, '*', { data: 'x' })
      await vi.waitFor(() => expect(wake).toHaveBeenCalled(), 5000)
    }
    expect(warn).toHaveBeenCalledTimes(1)
    await backend.close()
  })

  it('hears the doorbell of a stream watched again while its end of watch waits behind a read', async () => {
    await using context = await setup({ way: 'doorbells' })
    const { client, backend } = context
    const blocking = backend.watch('blocking', () => {})
    await blocking.ready
    await backend.read('blocking', null, { ...all, follow: true })
    const first = backend.watch('again', () => {})
    await first.ready
    first.close()
    const wake = vi.fn<() => void>()
    const again = backend.watch('again', wake)
    await again.ready
    const calls = wake.mock.calls.length
    await client.rPush('agent_run:again:responses', 'x')
    await client.publish('agent_run:again:new_response', 'new')
    await vi.waitFor(() => expect(wake.mock.calls.length).toBeGreaterThan(calls), 5000)
    for (const watch of [blocking, again]) watch.close()
  })

  it('reads on where SUBSCRIBE is refused, and says so once', async () => {
    await using context = await setup()
    const { client } = context
    const rule = ['on', '>pw', '~*', 'resetchannels', '+@all']
    await client.sendCommand(['ACL', 'SETUSER', 'deaf', ...rule])
    const warn = vi.fn<(message: string) => void>()
    const url = redis.url.replace('//', '//deaf:pw@')
    const backend = redisBackend({ url, logger: { info: () => {}, warn } })
    await vi.waitFor(() => expect(backend.isReady()).toBe(true), 5000)
    const watches = ['deaf_0', 'deaf_1'].map((id) => backend.watch(id, () => {}))
    await Promise.all(watches.map(({ ready }) => ready))
    expect(warn).toHaveBeenCalledTimes(1)
    expect(warn.mock.calls[0]?.[0]).toContain('SUBSCRIBE')
    await backend.close()
  })

  it.for([
    ['tracking', 2],
    ['doorbells', 2],
  ] as const)('by %s uses %i connections, whatever it watches', async ([way, connections]) => {
    await using context = await setup({ way })
    const { client, backend } = context
    const watches = Array.from({ length: 50 }, (_, n) => backend.watch(`many_${n}`, () => {}))
    await Promise.all(watches.map(({ ready }) => ready))
    const others = (await client.clientList()).length - 1 // this test's own
    expect(others).toBe(connections)
    for (const watch of watches) watch.close()
  })

  it.for(['responses', 'stream'])(
    'hears of a key %s that is written without a doorbell, gone, and written anew',
    async (suffix) => {
      await using context = await setup()
      const { client, backend } = context
      const key = `agent_run:silent_${suffix}:${suffix}`
      const wake = vi.fn<() => void>()
      const watch = backend.watch(`silent_${suffix}`, wake)
      await watch.ready
      const write = (): Promise<unknown> =>
        suffix === 'stream' ? client.xAdd(key, '*', { data: 'x' }) : client.rPush(key, 'x')
      for (const change of [write, write, () => client.del(key), write]) {
        await backend.read(`silent_${suffix}`, null, { ...all, follow: true })
        wake.mockClear()
        await change()
        await vi.waitFor(() => expect(wake).toHaveBeenCalledTimes(1), 5000)
      }
      watch.close()
    },
  )

  it('hears a doorbell that rings without a change', async () => {
    await using context = await setup()
    const { client, backend } = context
    const wake = vi.fn<() => void>()
    const watch = backend.watch('bell', wake)
    await watch.ready
    wake.mockClear()
    await client.publish('agent_run:bell:new_response', 'new')
    await vi.waitFor(() => expect(wake).toHaveBeenCalledTimes(1), 5000)
    watch.close()
  })

  it.for(['tracking', 'doorbells'] as const)(
    'by %s reads pages larger than what Redis lets pile up for a subscriber',
    async (way) => {
      await using context = await setup({ way })
      const { client, backend } = context
      await client.configSet('client-output-buffer-limit', 'pubsub 1mb 1mb 1')
      const events = Array.from({ length: 30 }, () => 'x'.repeat(200_000))
      await client.rPush(`agent_run:large_${way}:responses`, events)
      const watch = backend.watch(`large_${way}`, () => {})
      await watch.ready
      expect((await backend.read(`large_${way}`, null, all)).entries).toHaveLength(30)
      watch.close()
    },
  )

  it('hears the doorbells of a session without tracking, whatever the one before it heard', async () => {
    await using context = await setup()
    const { client } = context
    const rule = ['on', '>pw', '~*', '&*', '+@all']
    await client.sendCommand(['ACL', 'SETUSER', 'fallen', ...rule])
    const url = redis.url.replace('//', '//fallen:pw@')
    const backend = redisBackend({ url, layout: 'suna-list' })
    await vi.waitFor(() => expect(backend.isReady()).toBe(true), 5000)
    const wake = vi.fn<() => void>()
    const watch = backend.watch('fallen', wake)
    await watch.ready
    await backend.read('fallen', null, { ...all, follow: true })
    wake.mockClear()
    await client.rPush('agent_run:fallen:responses', '0') // and no doorbell
    await vi.waitFor(() => expect(wake).toHaveBeenCalled(), 5000)
    await client.sendCommand(['ACL', 'SETUSER', 'fallen', '-client|tracking'])
    await client.sendCommand(['CLIENT', 'KILL', 'USER', 'fallen'])
    await vi.waitFor(() => expect(backend.isReady()).toBe(false), 5000)
    await vi.waitFor(() => expect(wake.mock.calls.length).toBeGreaterThan(1), 5000)
    wake.mockClear()
    await client.rPush('agent_run:fallen:responses', '1')
    await client.publish('agent_run:fallen:new_response', 'new')
    await vi.waitFor(() => expect(wake).toHaveBeenCalled(), 5000)
    watch.close()
    await backend.close()
  })

  it.for(['suna-list', 'auto'] as const)(
    'wakes a watch once after a lost session, when its doorbell is heard again: %s',
    async (layout) => {
      await using context = await setup({ layout })
      const { client, backend } = context
      const [id, control] = [`lost_${layout}`, `agent_run:lost_${layout}:control`]
      const wake = vi.fn<(reason: unknown) => void>()
      const watch = backend.watch(id, wake)
      await watch.ready
      wake.mockClear()
      await client.sendCommand(['CLIENT', 'KILL', 'TYPE', 'NORMAL', 'SKIPME', 'YES'])
      await vi.waitFor(() => expect(backend.info().reconnects).toBe(1), 5000)
      const isHeard = async (): Promise<void> =>
        expect(await client.publish(control, 'END_STREAM')).toBe(1)
      await vi.waitFor(isHeard, 5000)
      await vi.waitFor(() => expect(wake).toHaveBeenCalledWith('completed'), 5000)
      await backend.stat(id) // whatever the same answer brought has been told by now
      expect(wake.mock.calls.filter(([reason]) => reason === null)).toHaveLength(1)
      watch.close()
    },
  )

  it.for([['-client'], ['-client|id'], ['-client|tracking'], ['resetchannels']])(
    'serves both layouts for a user with %s',
    async ([rule = '']) => {
      await using context = await setup()
      const { client } = context
      const name = `rule_${rule.replaceAll(/\W/g, '_')}`
      const rules = ['on', '>pw', '~*', '&*', '+@all', rule]
      await client.sendCommand(['ACL', 'SETUSER', name, ...rules])
      const backend = redisBackend({ url: redis.url.replace('//', `//${name}:pw@`) })
      await vi.waitFor(() => expect(backend.isReady()).toBe(true), 5000)
      for (const suffix of ['responses', 'stream']) {
        const id = `${name}_${suffix}`
        const wake = vi.fn<() => void>()
        const watch = backend.watch(id, wake)
        await watch.ready
        await backend.read(id, null, { ...all, follow: true })
        wake.mockClear()
        if (suffix === 'stream') await client.xAdd(`agent_run:${id}:stream`, '*', { data: 'x' })
        else await client.rPush(`agent_run:${id}:responses`, 'x')
        await client.publish(`agent_run:${id}:new_response`, 'new')
        await vi.waitFor(() => expect(wake).toHaveBeenCalled(), 5000)
        watch.close()
      }
      await backend.close()
    },
  )

  it('asks for notices again once it may have them', async () => {
    await using context = await setup()
    const { client } = context
    const rule = ['on', '>pw', '~*', '&*', '+@all', '-client|tracking']
    await client.sendCommand(['ACL', 'SETUSER', 'risen', ...rule])
    const backend = redisBackend({ url: redis.url.replace('//', '//risen:pw@') })
    await vi.waitFor(() => expect(backend.isReady()).toBe(true), 5000)
    const tracking = async (): Promise<boolean> =>
      (await client.clientList()).some(({ user, flags }) => user === 'risen' && flags.includes('t'))
    expect(await tracking()).toBe(false)
    await client.sendCommand(['ACL', 'SETUSER', 'risen', '+client|tracking'])
    await client.sendCommand(['CLIENT', 'KILL', 'USER', 'risen'])
    await vi.waitFor(async () => expect(await tracking()).toBe(true), 5000)
    await backend.close()
  })

  it('is not driven by a Redis that forgets what it was asked to tell of, and says so once', async () => {
    await using context = await setup()
    const { client } = context
    await client.configSet('tracking-table-max-keys', '1')
    const warn = vi.fn<(message: string) => void>()
    const logger = { info: () => {}, warn }
    const backend = redisBackend({ url: redis.url, layout: 'suna-list', logger })
    await vi.waitFor(() => expect(backend.isReady()).toBe(true), 5000)
    await client.configResetStat()
    const follow = (id: string) => backend.read(id, null, { ...all, follow: true })
    const watches = ['storm_0', 'storm_1'].map((id) => backend.watch(id, () => void follow(id)))
    // Redis looks for keys to forget when a command arrives: other clients keep the storm alive.
    const stormy = async (): Promise<void> => {
      await client.ping()
      expect(warn).toHaveBeenCalled()
    }
    await vi.waitFor(stormy, { timeout: 5000, interval: 1 })
    const idle = vi.fn<() => void>()
    const later = backend.watch('storm_2', idle) // hears of its own doorbell at once all the same
    await later.ready
    idle.mockClear()
    await client.publish('agent_run:storm_2:new_response', 'new')
    await vi.waitFor(() => expect(idle).toHaveBeenCalled(), 5000)
    const [, reads] = /cmdstat_lrange:calls=(\d+)/.exec(await client.info('commandstats')) ?? []
    expect(Number(reads)).toBeLessThan(100)
    expect(warn).toHaveBeenCalledTimes(1)
    expect(warn.mock.calls[0]?.[0]).toContain('tracking-table-max-keys')
    for (const watch of [...watches, later]) watch.close()
    await backend.close()
    await client.configSet('tracking-table-max-keys', '1000000')
  })

  it('hears its own database, whatever is written under the same key in another one', async () => {
    await using context = await setup()
    const { client } = context
    const backend = redisBackend({ url: `${redis.url}/3`, layout: 'suna-list' })
    await vi.waitFor(() => expect(backend.isReady()).toBe(true), 5000)
    const seen: string[] = []
    const follow = async (): Promise<void> => {
      const { entries } = await backend.read('shared', null, { ...all, follow: true })
      seen.push(...entries.map(({ data }) => data.toString()))
    }
    const watch = backend.watch('shared', () => void follow())
    await watch.ready
    for (let n = 0; n < 100; n++) {
      await client.set('agent_run:shared:responses', n)
      await backend.stat('shared') // behind the read, so that the next write has its notice
    }
    const own = await createClient({ url: `${redis.url}/3` }).connect()
    await own.rPush('agent_run:shared:responses', 'ours')
    await vi.waitFor(() => expect(seen).toContain('ours'), 5000)
    own.destroy()
    watch.close()
    await backend.close()
  })

  it('asks in the way of the layout that a run turned out to have, and in no other', async () => {
    await using context = await setup()
    const { client, backend } = context
    const heard: string[] = []
    await client.subscribe('agent_run:stop_s:control', (word) => void heard.push(word))
    await client.xAdd('agent_run:stop_s:stream', '*', { data: '{}' })
    await client.rPush('agent_run:stop_l:responses', '{}')
    await backend.stop('stop_s')
    await backend.stop('stop_l')
    await client.publish('agent_run:stop_s:control', 'after')
    await vi.waitFor(() => expect(heard).toEqual(['after']), 5000)
    expect(await client.exists(['agent_run:stop_s:stop', 'agent_run:stop_l:stop'])).toBe(1)
    expect(await client.get('agent_run:stop_s:stop')).toBe('1')
  })

  it.for([['-publish'], ['-set']])(
    'says that it may not stop runs, with %s',
    async ([rule = '']) => {
      await using context = await setup()
      const name = `mute${rule}`
      const rules = ['on', '>pw', '~*', '&*', '+@all', rule]
      await context.client.sendCommand(['ACL', 'SETUSER', name, ...rules])
      const backend = redisBackend({ url: redis.url.replace('//', `//${name}:pw@`) })
      await vi.waitFor(() => expect(backend.isReady()).toBe(true), 5000)
      await expect(backend.stop('a')).rejects.toThrow(StopNotPermittedError)
      await backend.close()
      await expect(backend.stop('a')).rejects.toThrow(BackendUnavailableError)
    },
  )

  it('measures round trip and clock, and counts', async () => {
    await using context = await setup()
    const { backend } = context
    await vi.waitFor(() => expect(backend.info().clockOffsetMs).not.toBe(null), 5000)
    await backend.read('a', null, all)
    expect(backend.info()).toMatchObject({ connections: 2, commands: 2, reconnects: 0 })
    expect(backend.info().rttMs).toBeGreaterThan(0)
    expect(Math.abs(backend.info().clockOffsetMs ?? Infinity)).toBeLessThan(1000)
  })

  it('refuses a url that is none', () => {
    expect(() => redisBackend({ url: 'localhost:6379' })).toThrow(TypeError)
    expect(() => redisBackend({ url: 'redis://x', keys: { list: 'fixed' } })).toThrow('{id}')
  })
})
