import { createClient } from '@redis/client'
import { expect, it, onTestFinished, vi } from 'vitest'
import { startRedis } from '../../support/redis-server.ts'
import { redisRelay } from './with-redis.ts'

it('tells of a Redis that refuses the password, and not of every request', async () => {
  const redis = await startRedis()
  onTestFinished(() => redis.stop())
  const client = await createClient({ url: redis.url }).connect()
  await client.configSet('requirepass', 'right')
  client.destroy()
  const told = Promise.withResolvers<string>()
  vi.spyOn(console, 'info').mockImplementation(() => {})
  vi.spyOn(console, 'warn').mockImplementation((line: string) => told.resolve(line))
  const debug = vi.spyOn(console, 'debug').mockImplementation(() => {})
  onTestFinished(() => void vi.restoreAllMocks())
  const relay = redisRelay(`redis://:wrong@127.0.0.1:${redis.port}`)
  onTestFinished(() => relay.close())
  await relay.fetch(new Request('http://localhost/readyz'))
  expect(await told.promise).toContain('WRONGPASS')
  expect(debug).not.toHaveBeenCalled()
})
