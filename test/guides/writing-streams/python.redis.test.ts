// The guide's recipe for redis-py, run by a Python against a real Redis.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { startMutedWire } from '../../support/muted-wire.ts'
import { redisPython } from '../../support/redis-python.ts'
import { startRedis } from '../../support/redis-server.ts'
import type { RedisServer } from '../../support/redis-server.ts'
import { connected } from '../../writer/logs.ts'
import type { TestClient } from '../../writer/logs.ts'

const RECIPE = fileURLToPath(new URL('.', import.meta.url))
const BENCH = fileURLToPath(new URL('../../bench/writer_bench.py', import.meta.url))
const EVENTS = 400

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

async function python(...args: readonly string[]): Promise<{ code: number | null; said: string }> {
  const child = spawn(redisPython(), args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => (said += part))
  }
  const code = await new Promise<number | null>((ended) => child.on('close', ended))
  return { code, said }
}

it('writes all events once, in order and with a TTL, over a wire that is cut', async () => {
  const wire = await startMutedWire(redis.port, 20)
  const key = 'agent_run:python:responses'
  const rings: string[] = []
  const ear = await client.duplicate().connect()
  await ear.subscribe('agent_run:python:new_response', (message) => void rings.push(message))
  const writing = python(BENCH, RECIPE, 'recipe', String(wire.port), 'python', `${EVENTS}`, '400')
  for (const length of [100, 200]) {
    await expect.poll(() => client.lLen(key), { timeout: 20_000 }).toBeGreaterThan(length)
    wire.mute() // the next answer is lost, and what it would have told is not
    const before = await client.lLen(key)
    // Where the answer on its way was the one that is lost, nothing is written until the cut.
    const grows = async () => expect(await client.lLen(key)).toBeGreaterThan(before)
    await vi.waitFor(grows, { timeout: 500 }).catch(() => {})
    wire.cut()
  }
  const { code, said } = await writing
  await wire.close()
  ear.destroy()
  expect([code, said]).toEqual([0, expect.stringContaining(`"events": ${EVENTS}`)])
  const names = (await client.lRange(key, 0, -1)).map((text) => JSON.parse(text) as object)
  expect(names).toEqual(
    Array.from({ length: EVENTS }, (_, n) => ({ type: 'CUSTOM', name: `${n}` })),
  )
  expect(await client.ttl(key)).toBeGreaterThan(3500)
  expect(new Set(rings)).toEqual(new Set(['new']))
}, 60_000)

// Ten thousand events are under way when Redis refuses: the loop must not wait for room that never comes.
it('tells the model’s loop when Redis refuses, whether it writes or closes', async () => {
  await client.set('agent_run:refused:responses', 'no list')
  const script = `
import asyncio, sys
sys.path.insert(0, sys.argv[1])
from redis.asyncio import Redis
from stream_writer import StreamWriter

async def told(act):
    try:
        await asyncio.wait_for(act(), 10)
        return "nothing"
    except Exception as error:
        return type(error).__name__ + " " + str(error)[:9]

async def main():
    redis = Redis(port=int(sys.argv[2]))
    writer = StreamWriter(redis, "refused")
    async def writing():
        for n in range(10_005):
            await writer.write({"n": n})
    print(await told(writing))
    print(await told(writer.close))

asyncio.run(main())
`
  const { said } = await python('-c', script, RECIPE, String(redis.port))
  const lines = said.split('\n').filter((line) => line !== '')
  expect(lines).toEqual(['ResponseError WRONGTYPE', 'ResponseError WRONGTYPE'])
}, 60_000)
