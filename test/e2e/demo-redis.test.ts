// The main job: a real Redis, the relay, the built page; what was written is what is read.
import { createClient } from '@redis/client'
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

/** The one run in Redis: its events, and the text of its chunks. */
async function written(): Promise<{ events: number; text: string }> {
  const client = await createClient({ url: redis.url }).connect()
  const [key = ''] = await client.keys('agent_run:framewise_demo_*:stream')
  const entries = (await client.xRange(key, '-', '+')) ?? []
  await client.flushAll()
  client.destroy()
  const chunks = entries.map(({ message }) => textOfChunk(message['data'] ?? ''))
  return { events: entries.length, text: chunks.join('') }
}

function textOfChunk(data: string): string {
  const { type, content, metadata } = JSON.parse(data) as Record<string, string | undefined>
  const isChunk = type === 'assistant' && metadata?.includes('"stream_status": "chunk"')
  return isChunk ? (JSON.parse(content ?? '') as { content: string }).content : ''
}

it.each(['source=redis&transport=sse', 'source=redis&transport=ws', 'source=relay&transport=sse'])(
  'shows in both panels the text that was written into Redis (%s)',
  async (source) => {
    const page = await demo.open(
      `${source}&rate=1000&chunk=4&events=800&seed=9&renderer=plain&autostart=1`,
    )
    await ended(page)
    const { events, text } = await written()
    expect(events).toBe(800)
    expect(text.length).toBeGreaterThan(2000)
    for (const name of ['Raw', 'Batched'] as const) {
      const shown = await readPanel(page, name)
      expect(shown.text).toBe(text)
      expect(shown.textLength).toBe(text.length)
      expect(shown.events).toBe(800)
    }
    await page.close()
  },
)
