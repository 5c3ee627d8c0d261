import { createClient } from '@redis/client'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scenario } from '../../src/testing/scenario.ts'
import { endReasonOf } from '../../src/wire/terminal.ts'
import { startRedis } from '../support/redis-server.ts'
import type { RedisServer } from '../support/redis-server.ts'
import { runCli, startCli, urlIn } from './run-cli.ts'
import type { Cli } from './run-cli.ts'

const connected = (url: string) =>
  createClient({ url })
    .on('error', () => {})
    .connect()

let redis: RedisServer
let client: Awaited<ReturnType<typeof connected>>
const started: Cli[] = []
const start = (args: readonly string[]): Cli => {
  const cli = startCli(args, { REDIS_URL: redis.url })
  started.push(cli)
  return cli
}

beforeAll(async () => {
  redis = await startRedis()
  client = await connected(redis.url)
})

afterAll(async () => {
  for (const cli of started) cli.process.kill('SIGKILL')
  client.destroy()
  await redis.stop()
})

const produce = (...flags: string[]): ReturnType<typeof runCli> =>
  runCli(['produce', '--rate', '10000', ...flags], { REDIS_URL: redis.url })
const entriesOf = async (id: string): Promise<string[]> =>
  ((await client.xRange(`agent_run:${id}:stream`, '-', '+')) ?? []).map(
    ({ message }) => message['data'] ?? '',
  )
const reasonOf = (payload: string | undefined): unknown => endReasonOf(JSON.parse(payload ?? '""'))

describe('framewise produce', () => {
  it("writes Suna's envelopes into a stream and prints nothing but its id", async () => {
    const { code, stdout } = await produce('--events', '100')
    const id = stdout.trim()
    expect([code, id]).toEqual([0, expect.stringMatching(/^produce_[\w-]{8}$/)])
    const payloads = await entriesOf(id)
    expect(payloads).toHaveLength(100)
    expect(reasonOf(payloads.at(-1))).toBe('completed')
    expect(await client.ttl(`agent_run:${id}:stream`)).toBeGreaterThan(500)
  })

  it('writes them into a list, under the id that was asked for', async () => {
    const { stdout } = await produce('--events', '100', '--layout', 'suna-list', '--stream', 'mine')
    expect(stdout).toBe('mine\n')
    const payloads = await client.lRange('agent_run:mine:responses', 0, -1)
    expect(payloads).toHaveLength(100)
    expect(reasonOf(payloads.at(-1))).toBe('completed')
    expect(await client.ttl('agent_run:mine:responses')).toBeGreaterThan(500)
  })

  it('writes AG-UI events as they are', async () => {
    const { stdout } = await produce('--format', 'ag-ui', '--events', '40', '--seed', '3')
    const events = (await entriesOf(stdout.trim())).map((text) => JSON.parse(text) as unknown)
    expect(events).toEqual(scenario({ events: 40, seed: 3 }))
  })

  it('plays a recording, bytes as they are', async () => {
    const file = 'demo/public/recordings/agent-run.ndjson'
    const { stdout } = await produce('--play', file, '--speed', '100')
    const events = (await entriesOf(stdout.trim())).map((text) => JSON.parse(text) as unknown)
    expect(events).toEqual(scenario({ events: 1500 }))
  })

  it('ends an interrupted run with a stopped event and exits with 130', async () => {
    const cli = start(['produce', '--rate', '5', '--stream', 'cut'])
    await cli.line(/^cut$/)
    await expect.poll(() => client.xLen('agent_run:cut:stream')).toBeGreaterThan(0)
    cli.process.kill('SIGINT')
    expect((await cli.ended).code).toBe(130)
    expect(reasonOf((await entriesOf('cut')).at(-1))).toBe('stopped')
  })
})

describe('framewise demo with a Redis', () => {
  const folder = mkdtempSync(join(tmpdir(), 'framewise-demo-'))
  let url = ''

  beforeAll(async () => {
    mkdirSync(join(folder, 'recordings'))
    writeFileSync(join(folder, 'index.html'), '')
    url = urlIn(
      await start(['demo', '--port', '0', '--dir', folder]).line(/^framewise demo on http/),
    )
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const post = async (body: unknown): Promise<Record<string, unknown>> => {
    const headers = { 'Content-Type': 'application/json' }
    const init = { method: 'POST', headers, body: JSON.stringify(body) }
    return (await (await fetch(`${url}/demo/runs`, init)).json()) as Record<string, unknown>
  }

  it.each(['suna-list', 'suna-stream'] as const)(
    'writes runs in the layout %s, where its relay serves them byte for byte',
    async (layout) => {
      const run = await post({ source: 'redis', layout, events: 120, rate: 4000 })
      expect(run).toMatchObject({ protocol: 'suna', backend: 'redis', layout })
      const text = await (await fetch(`${url}/v1/streams/${String(run['id'])}/events`)).text()
      const served = [...text.matchAll(/^id: .*\ndata: (.*)$/gm)].map(([, data]) => data)
      const key = `agent_run:${String(run['id'])}`
      const kept =
        layout === 'suna-list'
          ? await client.lRange(`${key}:responses`, 0, -1)
          : await entriesOf(String(run['id']))
      expect(served).toEqual(kept)
      expect(served).toHaveLength(Number(run['events']))
    },
  )

  it('writes no keys but its own, and lets all of them expire', async () => {
    const { id } = await post({ events: 60, rate: 5000 })
    await (await fetch(`${url}/v1/streams/${String(id)}/events`)).text()
    const keys = await client.keys('*framewise_demo_*')
    expect(keys).toContain(`agent_run:${String(id)}:stream`)
    for (const key of keys) expect(await client.ttl(key)).toBeGreaterThan(0)
  })

  it('says that it has a Redis', async () => {
    expect(await (await fetch(`${url}/demo/config`)).json()).toEqual({
      redis: true,
      layout: 'suna-stream',
      recordings: [],
    })
  })
})

describe('framewise demo without the Redis it was told of', () => {
  it('runs on, refuses runs in words, and writes them once the Redis is there', async () => {
    const other = await startRedis()
    await other.kill()
    const folder = mkdtempSync(join(tmpdir(), 'framewise-demo-'))
    writeFileSync(join(folder, 'index.html'), '')
    const flags = ['--port', '0', '--dir', folder, '--redis', other.url]
    const url = urlIn(await start(['demo', ...flags]).line(/^framewise demo on http/))
    const post = (): Promise<Response> =>
      fetch(`${url}/demo/runs`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: '{"events":8}',
      })
    const refused = await post()
    expect(refused.status).toBe(503)
    expect(await refused.text()).toContain(`cannot reach Redis at ${other.url}`)
    await other.start()
    expect((await post()).status).toBe(201)
    await other.stop()
    rmSync(folder, { recursive: true })
  })
})

describe('framewise relay without the Redis it was told of', () => {
  it('says so in words, keeps running, and ends when asked', async () => {
    const other = await startRedis()
    await other.stop()
    const relay = start(['relay', '--port', '0', '--redis', other.url])
    await relay.line(/^framewise relay on http:.* \(redis redis:\/\/127\.0\.0\.1:\d+\)$/)
    await relay.line(new RegExp(`${other.port}`))
    relay.process.kill('SIGTERM')
    const { code, stderr } = await relay.ended
    expect(code).toBe(0)
    expect(stderr).not.toContain('    at ')
    expect(stderr).toContain('ECONNREFUSED')
  })
})
