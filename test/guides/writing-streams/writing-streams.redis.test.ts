// The guide's code against a real Redis. ioredis itself is no dependency of this repository: the stand-in has the shapes
// of its calls, on a client of node-redis.
import { createClient } from '@redis/client'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createStreamWriter } from 'framewise/writer'
import { startRedis } from '../../support/redis-server.ts'
import type { RedisServer } from '../../support/redis-server.ts'
import { connected, logOf } from '../../writer/logs.ts'
import type { TestClient } from '../../writer/logs.ts'
import { write } from '../readme/write.ts'
import { fromIoredis } from './ioredis.ts'
import type { Ioredis } from './ioredis.ts'
import { tokenWriter } from './own-protocol.ts'
import { writeRun } from './write-run.ts'

let redis: RedisServer
let client: TestClient
beforeAll(async () => {
  redis = await startRedis()
  client = await connected(redis.url)
})
afterAll(async () => {
  client.destroy()
  await redis.stop()
})

const chunk = (delta: string) => ({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta })

it('writes what a model says, with its tiny chunks joined', async () => {
  await writeRun(client, 'whole', async function* () {
    for (const delta of ['One', ', two', ', three']) yield await Promise.resolve(chunk(delta))
  })
  const log = await logOf(client, 'suna-stream', 'whole')
  expect(log.map((text) => JSON.parse(text) as unknown)).toEqual([
    chunk('One'),
    chunk(', two, three'),
    { type: 'RUN_FINISHED', reason: 'completed' },
  ])
})

it('writes as the README says', async () => {
  const model = async function* () {
    yield await Promise.resolve(chunk('One'))
  }
  await write(client, 'readme', model())
  expect(await logOf(client, 'suna-stream', 'readme')).toHaveLength(2)
})

it.each(['node-redis', 'ioredis'])('stops when it is asked to, through %s', async (kind) => {
  const id = `stopped-${kind}`
  const io = standIn(client)
  await writeRun(kind === 'ioredis' ? fromIoredis(io) : client, id, async function* (signal) {
    yield chunk('Going on')
    await client.set(`agent_run:${id}:stop`, '1')
    while (!signal.aborted) await sleep(5)
  })
  expect((await logOf(client, 'suna-stream', id)).at(-1)).toContain('"reason":"stopped"')
})

it('hears STOP on the control channel through ioredis', async () => {
  const stopped = Promise.withResolvers<void>()
  const options = { layout: 'suna-list', onStop: stopped.resolve } as const
  await using writer = createStreamWriter(fromIoredis(standIn(client)), 'heard', options)
  await writer.ready()
  await expect.poll(() => client.publish('agent_run:heard:control', 'STOP')).toBe(1)
  await stopped.promise
})

it('writes another protocol’s events, stamped, for one worker at a time', async () => {
  const writer = tokenWriter(fromIoredis(standIn(client)), 'tokens')
  await writer.ready()
  await expect(tokenWriter(client, 'tokens').ready()).rejects.toMatchObject({ code: 'taken' })
  for (const text of ['a', 'b', 'c']) writer.write({ kind: 'token', to: 'x', text })
  await writer.end({ type: 'status', status: 'completed' })
  const texts = (await logOf(client, 'suna-list', 'tokens')).map(
    (text) => JSON.parse(text) as { text?: string; receivedAt: number },
  )
  expect(texts.map(({ text }) => text)).toEqual(['a', 'bc', undefined])
  expect(texts.every(({ receivedAt }) => Math.abs(receivedAt - Date.now()) < 60_000)).toBe(true)
  await writer.close()
})

it('shows the Python that the bench runs', () => {
  const guide = readFileSync('docs/guides/writing-streams.md', 'utf8')
  const [, shown] = /^```py\n([^]*?)^```$/m.exec(guide) ?? []
  expect(shown).toBe(readFileSync('test/guides/writing-streams/stream_writer.py', 'utf8'))
})

function standIn(on: Pick<TestClient, 'eval' | 'evalSha' | 'get'>): Ioredis {
  const call = (count: number, args: string[]) => ({
    keys: args.slice(0, count),
    arguments: args.slice(count),
  })
  const subscriber = createClient({ url: redis.url }).on('error', () => {})
  const heard: ((channel: never, message: never) => void)[] = []
  return {
    eval: (script, count, ...args) => on.eval(script, call(count, args)),
    evalsha: (sha1, count, ...args) => on.evalSha(sha1, call(count, args)),
    get: (key) => on.get(key),
    duplicate: () => standIn(on),
    on: (event, listener) => event === 'message' && heard.push(listener as never),
    async subscribe(channel) {
      await subscriber.connect()
      await subscriber.subscribe(channel, (message) => {
        for (const hear of heard) hear(channel as never, message as never)
      })
    },
    disconnect: () => subscriber.isOpen && subscriber.destroy(),
  }
}
