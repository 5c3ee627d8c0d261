// `npm run bench:note`: the effects that docs/field-note.md tells of, measured on real redis-servers and through wires as
// long as in the field. Ratios and counts within one run.
import { createClient } from '@redis/client'
import { startRedis } from '../support/redis-server.ts'
import { startMutedWire } from '../support/muted-wire.ts'
import { createTcpProxy } from '../support/tcp-proxy.ts'
import { median } from './statistics.ts'

type Client = Awaited<ReturnType<typeof connected>>

const connected = (url: string) =>
  createClient({ url })
    .on('error', () => {})
    .connect()
const say = (line: string): void => void process.stdout.write(`${line}\n`)
const event = (n: number, chars = 16): string =>
  JSON.stringify({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta: 'x'.repeat(chars), n })

const redis = await startRedis()
const near = await connected(redis.url)
const LIST = 'agent_run:r:responses'
const BELL = 'agent_run:r:new_response'

const awaiting = async (client: Client, n: number): Promise<void> => {
  await client.rPush(LIST, event(n))
  await client.publish(BELL, 'new')
}
const threeAwaited = async (client: Client, n: number): Promise<void> => {
  await awaiting(client, n)
  await client.expire(LIST, 3600)
}
const pipeline = (client: Client, n: number): Promise<unknown> =>
  Promise.all([
    client.rPush(LIST, event(n)),
    client.publish(BELL, 'new'),
    client.expire(LIST, 3600),
  ])

/** Chunks a second of a writer that awaits `write`, for two seconds. */
async function paceOf(write: (n: number) => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  let n = 0
  while (performance.now() - begun < 2000) await write(n++)
  return (n * 1000) / (performance.now() - begun)
}

say('region: chunks/s of a writer that awaits')
say('round trip | RPUSH, PUBLISH | RPUSH, PUBLISH, EXPIRE | the three in a pipeline')
for (const ms of [0, 5, 30, 155, 220]) {
  const wire = await startMutedWire(redis.port, ms)
  const far = await connected(`redis://127.0.0.1:${wire.port}`)
  const paces = [awaiting, threeAwaited, pipeline].map((write) => (n: number) => write(far, n))
  const found: string[] = []
  for (const pace of paces) found.push((await paceOf(pace)).toFixed(1))
  say(`${ms} ms | ${found.join(' | ')}`)
  far.destroy()
  await wire.close()
}

const long = await startMutedWire(redis.port, 155)
const farUrl = `redis://127.0.0.1:${long.port}`
const pool = await Promise.all(Array.from({ length: 64 }, () => connected(farUrl)))
const pooled = (of: number) => (n: number) => awaiting(pool[n % of] as Client, n)
say('pool: chunks/s at 155 ms, awaiting, over 1 and over 64 connections')
say(`${(await paceOf(pooled(1))).toFixed(1)} | ${(await paceOf(pooled(64))).toFixed(1)}`)
for (const client of pool) client.destroy()
await long.close()

say('pool, not awaiting: events out of order of 300, over 1 and over 16 connections, 30 ms ± 10')
for (const count of [1, 16]) {
  const proxy = await createTcpProxy({ targets: () => [redis.port] })
  proxy.set({ latencyMs: 10, jitterMs: 10 })
  const url = `redis://127.0.0.1:${proxy.port}`
  const clients = await Promise.all(Array.from({ length: count }, () => connected(url)))
  await near.del(LIST)
  const sent: Promise<unknown>[] = []
  for (let n = 0; n < 300; n++) {
    sent.push((clients[n % count] as Client).rPush(LIST, event(n)))
    await new Promise((next) => setTimeout(next, 3))
  }
  await Promise.all(sent)
  const order = (await near.lRange(LIST, 0, -1)).map(
    (text) => (JSON.parse(text) as { n: number }).n,
  )
  say(`${count}: ${order.slice(1).filter((n, at) => n < (order[at] ?? 0)).length}`)
  for (const client of clients) client.destroy()
  await proxy.close()
}

say(
  'TTL: a write with its EXPIRE and a read of 500, 1 h ÷ 24 h, and memory of 1,000 runs of 300 events',
)
const ratios: number[] = []
const timed = async (ttl: number): Promise<number> => {
  const begun = performance.now()
  for (let n = 0; n < 2000; n++) {
    await Promise.all([near.rPush(LIST, event(n)), near.expire(LIST, ttl)])
    if (n % 200 === 0) await near.lRange(LIST, 0, 499)
  }
  return performance.now() - begun
}
for (let pair = 0; pair < 8; pair++) {
  await near.del(LIST)
  const [first, second] = pair % 2 === 0 ? [3600, 86_400] : [86_400, 3600]
  const one = await timed(first)
  const two = await timed(second)
  if (pair > 0) ratios.push(pair % 2 === 0 ? one / two : two / one)
}
say(
  `${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`,
)
const usedNow = async (): Promise<number> =>
  Number(/used_memory:(\d+)/.exec(await near.info('memory'))?.[1])
const before = await usedNow()
for (let run = 0; run < 1000; run++) {
  await near.rPush(
    `agent_run:m${run}:responses`,
    Array.from({ length: 300 }, (_, n) => event(n)),
  )
}
say(`${((await usedNow()) - before) / 1000} bytes a run`)
await near.flushAll()

say('LRANGE of 50,000 events: all, the last 100; ms and bytes')
for (let n = 0; n < 50_000; n += 500) {
  await near.rPush(
    LIST,
    Array.from({ length: 500 }, (_, at) => event(n + at)),
  )
}
for (const [from, to] of [
  [0, -1],
  [-100, -1],
] as const) {
  const times: number[] = []
  let bytes = 0
  for (let n = 0; n < 7; n++) {
    const begun = performance.now()
    bytes = (await near.lRange(LIST, from, to)).join('').length
    times.push(performance.now() - begun)
  }
  say(`${median(times).toFixed(2)} ms | ${bytes}`)
}
await near.flushAll()

say('chunk size: 6,000 characters as events of 1, 4, 20: bytes, ms to write in a pipeline')
for (const chars of [1, 4, 20]) {
  const payloads = Array.from({ length: 6000 / chars }, (_, n) => event(n, chars))
  await near.del(LIST)
  const begun = performance.now()
  await Promise.all(payloads.map((payload) => near.rPush(LIST, payload)))
  const took = performance.now() - begun
  say(`${chars}: ${payloads.length} events | ${payloads.join('').length} | ${took.toFixed(1)}`)
}

say(
  'eviction at 4 MB: of 20 live runs with 10 min left, beside keys with a day: gone, and writes refused of 3,000',
)
for (const policy of ['noeviction', 'allkeys-lru', 'volatile-lru', 'volatile-ttl']) {
  const small = await startRedis({ args: ['--maxmemory', '4mb', '--maxmemory-policy', policy] })
  const client = await connected(small.url)
  for (let run = 0; run < 20; run++) {
    await client.rPush(
      `agent_run:e${run}:responses`,
      Array.from({ length: 50 }, (_, n) => event(n)),
    )
    await client.expire(`agent_run:e${run}:responses`, 600)
  }
  let refused = 0
  for (let n = 0; n < 3000; n++) {
    await client.set(`other:${n}`, 'x'.repeat(2000), { EX: 86_400 }).catch(() => refused++)
  }
  const left = (await client.keys('agent_run:*')).length
  say(`${policy}: ${20 - left} gone | ${refused} refused`)
  client.destroy()
  await small.stop()
}
near.destroy()
await redis.stop()
