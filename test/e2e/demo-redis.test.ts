// The main job: a real Redis, the relay, the built page; what was written is what is read.
import { scenario, textOf } from 'framewise/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type RedisServer, startRedis } from '../support/redis-server.ts'
import { type DemoRig, ended, readPanel, startDemo } from './demo-page.ts'

let redis: RedisServer
let demo: DemoRig

beforeAll(async () => {
  redis = await startRedis()
  demo = await startDemo({ REDIS_URL: redis.url })
})

afterAll(async () => {
  await demo.stop()
  await redis.stop()
})

it.each(['source=redis&transport=sse', 'source=redis&transport=ws', 'source=relay&transport=sse'])(
  'shows in both panels the text that was written into Redis (%s)',
  async (source) => {
    const page = await demo.open(
      `${source}&rate=1000&chunk=4&events=800&seed=9&renderer=plain&autostart=1`,
    )
    await ended(page)
    const text = textOf(scenario({ seed: 9, events: 800, chunk: 4 }))
    for (const name of ['Raw', 'Batched'] as const) {
      const { text: shown, textLength } = await readPanel(page, name)
      expect(shown).toBe(text)
      expect(textLength).toBe(text.length)
    }
    await page.close()
  },
)
