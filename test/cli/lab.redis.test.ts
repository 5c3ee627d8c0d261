// The lab on a real Redis: what is replayed from there is what is replayed from memory, and no other key is touched.
import { createClient } from '@redis/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scenario } from '../../src/testing/scenario.ts'
import { startRedis } from '../support/redis-server.ts'
import type { RedisServer } from '../support/redis-server.ts'
import { recordingOf, replay, viewAll } from './lab-client.ts'
import { startCli, urlIn } from './run-cli.ts'
import type { Cli } from './run-cli.ts'

const run = scenario({ events: 300 }).map((event) => JSON.stringify(event))
// What JSON does not forbid: other scripts, emoji, spaces, no JSON at all.
const payloads = ['not json', '  {"a": "漢字 🎉"}  ', '{"a":\n"two lines"}', ...run]

let redis: RedisServer
let client: ReturnType<typeof createClient>
let relay: Cli
let url = ''

beforeAll(async () => {
  redis = await startRedis()
  client = createClient({ url: redis.url })
  await client.connect()
  relay = startCli(['relay', '--lab', '--port', '0', '--redis', redis.url])
  url = urlIn(await relay.line(/^framewise relay on http:/))
})

afterAll(async () => {
  relay.process.kill('SIGINT')
  expect((await relay.ended).code).toBe(0)
  client.destroy()
  await redis.stop()
})

describe('a replay', () => {
  const ways = [
    'source=memory',
    'source=redis&layout=suna-stream',
    'source=redis&layout=suna-list',
    'source=redis&speed=0',
    'source=memory&speed=0',
  ]

  it.each(ways)('brings the very events in their order: %s', async (query) => {
    const { status, body } = await replay(url, query, recordingOf(payloads))
    expect(status).toBe(201)
    expect(body.events).toBe(payloads.length)
    expect(await viewAll(url + body.url)).toEqual(payloads)
  })

  it('writes framewise:lab:* keys alone, which expire, and reads no others', async () => {
    await client.flushAll()
    await client.rPush('agent_run:framewise_lab_x:responses', 'a product’s own')
    const commands: string[] = []
    const monitor = client.duplicate()
    await monitor.connect()
    await monitor.monitor((line) => void commands.push(String(line)))
    const ids: string[] = []
    for (const layout of ['suna-list', 'suna-stream']) {
      const { body } = await replay(url, `source=redis&speed=0&layout=${layout}`, recordingOf(run))
      await viewAll(url + body.url)
      ids.push(String(body.id))
    }
    const keys = await client.keys('*')
    expect(keys.toSorted()).toEqual(
      [
        'agent_run:framewise_lab_x:responses',
        `framewise:lab:${ids[0]}:responses`,
        `framewise:lab:${ids[1]}:stream`,
      ].toSorted(),
    )
    for (const key of keys.filter((name) => name.startsWith('framewise:'))) {
      expect(await client.ttl(key)).toBeGreaterThan(500)
    }
    const touched = commands.filter((line) => line.includes('framewise_lab_'))
    expect(touched.length).toBeGreaterThan(2 * run.length)
    expect(touched.filter((line) => /agent_run:/.test(line))).toEqual([])
    expect(await client.lRange('agent_run:framewise_lab_x:responses', 0, -1)).toHaveLength(1)
    monitor.destroy()
  })

  it('cannot be read through the product’s relay, nor a product’s stream through the lab', async () => {
    const { body } = await replay(url, 'source=redis&speed=0', recordingOf(run))
    await viewAll(url + body.url)
    await client.xAdd('agent_run:product:stream', '*', { data: '{}' })
    const length = async (path: string): Promise<unknown> =>
      ((await (await fetch(url + path)).json()) as { length: number }).length
    expect(await length(`/lab/redis/v1/streams/${body.id}`)).toBe(run.length)
    expect(await length(`/v1/streams/${body.id}`)).toBe(0)
    expect(await length('/v1/streams/product')).toBe(1)
    expect(await length('/lab/redis/v1/streams/product')).toBe(0)
  })
})
