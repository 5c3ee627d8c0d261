import { createClient } from '@redis/client'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRedisWriter } from '../../../src/cli/play/redis-writer.ts'
import type { EndReason } from '../../../src/wire/protocol.ts'
import { startRedis } from '../../support/redis-server.ts'
import type { RedisServer } from '../../support/redis-server.ts'

const connected = (url: string) =>
  createClient({ url })
    .on('error', () => {})
    .connect()

let redis: RedisServer
let client: Awaited<ReturnType<typeof connected>>
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

const payloadLists = fc.array(fc.string({ unit: 'grapheme', minLength: 1 }), { maxLength: 120 })

describe('createRedisWriter', () => {
  it('keeps every payload, in order, byte for byte, in a list', () =>
    fc.assert(
      fc.asyncProperty(payloadLists, async (payloads) => {
        const id = newId()
        const writer = await createRedisWriter({ url: redis.url, layout: 'suna-list', id })
        for (const payload of payloads) await writer.write(payload)
        await writer.end('completed')
        expect(await client.lRange(`agent_run:${id}:responses`, 0, -1)).toEqual(payloads)
      }),
      { numRuns: 20 },
    ))

  it('keeps every payload, in order, byte for byte, in a stream', () =>
    fc.assert(
      fc.asyncProperty(payloadLists, async (payloads) => {
        const id = newId()
        const writer = await createRedisWriter({ url: redis.url, layout: 'suna-stream', id })
        for (const payload of payloads) await writer.write(payload)
        await writer.end('completed')
        const entries = await client.xRange(`agent_run:${id}:stream`, '-', '+')
        expect(entries?.map(({ message }) => message)).toEqual(payloads.map((data) => ({ data })))
      }),
      { numRuns: 20 },
    ))

  it('lets Redis forget the run from the first write on', async () => {
    const id = newId()
    const writer = await createRedisWriter({
      url: redis.url,
      layout: 'suna-stream',
      id,
      ttlSeconds: 90,
    })
    await writer.write('first')
    await expect.poll(() => client.ttl(`agent_run:${id}:stream`)).toBeGreaterThan(80)
    await writer.end('completed')
  })

  it.each([
    ['completed', 'END_STREAM'],
    ['stopped', 'STOP'],
    ['failed', 'ERROR'],
  ] as const)('rings after a write to a list, and says %s as %s last', async (reason, word) => {
    const [id, heard] = [newId(), [] as string[]]
    const listener = await connected(redis.url)
    await listener.pSubscribe(`agent_run:${id}:*`, (message, channel) => {
      heard.push(`${channel.split(':').at(-1)} ${message}`)
    })
    await write(id, ['a', 'b'], reason)
    await expect.poll(() => heard.at(-1)).toBe(`control ${word}`)
    expect(heard[0]).toBe('new_response new')
    listener.destroy()
  })

  it('asks to wait when too much is under way, and not before', async () => {
    const options = { url: redis.url, layout: 'suna-list', id: newId(), maxBytes: 8 } as const
    const writer = await createRedisWriter(options)
    expect(writer.write('alone')).toBeUndefined()
    await expect(writer.write('too much')).resolves.toBeUndefined()
    expect(writer.write('room')).toBeUndefined()
    await writer.end('completed')
    expect(await client.lLen(`agent_run:${options.id}:responses`)).toBe(3)
  })

  it('says no more than the terminal event does, and takes nothing after it', async () => {
    const [id, heard] = [newId(), [] as string[]]
    const listener = await connected(redis.url)
    await listener.subscribe(`agent_run:${id}:control`, (message) => heard.push(message))
    const writer = await createRedisWriter({ url: redis.url, layout: 'suna-list', id })
    await writer.write('{"type":"RUN_ERROR","message":"m"}')
    expect(() => writer.write('more')).toThrow(/cannot be written: .* has ended the run/)
    await writer.end('completed')
    await client.publish(`agent_run:${id}:control`, 'last')
    await expect.poll(() => heard.at(-1)).toBe('last')
    expect(heard).toEqual(['ERROR', 'last'])
    listener.destroy()
  })

  it('writes no second run under an id', async () => {
    const [id, options] = [newId(), { url: redis.url, layout: 'suna-stream' } as const]
    const writer = await createRedisWriter({ ...options, id })
    void writer.write('{"type":"RUN_FINISHED"}')
    await writer.end('completed')
    await expect(createRedisWriter({ ...options, id })).rejects.toThrow(
      `run ${id} cannot be written: this run has its terminal event already`,
    )
  })

  it('throws what Redis says against a write', async () => {
    const id = newId()
    await client.set(`agent_run:${id}:stream`, 'a string')
    const writer = await createRedisWriter({ url: redis.url, layout: 'suna-stream', id })
    void writer.write('refused')
    await expect(writer.end('completed')).rejects.toThrow(/Redis refused a write: WRONGTYPE/)
    expect(() => writer.write('after')).toThrow(/WRONGTYPE/)
    writer.abandon()
  })

  it('goes on where it was when Redis comes back', async () => {
    const other = await startRedis({ appendonly: true })
    const id = newId()
    const writer = await createRedisWriter({ url: other.url, layout: 'suna-stream', id })
    await writer.write('before')
    await other.kill()
    await writer.write('while it is away')
    await other.start()
    await writer.end('completed')
    const reader = await connected(other.url)
    const entries = await reader.xRange(`agent_run:${id}:stream`, '-', '+')
    expect(entries?.map(({ message }) => message['data'])).toEqual(['before', 'while it is away'])
    reader.destroy()
    await other.stop()
  })

  it('fails when Redis stays away', async () => {
    const other = await startRedis()
    const options = { url: other.url, layout: 'suna-list', giveUpMs: 200 } as const
    const writer = await createRedisWriter({ ...options, id: newId() })
    await other.stop()
    const writing = async (): Promise<void> => {
      await writer.write('lost')
      await writer.end('completed')
    }
    await expect(writing()).rejects.toThrow(/Redis has acknowledged nothing for 200 ms/)
    writer.abandon()
  })
})

const write = async (id: string, payloads: readonly string[], reason: EndReason): Promise<void> => {
  const writer = await createRedisWriter({ url: redis.url, layout: 'suna-list', id })
  for (const payload of payloads) await writer.write(payload)
  await writer.end(reason)
}
