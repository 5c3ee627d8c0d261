import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { agUiDelta, createStreamWriter, StreamWriterError } from '../../src/writer/index.ts'
import type {
  StreamWriterErrorCode,
  StreamWriterOptions,
  WriterClient,
} from '../../src/writer/index.ts'
import { startRedis } from '../support/redis-server.ts'
import type { RedisServer } from '../support/redis-server.ts'
import { startMutedWire } from '../support/muted-wire.ts'
import { connected, keyOf, LAYOUTS, logOf } from './logs.ts'
import type { TestClient } from './logs.ts'

const END = '{"type":"RUN_FINISHED"}'
let redis: RedisServer
let client: TestClient
let runs = 0
const newId = (): string => `run-${++runs}`

beforeAll(async () => {
  redis = await startRedis()
  client = await connected(redis.url)
})
afterAll(async () => {
  client.destroy()
  await redis.stop()
})

const failing = async (work: Promise<unknown>): Promise<StreamWriterErrorCode | null> => {
  try {
    await work
    return null
  } catch (error) {
    if (error instanceof StreamWriterError) return error.code
    throw error
  }
}
const payloads = fc.array(
  fc.string({ unit: 'grapheme', minLength: 1 }).map((text) => JSON.stringify({ text })),
  { maxLength: 600 },
)

describe.each(LAYOUTS)('createStreamWriter into %s', (layout) => {
  const open = (id: string, options: StreamWriterOptions = {}) =>
    createStreamWriter(client, id, { layout, ...options })
  const log = (id: string): Promise<string[]> => logOf(client, layout, id)

  it('keeps every payload, in order, byte for byte, with the terminal event last', () =>
    fc.assert(
      fc.asyncProperty(payloads, async (texts) => {
        const id = newId()
        const writer = open(id)
        for (const text of texts) writer.write(text)
        await writer.end(END)
        expect(await log(id)).toEqual([...texts, END])
        expect(writer.acknowledged).toBe(texts.length + 1)
        await writer.close()
      }),
      { numRuns: 15 },
    ))

  it.each([2, 3] as const)('speaks RESP%i', async (RESP) => {
    const [id, other] = [newId(), await connected(redis.url, { RESP })]
    const writer = createStreamWriter(other, id, { layout })
    writer.write({ type: 'CUSTOM', name: 'n', value: 1 })
    await writer.end({ type: 'RUN_ERROR', message: 'm' })
    expect(await log(id)).toEqual([
      '{"type":"CUSTOM","name":"n","value":1}',
      '{"type":"RUN_ERROR","message":"m"}',
    ])
    await writer.close()
    other.destroy()
  })

  it('sends all of a tick in one command', async () => {
    const before = await evals()
    const writer = open(newId())
    await writer.ready()
    for (let n = 0; n < 100; n++) writer.write(`${n}`)
    await writer.flush()
    expect((await evals()) - before).toBe(2)
    await writer.close()
  })

  it('expires from the first write on, fence and all', async () => {
    const id = newId()
    await using writer = open(id, { ttlMs: 90_000 })
    writer.write('first')
    await writer.flush()
    const keys = await client.keys(`*${id}*`)
    expect(keys.toSorted()).toEqual(
      [keyOf(layout, id), `${keyOf(layout, id)}:writer:{${keyOf(layout, id)}}`].toSorted(),
    )
    for (const key of keys) {
      expect(await client.pTTL(key)).toBeGreaterThan(80_000)
      expect(await client.pTTL(key)).toBeLessThanOrEqual(90_000)
    }
  })

  it('renews the expiry while the model is silent', async () => {
    const id = newId()
    await using writer = open(id, { ttlMs: 1000 })
    writer.write('thinking')
    await writer.flush()
    await client.pExpire(keyOf(layout, id), 700)
    await expect.poll(() => client.pTTL(keyOf(layout, id)), { interval: 5 }).toBeGreaterThan(900)
  })

  it('takes a run over from a writer that is not done, which then fails and writes nothing more', async () => {
    const id = newId()
    const [first, second] = [open(id), open(id)]
    first.write('one')
    await second.ready()
    const third = open(id)
    await third.ready()
    third.write('three')
    await third.flush()
    second.write('two')
    expect(await failing(second.flush())).toBe('superseded')
    expect(() => second.write('two')).toThrow(StreamWriterError)
    expect(await failing(second.end(END))).toBe('superseded')
    await third.end(END)
    expect((await log(id)).filter((text) => text !== 'one')).toEqual(['three', END])
    await Promise.allSettled([first.close(), second.close(), third.close()])
  })

  it('leaves a run alone that another writer has, if asked to', async () => {
    const id = newId()
    const first = open(id)
    await first.ready()
    expect(await failing(open(id, { exclusive: true }).ready())).toBe('taken')
    first.write('one')
    await first.close()
    const second = open(id, { exclusive: true })
    second.write('two')
    await second.end(END)
    expect(await log(id)).toEqual(['one', 'two', END])
    await second.close()
  })

  it('begins no run anew that has ended, until its log is gone', async () => {
    const id = newId()
    await open(id).end(END)
    expect(await failing(open(id).ready())).toBe('ended')
    await client.del(keyOf(layout, id))
    const again = open(id)
    await again.end(END)
    expect(await log(id)).toEqual([END])
    await again.close()
  })

  it('fails when what was acknowledged is gone', async () => {
    for (const key of [
      (id: string) => keyOf(layout, id),
      (id: string) => `${keyOf(layout, id)}:writer:{${keyOf(layout, id)}}`,
    ]) {
      const id = newId()
      const writer = open(id)
      writer.write('kept?')
      await writer.flush()
      await client.del(key(id))
      writer.write('more')
      expect(await failing(writer.flush())).toBe('lost')
      await writer.close()
    }
  })

  it('fails with what Redis says against a write', async () => {
    const id = newId()
    await client.set(keyOf(layout, id), 'a string')
    const writer = open(id)
    writer.write('refused')
    await expect(writer.flush()).rejects.toThrow(/^Redis refused a write: WRONGTYPE/)
    expect(await failing(writer.ready())).toBe('refused')
    await writer.close()
  })

  it('survives a Redis that has forgotten its scripts', async () => {
    const id = newId()
    await using writer = open(id)
    writer.write('a')
    await writer.flush()
    await client.scriptFlush()
    for (const text of ['b', 'c']) writer.write(text)
    await writer.flush()
    expect(await log(id)).toEqual(['a', 'b', 'c'])
  })

  it('writes what landed without an answer once, and what did not', async () => {
    const id = newId()
    const proxy = await startMutedWire(redis.port)
    const far = await connected(`redis://127.0.0.1:${proxy.port}`)
    const writer = createStreamWriter(far, id, { layout })
    writer.write('known')
    await writer.flush()
    proxy.mute()
    for (const text of ['a', 'a', 'a']) {
      writer.write(text)
      await new Promise(setImmediate)
    }
    await expect.poll(() => log(id)).toHaveLength(4)
    expect(writer.acknowledged).toBe(1)
    proxy.cut()
    writer.write('after')
    await writer.end(END)
    expect(await log(id)).toEqual(['known', 'a', 'a', 'a', 'after', END])
    await writer.close()
    far.destroy()
    await proxy.close()
  })

  it('keeps the order when a command gets lost on the way and those behind it arrive', async () => {
    const id = newId()
    let calls = 0
    const lost = Promise.withResolvers<never>()
    const flaky: WriterClient = {
      eval: (script, call) => client.eval(script, call),
      evalSha: (sha1, call) => (++calls === 2 ? lost.promise : client.evalSha(sha1, call)),
    }
    const writer = createStreamWriter(flaky, id, { layout })
    await writer.ready()
    for (const text of ['a', 'b', 'c', 'd']) {
      writer.write(text)
      await new Promise(setImmediate)
    }
    await expect.poll(() => calls).toBeGreaterThanOrEqual(3)
    lost.reject(new Error('lost'))
    await writer.end(END)
    expect(await log(id)).toEqual(['a', 'b', 'c', 'd', END])
    await writer.close()
  })

  it('gives up when Redis stays away', async () => {
    const other = await startRedis()
    const far = await connected(other.url)
    const writer = createStreamWriter(far, newId(), { layout, giveUpMs: 200 })
    await writer.ready()
    await other.stop()
    writer.write('lost')
    expect(await failing(writer.flush())).toBe('unreachable')
    await writer.close()
    far.destroy()
  })

  it('notices a Redis that came back without what it had acknowledged', async () => {
    const other = await startRedis()
    const far = await connected(other.url)
    const writer = createStreamWriter(far, newId(), { layout })
    writer.write('acknowledged')
    await writer.flush()
    await other.restart()
    writer.write('more')
    expect(await failing(writer.flush())).toBe('lost')
    await writer.close()
    far.destroy()
    await other.stop()
  })

  it('cuts what came at once into commands that a Redis is not long busy with', async () => {
    const [id, before] = [newId(), await evals()]
    const texts = Array.from({ length: 5 }, (_, n) => `${n}`.repeat(100_000))
    await using writer = open(id)
    await writer.ready()
    for (const text of texts) writer.write(text)
    await writer.flush()
    expect(await log(id)).toEqual(texts)
    expect((await evals()) - before).toBe(1 + 3)
  })

  it('says so where scripts are forbidden', async () => {
    await client.aclSetUser('poor', ['on', '>pw', '~*', '&*', '+@all', '-@scripting'])
    const poor = await connected(redis.url.replace('//', '//poor:pw@'))
    const writer = createStreamWriter(poor, newId(), { layout })
    await expect(writer.ready()).rejects.toThrow(/^Redis refused a write: NOPERM/)
    await writer.close()
    poor.destroy()
  })

  it('tells of too much under way, and of room again', async () => {
    await using writer = open(newId(), { maxUnacknowledgedBytes: 10 })
    expect(writer.write('12345')).toBe(true)
    expect(writer.write('67890')).toBe(true)
    expect(writer.write('!')).toBe(false)
    await writer.ready()
    expect(writer.write('1')).toBe(true)
  })

  it('has one terminal event, and nothing after it', async () => {
    const writer = open(newId())
    expect(() => writer.write(END)).toThrow(TypeError)
    expect(() => writer.write({ type: 'status', status: 'stopped' })).toThrow(TypeError)
    await expect(writer.end('{"type":"error"}')).rejects.toThrow(TypeError)
    const ending = writer.end(END)
    expect(() => writer.write('more')).toThrow(/has ended the run/)
    expect(await failing(writer.end(END))).toBe('closed')
    await ending
    await writer.close()
  })

  it('gives up at once when it is aborted', async () => {
    const abort = new AbortController()
    const writer = open(newId(), { signal: abort.signal })
    writer.write('a')
    const flushed = failing(writer.flush())
    abort.abort()
    expect(await flushed).toBe('aborted')
    await writer.close()
  })

  it('stamps a property of the JSON, and leaves the rest as it is', async () => {
    const id = newId()
    await using writer = open(id, { stamp: { property: 'timestamp' }, now: () => 1700 })
    for (const text of ['{ "a": 1 }', '{}', 'plain', '{"timestamp":5}']) writer.write(text)
    await writer.flush()
    expect(await log(id)).toEqual([
      '{"timestamp":1700, "a": 1 }',
      '{"timestamp":1700}',
      'plain',
      '{"timestamp":1700,"timestamp":5}',
    ])
  })

  it('hears that the run is asked to stop, once', async () => {
    const id = newId()
    let stops = 0
    const stopped = Promise.withResolvers<void>()
    await using writer = open(id, {
      stopPollMs: 5,
      onStop() {
        stops++
        stopped.resolve()
      },
    })
    await writer.ready()
    if (layout === 'suna-list') {
      await expect.poll(() => client.publish(`agent_run:${id}:control`, 'STOP')).toBe(1)
      await client.publish(`agent_run:${id}:control`, 'STOP')
    } else {
      await client.set(`agent_run:${id}:stop`, '1')
    }
    await stopped.promise
    await writer.end({ type: 'RUN_FINISHED', reason: 'stopped' })
    expect(stops).toBe(1)
  })
})

describe('createStreamWriter', () => {
  it.each([
    ['completed', END, 'END_STREAM'],
    ['stopped', '{"type":"status","status":"stopped"}', 'STOP'],
    ['failed', '{"type":"status","status":"error"}', 'ERROR'],
  ])('rings after each write to a list, and says last that it is %s', async (_, end, word) => {
    const [id, heard] = [newId(), [] as string[]]
    const listener = await connected(redis.url)
    await listener.pSubscribe(`agent_run:${id}:*`, (message, channel) => {
      heard.push(`${channel.split(':').at(-1)} ${message}`)
    })
    const writer = createStreamWriter(client, id, { layout: 'suna-list' })
    for (const text of ['a', 'b']) {
      writer.write(text)
      await writer.flush()
    }
    await writer.end(end)
    await expect.poll(() => heard).toHaveLength(4)
    const bell = 'new_response new'
    expect(heard).toEqual([bell, bell, bell, `control ${word}`])
    listener.destroy()
    await writer.close()
  })

  it('stamps a field of a stream entry, and joins chunks under the first one’s time', async () => {
    const id = newId()
    let time = 1000
    const chunk = (delta: string) => ({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta })

    const writer = createStreamWriter(client, id, {
      stamp: { field: 'at' },
      coalesce: { ms: 60_000, delta: agUiDelta },
      now: () => time++,
    })
    for (const delta of ['One', ' two', ' three']) writer.write(chunk(delta))
    await writer.end(END)
    const entries = (await client.xRange(keyOf('suna-stream', id), '-', '+')) ?? []
    expect(entries.map(({ message }) => ({ ...message }))).toEqual([
      { data: JSON.stringify(chunk('One')), at: '1000' },
      { data: JSON.stringify(chunk(' two three')), at: '1001' },
      { data: END, at: '1003' },
    ])
    await writer.close()
  })

  it('fails at once where it may not hear of a stop', async () => {
    await client.aclSetUser('deaf', ['on', '>pw', '~*', 'resetchannels', '+@all'])
    const deaf = await connected(redis.url.replace('//', '//deaf:pw@'))
    const options = { layout: 'suna-list', doorbell: false, onStop: () => {} } as const
    const writer = createStreamWriter(deaf, newId(), options)
    await expect.poll(() => failing(writer.flush())).toBe('refused')
    await writer.close()
    deaf.destroy()
  })

  it.each([
    ['an id that is none', 'a:b', {}],
    ['a field in a list', 'a', { layout: 'suna-list', stamp: { field: 'at' } }],
    ['a life too short', 'a', { ttlMs: 10 }],
    ['joining without a delta', 'a', { coalesce: {} }],
    ['joining that is none', 'a', { coalesce: true }],
  ] as const)('refuses %s', (_, id, options) => {
    // What JavaScript lets through.
    const given = options as StreamWriterOptions
    expect(() => createStreamWriter(client, id, given)).toThrow(TypeError)
  })
})

async function evals(): Promise<number> {
  const stats = await client.info('commandstats')
  const counts = stats.matchAll(/cmdstat_eval(?:sha)?:calls=(\d+)/g)
  return [...counts].reduce((sum, [, calls]) => sum + Number(calls), 0)
}
