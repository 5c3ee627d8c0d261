// The relay on a real Redis: what agents write arrives byte for byte, whatever happens to Redis meanwhile.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { createClient } from '@redis/client'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { endReasonOf } from '../../src/wire/terminal.ts'
import { hashOf, listCursor } from '../../src/relay/cursor.ts'
import { redisBackend } from '../../src/relay/index.ts'
import type { RelayOptions } from '../../src/relay/index.ts'
import { startRedis } from '../support/redis-server.ts'
import type { RedisServer } from '../support/redis-server.ts'
import { PLAIN_USER, plainUrl } from '../support/plain-user.ts'
import { serve } from './serve.ts'
import type { Served } from './serve.ts'

const COMPLETED = '{"type": "status", "status": "completed", "message": "Completed successfully"}'

const OTHER = Buffer.from('other 0')

const STOPPED = '{"type": "status", "status": "stopped"}'

function fixture(name: string): string[] {
  const path = new URL(`../fixtures/${name}`, import.meta.url)
  return readFileSync(path, 'utf8').split('\n').filter(Boolean)
}

const lines = {
  list: fixture('suna-list-events.jsonl'),
  stream: fixture('suna-stream-events.jsonl'),
}
type Layout = keyof typeof lines
const layouts: Layout[] = ['list', 'stream']
const terminal = (line: string): boolean => endReasonOf(JSON.parse(line)) !== null
const body = (layout: Layout): string[] => lines[layout].filter((line) => !terminal(line))

// Redis tells of changed keys by itself, or the relay hears doorbells and blocks.
const ways = { tracking: (url: string) => url, doorbells: plainUrl }

describe.for(['tracking', 'doorbells'] as const)('a relay on Redis, by %s', (way) => {
  let redis: RedisServer
  let client: ReturnType<typeof createClient>
  let served: Served
  let count = 0

  beforeAll(async () => {
    redis = await startRedis({ appendonly: true, args: PLAIN_USER })
    client = createClient({ url: redis.url })
    client.on('error', () => {}) // Redis goes away on purpose
    await client.connect()
  })
  afterAll(async () => {
    client.destroy()
    await redis.stop()
  })
  afterEach(() => served.close())

  async function start(options: Partial<RelayOptions> = {}): Promise<void> {
    const backend = redisBackend({ url: ways[way](redis.url), stopGraceMs: 200 })
    served = await serve({ backend, ...options })
  }
  const nextId = (): string => `run_${count++}`

  const key = (layout: Layout, id: string): string =>
    layout === 'list' ? `agent_run:${id}:responses` : `agent_run:${id}:stream`

  async function write(layout: Layout, id: string, payloads: readonly string[], bell = true) {
    for (const payload of payloads) {
      if (layout === 'stream') await client.xAdd(key(layout, id), '*', { data: payload })
      else await client.rPush(key(layout, id), payload)
      if (bell && layout === 'list') await client.publish(`agent_run:${id}:new_response`, 'new')
    }
  }

  describe.each(layouts)('in the %s layout', (layout) => {
    const cursorForm = layout === 'list' ? /^L-[0-9a-f]{8}-\d+-[0-9a-f]{8}$/ : /^S-\d+-\d+$/

    it('delivers each fixture line byte for byte with its id, then the end, then 204', async () => {
      await start()
      const id = nextId()
      await write(layout, id, [...body(layout), COMPLETED])
      const viewer = await served.view(id)
      await viewer.ended
      expect(viewer.payloads()).toEqual([...body(layout), COMPLETED])
      for (const line of body(layout)) expect(viewer.text()).toContain(`\ndata: ${line}\n\n`)
      const ids = viewer.ids()
      expect(ids.every((cursor) => cursorForm.test(cursor))).toBe(true)
      expect(viewer.events().at(-1)).toMatchObject({
        event: 'relay.end',
        data: '{"reason":"completed"}',
      })
      const again = await served.view(id, { 'last-event-id': ids.at(-1) ?? '' })
      expect(again.status).toBe(204)
    })

    it('gives exactly the rest after any Last-Event-ID', async () => {
      await start()
      const id = nextId()
      await write(layout, id, [...body(layout), COMPLETED])
      const whole = await served.view(id)
      await whole.ended
      for (const [index, cursor] of whole.ids().slice(0, -1).entries()) {
        const rest = await served.view(id, { 'last-event-id': cursor })
        await rest.ended
        expect(rest.payloads()).toEqual(whole.payloads().slice(index + 1))
        expect(rest.text()).not.toContain('relay.gap')
      }
    })

    it.each(lines[layout].filter(terminal))('ends at %s', async (line) => {
      await start()
      const id = nextId()
      const viewer = await served.view(id)
      await viewer.until(({ text }) => text().includes('relay.caught-up'))
      await write(layout, id, ['{}', line])
      await viewer.ended
      const reason = endReasonOf(JSON.parse(line))
      expect(viewer.payloads()).toEqual(['{}', line])
      expect(viewer.events().at(-1)?.data).toBe(JSON.stringify({ reason }))
    })

    it('delivers into a stream that viewers already wait for, to all of them the same', async () => {
      await start()
      const id = nextId()
      const viewers = await Promise.all([1, 2, 3].map(() => served.view(id)))
      for (const viewer of viewers) await viewer.until(({ text }) => text().includes('caught-up'))
      await write(layout, id, [...body(layout), COMPLETED])
      for (const viewer of viewers) {
        await viewer.ended
        expect(viewer.payloads()).toEqual([...body(layout), COMPLETED])
        expect(viewer.ids()).toEqual(viewers[0]?.ids())
      }
    })

    it('loses nothing of a fast run that begins while viewers join and leave', async () => {
      await start({ ringEvents: 50, pageEvents: 20 })
      const id = nextId()
      const payloads = Array.from({ length: 2000 }, (_, n) => `{"n": ${n}}`)
      const joined = [served.view(id)]
      for (let from = 0; from < payloads.length; from += 100) {
        await write(layout, id, payloads.slice(from, from + 100))
        if (from % 400 === 0) joined.push(served.view(id))
      }
      await write(layout, id, [COMPLETED])
      for (const viewer of await Promise.all(joined)) {
        await viewer.ended
        expect(viewer.payloads()).toEqual([...payloads, COMPLETED])
        expect(viewer.text()).not.toContain('relay.gap')
      }
    })

    it('announces a log that was deleted and written anew under the eyes of a viewer', async () => {
      await start({ pollMs: 50 })
      const id = nextId()
      await write(layout, id, ['old 0', 'old 1'])
      const viewer = await served.view(id)
      await viewer.until(({ payloads }) => payloads().length === 2)
      // Ids begin anew within the same millisecond, and equal ids would be equal places.
      const writtenAt = Date.now()
      await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(writtenAt + 1), { interval: 1 })
      await client.del(key(layout, id))
      await write(layout, id, ['new 0', 'new 1', 'new 2', COMPLETED])
      await viewer.ended
      const gaps = viewer.events().filter(({ event }) => event === 'relay.gap')
      expect(gaps).toHaveLength(1)
      expect(['replaced', 'expired']).toContain(JSON.parse(gaps[0]?.data ?? '').reason)
      expect(JSON.parse(gaps[0]?.data ?? '').from).toBe(viewer.ids()[1])
      expect(viewer.payloads().slice(2)).toEqual(['new 0', 'new 1', 'new 2', COMPLETED])
    })

    it('announces a log that expired', async () => {
      await start({ pollMs: 20 })
      const id = nextId()
      await write(layout, id, ['0'])
      const viewer = await served.view(id)
      await viewer.until(({ payloads }) => payloads().length === 1)
      await client.expire(key(layout, id), 0)
      await viewer.until(({ text }) => text().includes('relay.gap'))
      const gap = viewer.events().at(-1)?.data
      expect(gap).toBe(JSON.stringify({ reason: 'expired', from: viewer.ids()[0], to: null }))
    })

    it('goes on after Redis was killed and came back, and delivers what was written unseen', async () => {
      await start()
      const id = nextId()
      await write(layout, id, ['before'])
      const viewer = await served.view(id)
      const pending = await served.view(`${id}_pending`)
      await viewer.until(({ payloads }) => payloads().length === 1)
      await redis.restart()
      await write(layout, id, ['after'])
      await write(layout, `${id}_pending`, ['first', COMPLETED])
      await write(layout, id, [COMPLETED])
      await Promise.all([viewer.ended, pending.ended])
      expect(viewer.payloads()).toEqual(['before', 'after', COMPLETED])
      expect(pending.payloads()).toEqual(['first', COMPLETED])
      expect(viewer.text()).not.toContain('relay.gap')
    })
  })

  it('announces a list made anew with the same event at the place of its viewer', async () => {
    await start()
    const id = nextId()
    await write('list', id, ['old', 'ping'])
    const viewer = await served.view(id)
    await viewer.until(({ text }) => text().includes('caught-up'))
    const anew = ['new', 'ping', 'rest', COMPLETED]
    await client.multi().del(key('list', id)).rPush(key('list', id), anew).exec()
    await client.publish(`agent_run:${id}:new_response`, 'new')
    await viewer.ended
    const [gap] = viewer.events().filter(({ event }) => event === 'relay.gap')
    expect(JSON.parse(gap?.data ?? '')).toMatchObject({ reason: 'replaced', from: viewer.ids()[1] })
    expect(viewer.payloads()).toEqual(['old', 'ping', ...anew])
  })

  it('delivers what no doorbell told', async () => {
    await start(way === 'tracking' ? {} : { pollMs: 30 })
    const id = nextId()
    const viewer = await served.view(id)
    await viewer.until(({ text }) => text().includes('caught-up'))
    await write('list', id, ['{}', COMPLETED], false)
    await viewer.ended
    expect(viewer.payloads()).toEqual(['{}', COMPLETED])
    const { recovered, polls } = served.relay.stats()
    if (way === 'tracking') expect(polls).toBe(0)
    else expect(recovered).toBeGreaterThan(0)
  })

  it.each([
    ['END_STREAM', 'completed'],
    ['STOP', 'stopped'],
    ['ERROR', 'failed'],
  ])(
    'ends on control signal %s after one last read, and answers 204 then',
    async (signal, reason) => {
      await start()
      const id = nextId()
      await write('list', id, ['{"n":0}'])
      const viewer = await served.view(id)
      await viewer.until(({ text }) => text().includes('caught-up'))
      // The last event has no doorbell of its own: the signal is all that tells of it.
      await client.rPush(key('list', id), '{"n":1}')
      await client.publish(`agent_run:${id}:control`, signal)
      await viewer.ended
      expect(viewer.payloads()).toEqual(['{"n":0}', '{"n":1}'])
      expect(viewer.events().at(-1)?.data).toBe(JSON.stringify({ reason }))
      const again = await served.view(id, { 'last-event-id': viewer.ids()[1] ?? '' })
      expect(again.status).toBe(204)
    },
  )

  it('keeps a control signal for an id without a log from nobody who comes for the next run', async () => {
    await start()
    const id = nextId()
    const early = await served.view(id)
    await early.until(({ text }) => text().includes('caught-up'))
    await client.publish(`agent_run:${id}:control`, 'END_STREAM')
    await early.ended
    const next = await served.view(id)
    await next.until(({ text }) => text().includes('caught-up'))
    await write('list', id, ['{}', COMPLETED])
    await next.ended
    expect(next.payloads()).toEqual(['{}', COMPLETED])
  })

  it('loses nothing that a producer writes between the request to stop and its end', async () => {
    const backend = redisBackend({ url: ways[way](redis.url), stopGraceMs: 300 })
    await start({ backend })
    const id = nextId()
    await write('list', id, ['{"n":0}'])
    const viewer = await served.view(id)
    await viewer.until(({ text }) => text().includes('caught-up'))
    await backend.stop(id)
    const written = ['{"n":0}']
    for (let n = 1; n < 8; n++) {
      await new Promise((resolve) => setTimeout(resolve, 100)) // beyond the grace, all together
      written.push(`{"n":${n}}`)
      await write('list', id, written.slice(-1))
    }
    await write('list', id, [STOPPED])
    await client.publish(`agent_run:${id}:control`, 'STOP')
    await viewer.ended
    expect(viewer.payloads()).toEqual([...written, STOPPED])
    expect(viewer.events().at(-1)?.data).toBe('{"reason":"stopped"}')
  })

  it('announces what was trimmed before anyone saw it', async () => {
    await start()
    const id = nextId()
    const stream = key('stream', id)
    await client.xAdd(stream, '1-1', { data: '0' })
    const viewer = await served.view(id)
    await viewer.until(({ payloads }) => payloads().length === 1)
    const burst = client.multi()
    for (let n = 2; n < 10; n++) burst.xAdd(stream, `1-${n}`, { data: String(n) })
    await burst.xTrim(stream, 'MAXLEN', 2).exec()
    await write('stream', id, [COMPLETED])
    await viewer.ended
    const [gap] = viewer.events().filter(({ event }) => event === 'relay.gap')
    expect(JSON.parse(gap?.data ?? '')).toEqual({ reason: 'trimmed', from: 'S-1-1', to: 'S-1-8' })
    expect(viewer.payloads()).toEqual(['0', '8', '9', COMPLETED])
  })

  it('announces nothing where a stream is emptied that a viewer has read', async () => {
    await start({ pollMs: 30 })
    const id = nextId()
    await write('stream', id, ['0', '1'])
    const viewer = await served.view(id)
    await viewer.until(({ text }) => text().includes('caught-up'))
    const { polls, reads } = served.relay.stats()
    await client.xTrim(key('stream', id), 'MAXLEN', 0)
    await vi.waitFor(() => {
      const now = served.relay.stats()
      expect(Math.min(now.polls - polls, now.reads - reads)).toBeGreaterThan(2)
    })
    expect(viewer.text()).not.toContain('relay.gap')
    expect(viewer.payloads()).toEqual(['0', '1'])
  })

  describe('where an id has a log in both layouts', () => {
    // The cursor after the first of `other 0` and `other 1`.
    const cursors = { list: listCursor(hashOf(OTHER), 0, OTHER), stream: 'S-1-0' }

    async function writeOther(layout: Layout, id: string): Promise<void> {
      for (const n of [0, 1]) {
        if (layout === 'list') await client.rPush(key(layout, id), `other ${n}`)
        else await client.xAdd(key(layout, id), `1-${n}`, { data: `other ${n}` })
      }
    }

    it.for([
      ['list', 'stream'],
      ['stream', 'list'],
    ] as const)('serves the %s that is read to who comes from the %s', async ([read, other]) => {
      await start()
      const id = nextId()
      await write(read, id, ['0'])
      const viewer = await served.view(id)
      await viewer.until(({ text }) => text().includes('caught-up'))
      await writeOther(other, id)
      const late = await served.view(id, { 'last-event-id': cursors[other] })
      await late.until(({ text }) => text().includes('caught-up'))
      await write(read, id, ['1', COMPLETED])
      await Promise.all([viewer.ended, late.ended])
      const gaps = late.events().filter(({ event }) => event === 'relay.gap')
      expect(gaps.map(({ data }) => JSON.parse(data).reason)).toEqual(['replaced'])
      expect(late.payloads()).toEqual(['0', '1', COMPLETED])
      expect(late.ids()).toEqual(viewer.ids())
      expect(viewer.payloads()).toEqual(['0', '1', COMPLETED])
    })

    it.for(layouts)('goes on in the %s that a cursor names, where none is read', async (layout) => {
      await start()
      const id = nextId()
      await writeOther('list', id)
      await writeOther('stream', id)
      const viewer = await served.view(id, { 'last-event-id': cursors[layout] })
      await viewer.until(({ text }) => text().includes('caught-up'))
      const late = await served.view(id)
      await late.until(({ text }) => text().includes('caught-up'))
      await write(layout, id, [COMPLETED])
      await Promise.all([viewer.ended, late.ended])
      expect(viewer.payloads()).toEqual(['other 1', COMPLETED])
      expect(late.payloads()).toEqual(['other 0', 'other 1', COMPLETED])
      expect(viewer.text() + late.text()).not.toContain('relay.gap')
    })
  })

  it.for(layouts)('never reads a busy %s more often than it has events', async (layout) => {
    await start()
    const id = nextId()
    const viewer = await served.view(id)
    await viewer.until(({ text }) => text().includes('caught-up'))
    await client.configResetStat()
    const payloads = Array.from({ length: 500 }, (_, n) => `{"n": ${n}}`)
    await write(layout, id, [...payloads, COMPLETED])
    await viewer.ended
    const stats = await client.info('commandstats')
    const called = [...stats.matchAll(/cmdstat_(\w+)\S*:calls=(\d+)/g)]
    const callsOf = (names: readonly string[]): number =>
      called.reduce((sum, [, name = '', n]) => sum + (names.includes(name) ? Number(n) : 0), 0)
    const calls = callsOf(['lrange', 'xrange', 'xread', 'xinfo', 'exists'])
    expect(calls).toBeGreaterThan(0)
    expect(callsOf(['lindex'])).toBeLessThanOrEqual(callsOf(['lrange'])) // part of that read
    // Without tracking, a stream's quiet events cost the wait (XREAD) and the read.
    const perEvent = way === 'doorbells' && layout === 'stream' ? 2 : 1
    expect(calls).toBeLessThanOrEqual(perEvent * payloads.length + 10)
  })
})

describe('a relay without its Redis', () => {
  const fakeLogger = () => ({
    info: vi.fn<(message: string) => void>(),
    warn: vi.fn<(message: string) => void>(),
  })

  it('does not say that a Redis cannot be reached which answers', async () => {
    const redis = await startRedis()
    const client = await createClient({ url: redis.url }).connect()
    await client.configSet('requirepass', 'right')
    client.destroy()
    const logger = fakeLogger()
    const url = redis.url.replace('//', '//:wrong@')
    const backend = redisBackend({ url, logger })
    await vi.waitFor(() => expect(logger.warn).toHaveBeenCalled(), 5000)
    const [[said]] = logger.warn.mock.calls as unknown as [[string]]
    expect(said).toMatch(/answers but does not serve \(WRONGPASS .*nothing is lost\.$/)
    expect(said).not.toContain('wrong@')
    await backend.close()
    await redis.stop()
  })

  it('keeps viewers waiting with hello, is not ready, tells no password, and closes at once', async () => {
    const logger = fakeLogger()
    const backend = redisBackend({ url: 'redis://user:secret@127.0.0.1:1', logger })
    const served = await serve({ backend, logger })
    const viewer = await served.view('a')
    const resumed = await served.view('a', { 'last-event-id': 'S-1-1' })
    await viewer.until(({ text }) => text().includes('relay.hello'))
    expect(resumed.status).toBe(200)
    expect((await fetch(`${served.url}/readyz`)).status).toBe(503)
    expect((await fetch(`${served.url}/v1/streams/a`)).status).toBe(503)
    await vi.waitFor(() => expect(logger.warn).toHaveBeenCalled(), 5000)
    expect(logger.warn.mock.calls[0]?.[0]).toMatch(/127\.0\.0\.1:1 cannot be reached.*ECONNREFUSED/)
    expect(logger.warn.mock.calls[0]?.[0]).not.toContain('secret')
    await served.relay.close()
    await viewer.ended
    expect(viewer.events().at(-1)?.event).toBe('relay.reconnect')
    await served.close()
  })

  it('says nothing of single streams, and of a flapping Redis no more than of a lost one', async () => {
    const redis = await startRedis()
    const logger = fakeLogger()
    const served = await serve({ backend: redisBackend({ url: redis.url, logger }), logger })
    const viewers = await Promise.all(['a', 'b', 'c'].map((id) => served.view(id)))
    for (let n = 0; n < 3; n++) {
      await vi.waitFor(() => expect(served.relay.stats().ready).toBe(true), 5000)
      for (const viewer of viewers) await viewer.until(({ text }) => text().includes('caught-up'))
      await redis.restart()
    }
    await vi.waitFor(() => expect(served.relay.stats().ready).toBe(true), 5000)
    expect(logger.warn).toHaveBeenCalledTimes(1)
    await served.close()
    await redis.stop()
  })

  it('tries again and again, and says so once', async () => {
    let connections = 0
    const broken = createServer((socket) => {
      connections++
      socket.destroy()
    }).listen(0, '127.0.0.1')
    await once(broken, 'listening')
    const { port } = broken.address() as AddressInfo
    const logger = fakeLogger()
    const backend = redisBackend({ url: `redis://127.0.0.1:${port}`, logger, random: () => 0 })
    await vi.waitFor(() => expect(connections).toBeGreaterThanOrEqual(8), 10_000)
    expect(logger.warn).toHaveBeenCalledTimes(1)
    await backend.close()
    broken.close()
  })

  it('gives up on who takes connections and never answers, says so, and tries again', async () => {
    let connections = 0
    const silent = createServer(() => connections++).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = silent.address() as AddressInfo
    const logger = fakeLogger()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const backend = redisBackend({ url: `redis://127.0.0.1:${port}`, logger })
    await vi.advanceTimersByTimeAsync(12_000)
    vi.useRealTimers()
    expect(logger.warn.mock.calls[0]?.[0]).toContain('no answer within 10000 ms')
    await vi.waitFor(() => expect(connections).toBeGreaterThan(1), 5000)
    await backend.close()
    silent.close()
  })

  it('serves those who waited once Redis is there', async () => {
    const redis = await startRedis()
    await redis.kill()
    const logger = fakeLogger()
    const served = await serve({ backend: redisBackend({ url: redis.url, logger }), logger })
    const viewer = await served.view('a')
    await vi.waitFor(() => expect(logger.warn).toHaveBeenCalled(), 5000)
    await redis.start()
    const client = await createClient({ url: redis.url }).connect()
    await client.rPush('agent_run:a:responses', ['{}', COMPLETED])
    await viewer.ended
    expect(viewer.payloads()).toEqual(['{}', COMPLETED])
    expect(logger.info).toHaveBeenCalledWith(expect.stringContaining('is back'))
    client.destroy()
    await served.close()
    await redis.stop()
  })
})
