// How far a writer gets without an answer: counts, no times. What it is worth in events per second over a long wire says
// `npm run bench:writer`.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createStreamWriter } from '../../src/writer/index.ts'
import { startRedis } from '../support/redis-server.ts'
import type { RedisServer } from '../support/redis-server.ts'
import { startMutedWire } from '../support/muted-wire.ts'
import type { MutedWire } from '../support/muted-wire.ts'
import { connected, LAYOUTS, logOf } from './logs.ts'
import type { TestClient } from './logs.ts'

const CHUNKS = 300
let redis: RedisServer
let near: TestClient
let proxy: MutedWire
let far: TestClient

beforeAll(async () => {
  redis = await startRedis()
  near = await connected(redis.url)
  proxy = await startMutedWire(redis.port)
  far = await connected(`redis://127.0.0.1:${proxy.port}`)
})
afterAll(async () => {
  near.destroy()
  far.destroy()
  await proxy.close()
  await redis.stop()
})

describe.each(LAYOUTS)('a wire on which no answer comes, %s', (layout) => {
  it('takes every chunk of a model from our writer, and one from a writer that awaits', async () => {
    const writer = createStreamWriter(far, 'ours', { layout })
    await writer.ready()
    proxy.mute()
    for (let n = 0; n < CHUNKS; n++) {
      writer.write(`${n}`)
      await new Promise(setImmediate)
    }
    const awaiting = write().catch(() => undefined)
    await expect.poll(() => logOf(near, layout, 'ours')).toHaveLength(CHUNKS)
    await expect.poll(() => near.lLen('awaited')).toBe(1)
    expect(writer.acknowledged).toBe(0)
    proxy.cut()
    await writer.flush()
    expect(await logOf(near, layout, 'ours')).toHaveLength(CHUNKS)
    await writer.close()
    await awaiting
    await near.del('awaited')
  })
})

async function write(): Promise<void> {
  for (let n = 0; n < CHUNKS; n++) await far.rPush('awaited', `${n}`)
}
