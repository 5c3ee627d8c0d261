import { afterEach, expect, it } from 'vitest'
import { createMetrics, RELAY_METRICS } from '../../../src/cli/relay/metrics.ts'
import { memoryBackend } from '../../../src/relay/index.ts'
import type { MemoryBackend } from '../../../src/relay/index.ts'
import { serve } from '../../relay/serve.ts'
import type { Served } from '../../relay/serve.ts'

let served: Served
afterEach(() => served.close())

/** Values by name and labels, as a scraper reads them. */
function valuesIn(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ')
      return [line.slice(0, at), Number(line.slice(at + 1))]
    }),
  )
}

async function setUp(extra: Partial<MemoryBackend> = {}) {
  const memory = memoryBackend()
  served = await serve({ backend: { ...memory, ...extra }, maxViewersPerStream: 1 })
  const metrics = createMetrics(served.relay.stats)
  return { memory, text: metrics.text, values: async () => valuesIn(await metrics.text()) }
}

it('counts what was read and what was sent, and names no stream', async () => {
  const { memory, text, values } = await setUp()
  const first = await memory.append('secret-name', 'one')
  const viewer = await served.view('secret-name')
  await viewer.until(({ events }) => events().at(-1)?.event === 'relay.caught-up')
  await memory.append('secret-name', 'two')
  await viewer.until(({ payloads }) => payloads().length === 2)
  expect((await served.view('secret-name')).status).toBe(503) // one viewer is the most
  const now = await values()
  expect(Object.fromEntries(now)).toMatchObject({
    relay_ready: 1,
    relay_draining: 0,
    'relay_clients{transport="sse"}': 1,
    'relay_clients{transport="webSocket"}': 0,
    relay_streams: 1,
    relay_events_total: 1, // the other one was read before the stream was followed
    relay_sent_events_total: 2,
    'relay_refused_total{code="overloaded"}': 1,
    'relay_gaps_total{reason="replaced"}': 0,
    'relay_resumes_total{result="continued"}': 0,
    relay_events_per_write_sum: 2,
    relay_events_per_write_count: 2,
    'relay_events_per_write_bucket{le="1"}': 2,
    'relay_events_per_write_bucket{le="+Inf"}': 2,
  })
  const bytes = Buffer.byteLength(viewer.text().replace(/^.*?relay.hello.*?\n\n/s, ''))
  expect(now.get('relay_bytes_total')).toBe(bytes)
  const reads = now.get('relay_reads_total')
  expect(reads).toBeGreaterThan(1)
  expect(now.get('relay_stage_seconds_count{stage="redis_to_relay"}')).toBe(reads)
  expect(now.get('relay_stage_seconds_count{stage="relay_queue"}')).toBe(2)
  expect(now.has('nodejs_eventloop_lag_seconds')).toBe(true)
  expect(await text()).not.toContain('secret-name')

  viewer.close()
  await expect.poll(() => served.relay.stats().viewers).toBe(0)
  const again = await served.view('secret-name', { 'last-event-id': first })
  await again.until(({ payloads }) => payloads().length === 1)
  expect((await values()).get('relay_resumes_total{result="continued"}')).toBe(1)
})

it('tells of the connections to Redis where there are some, in seconds', async () => {
  const { values } = await setUp()
  expect((await values()).has('relay_redis_connections')).toBe(false)
  await served.close()
  const rest = { connections: 2, commands: 30, reconnects: 1, wakes: 'tracking' as const }
  const other = await setUp({ info: () => ({ ...rest, rttMs: 250, clockOffsetMs: null }) })
  const now = await other.values()
  expect(Object.fromEntries(now)).toMatchObject({
    relay_redis_connections: 2,
    relay_redis_commands_total: 30,
    relay_redis_reconnects_total: 1,
    relay_redis_rtt_seconds: 0.25,
  })
  expect(now.has('relay_redis_clock_offset_seconds')).toBe(false)
})

it('says of each figure what it is', async () => {
  const { text } = await setUp()
  const lines = (await text()).split('\n')
  for (const [name, [type, help]] of Object.entries(RELAY_METRICS)) {
    expect(lines).toContain(`# HELP ${name} ${help}`)
    expect(lines).toContain(`# TYPE ${name} ${type}`)
  }
})
