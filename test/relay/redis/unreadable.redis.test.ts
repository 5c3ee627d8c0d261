// A key of another type where a log should be: its viewers are told, Redis is asked a few times only, and a log in its
// place is read by whoever comes next.
import { createClient } from '@redis/client'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { redisBackend } from '../../../src/relay/index.ts'
import { startRedis } from '../../support/redis-server.ts'
import type { RedisServer } from '../../support/redis-server.ts'
import { serve } from '../serve.ts'

let redis: RedisServer
let client: ReturnType<typeof createClient>

beforeAll(async () => {
  redis = await startRedis()
  client = createClient({ url: redis.url })
  await client.connect()
})
afterAll(async () => {
  client.destroy()
  await redis.stop()
})

it.each(['suna-list', 'suna-stream'] as const)('tells viewers of it, in %s', async (layout) => {
  const backend = redisBackend({ url: redis.url, layout })
  const served = await serve({ backend, random: () => 0 })
  await vi.waitUntil(() => served.relay.stats().ready, 5000)
  const key = layout === 'suna-list' ? 'agent_run:a:responses' : 'agent_run:a:stream'
  await client.set(key, 'no log')
  const viewers = await Promise.all([served.view('a'), served.view('a')])
  for (const viewer of viewers) {
    await viewer.ended
    expect(viewer.text()).toContain('"code":"backend-unavailable"')
  }
  expect(served.relay.stats()).toMatchObject({ reads: 4, readErrors: 4 })
  await client.del(key)
  if (layout === 'suna-list') await client.rPush(key, 'now it is')
  else await client.xAdd(key, '*', { data: 'now it is' })
  const later = await served.view('a')
  await later.until(({ payloads }) => payloads().length === 1)
  await served.close()
})
