import { createClient } from '@redis/client'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRedisWriter } from '../../src/cli/redis-writer.ts'
import type { EndReason } from '../../src/wire/protocol.ts'
import { startRedis } from '../support/redis-server.ts'
import type { RedisServer } from '../support/redis-server.ts'

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
  ] as const)('rings after each write to a list, and says %s as %s last', async (reason, word) => {
    const [id, heard] = [newId(), [] as string[]]
    const listener = await connected(redis.url)
    await listener.pSubscribe(`agent_run:${id}:*`, (message, channel) => {
      heard.push(`${channel.split(':').at(-1)} ${message}`)
    })
    await write(id, ['a', 'b'], reason)
    await expect.poll(() => heard).toHaveLength(3)
    expect(heard).toEqual(['new_response new', 'new_response new', `control ${word}`])
    listener.destroy()
  })

  it('asks to wait when too much is under way, and not before', async () => {
    const options = { url: redis.url, layout: 'suna-list', id: newId(), maxInFlight: 4 } as const
    const writer = await createRedisWriter(options)
    expect(writer.write('alone')).toBeUndefined()
    await expect(writer.write('too much')).resolves.toBeUndefined()
    expect(writer.write('room again')).toBeUndefined()
    await writer.end('completed')
    expect(await client.lLen(`agent_run:${options.id}:responses`)).toBe(3)
  })

  it('throws what Redis says against a write', async () => {
    const id = newId()
    await client.set(`agent_run:${id}:stream`, 'a string')
    const writer = await createRedisWriter({ url: redis.url, layout: 'suna-stream', id })
    void writer.write('refused')
    await expect(writer.end('completed')).rejects.toThrow(/writing to Redis failed: WRONGTYPE/)
    expect(() => writer.write('after')).toThrow(/WRONGTYPE/)
    writer.abandon()
  })

  it('fails when Redis goes away, instead of writing late', async () => {
    const other = await startRedis()
    const writer = await createRedisWriter({ url: other.url, layout: 'suna-list', id: newId() })
    await other.stop()
    const writing = async (): Promise<void> => {
      await writer.write('lost')
      await writer.end('completed')
    }
    await expect(writing()).rejects.toThrow(/writing to Redis failed/)
  })
})

const write = async (id: string, payloads: readonly string[], reason: EndReason): Promise<void> => {
  const writer = await createRedisWriter({ url: redis.url, layout: 'suna-list', id })
  for (const payload of payloads) await writer.write(payload)
  await writer.end(reason)
}
