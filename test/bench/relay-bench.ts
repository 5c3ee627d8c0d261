// `npm run bench:relay`: what a delivery costs beside other ways to serve the same events to the same viewers, what a
// slow viewer costs the others, and what a viewer costs in memory. Server, viewers and writer are processes of their
// own; processor time is the server's alone. Ratios within one run; `--short` for a quick look.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { startRedis } from '../support/redis-server.ts'
import type { BenchLine } from './bench-line.ts'
import { REDIS_ARMS } from './relay-arms.ts'
import type { ArmName } from './relay-arms.ts'
import { eventsOf } from './relay-play.ts'
import type { Play } from './relay-play.ts'
import type { ServerOrder, Spent } from './relay-server.ts'
import type { Seen, SinkOptions } from './relay-sink.ts'
import { median } from './statistics.ts'
import { oneOf } from '../../src/cli/flags/flag-checks.ts'
import { JSON_FLAG, readToolFlags, SHORT_FLAG } from '../support/tool-flags.ts'

const PARTS = [
  'deliveries',
  'naive',
  'raw',
  'better-sse',
  'framewise',
  ...REDIS_ARMS,
  'slow',
  'many',
]
const flags = readToolFlags(
  'bench:relay',
  'What a delivery costs beside other ways to serve it, and what slow and many viewers do.',
  {
    ...SHORT_FLAG,
    ...JSON_FLAG,
    only: { value: 'PART', help: `one of ${PARTS.join(', ')}`, check: oneOf(PARTS) },
    profile: { help: 'a CPU profile of each server, in the working directory' },
  },
)

const children = new Set<ChildProcess>()

function start(script: URL, args: readonly string[], nodeFlags: readonly string[] = []): Child {
  const child = spawn(process.execPath, [...nodeFlags, fileURLToPath(script), ...args], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  children.add(child)
  return {
    next: async <T>() => {
      const [message] = (await once(child, 'message')) as [T]
      return message
    },
    send: (message) => void child.send(message as object),
    async stop() {
      children.delete(child)
      child.disconnect()
      await once(child, 'exit')
    },
  }
}

interface Child {
  next<T>(): Promise<T>
  send(message: unknown): void
  stop(): Promise<void>
}

interface Run {
  readonly before: Spent
  readonly after: Spent
  readonly seen: Seen
}

async function run(
  arm: ArmName,
  play: Play,
  viewers: number,
  redisUrl: string,
  { warm = 0, crawling = 0 }: { readonly warm?: number; readonly crawling?: number } = {},
): Promise<Run> {
  const nodeFlags = [
    '--expose-gc',
    ...(flags.on('profile') ? ['--cpu-prof', `--cpu-prof-name=${arm}.cpuprofile`] : []),
  ]
  const server = start(new URL('relay-server.ts', import.meta.url), [arm, redisUrl], nodeFlags)
  const { port } = await server.next<{ port: number }>()
  const fromRedis = (REDIS_ARMS as readonly string[]).includes(arm)
  const writer = fromRedis
    ? start(new URL('relay-writer.ts', import.meta.url), [arm, redisUrl, JSON.stringify(play)])
    : null
  await writer?.next()
  const spent = async (): Promise<Spent> => {
    const answer = server.next<Spent>()
    server.send(null satisfies ServerOrder)
    return answer
  }
  const events = eventsOf(play)
  const query = arm === 'timing' ? '?timing=1' : ''
  const { streams } = play
  const options: SinkOptions = { port, streams, viewers, query, events, warm, crawling }
  const sink = start(new URL('relay-sink.ts', import.meta.url), [JSON.stringify(options)])
  await sink.next()
  const begin = (): void => (writer ?? server).send(play satisfies ServerOrder)
  // A server is up for days: what its compiler takes to know the code is none of a delivery's.
  if (warm > 0) {
    const warmed = sink.next()
    begin()
    await warmed
  }
  const before = await spent()
  const seen = sink.next<Seen>()
  if (warm === 0) begin()
  const result = await seen
  const after = await spent()
  await Promise.all([sink.stop(), writer?.stop(), server.stop()])
  return { before, after, seen: result }
}

const perDelivery = ({ before, after, seen }: Run, warm: number): number =>
  (after.cpuBefore - before.cpuAfter) / (seen.events - warm)

const SHORT = {
  pairs: 1,
  ticks: 20,
  warmTicks: 5,
  everyMs: 20,
  viewers: 500,
  crowdTicks: 10,
  streams: 100,
  each: 20,
}
const LONG = {
  pairs: 5,
  ticks: 500,
  warmTicks: 500,
  everyMs: 10,
  viewers: 5000,
  crowdTicks: 40,
  streams: 100,
  each: 20,
}
const effort = flags.on('short') ? SHORT : LONG
const VIEWERS = 100
const PER_TICK = 20
let streams = 0

const nextStreams = (count: number): string[] =>
  Array.from({ length: count }, () => `bench_${streams++}`)

const range = (numbers: readonly number[], digits = 2): string =>
  `${Math.min(...numbers).toFixed(digits)} to ${Math.max(...numbers).toFixed(digits)}`

// Each pair is the relay and another, one after the other, in turns: what the machine does meanwhile meets both.
async function delivery(redisUrl: string, ours: ArmName, other: ArmName): Promise<Pair[]> {
  const pairs: Pair[] = []
  for (let n = 0; n < effort.pairs; n++) {
    const cost = new Map<ArmName, number>()
    for (const arm of n % 2 === 0 ? [ours, other] : [other, ours]) {
      const ticks = effort.warmTicks + effort.ticks
      const play = { ...effort, ticks, streams: nextStreams(1), perTick: PER_TICK }
      const warm = VIEWERS * PER_TICK * effort.warmTicks
      const result = await run(arm, play, VIEWERS, redisUrl, { warm })
      check(`${arm} beside ${ours}`, result, VIEWERS * eventsOf(play))
      cost.set(arm, perDelivery(result, warm))
    }
    pairs.push({ ours: cost.get(ours) ?? NaN, other: cost.get(other) ?? NaN })
  }
  return pairs
}

interface Pair {
  readonly ours: number
  readonly other: number
}

function check(what: string, { seen }: Run, events: number): void {
  if (seen.events === events && seen.wrong === 0) return
  throw new Error(`${what}: ${seen.events} of ${events} events, ${seen.wrong} out of order`)
}

async function deliveries(redisUrl: string): Promise<void> {
  const comparisons: [ours: ArmName, other: ArmName, target: number][] = [
    ['framewise', 'naive', 1 / 5],
    ['framewise', 'raw', 2.5],
    ['framewise', 'better-sse', 1],
    ['timing', 'framewise', Infinity],
    ['framewise-redis', 'assistant-stream', 1],
    ['framewise-redis', 'resumable-stream', 1],
  ]
  for (const [ours, other, target] of comparisons) {
    if (!wanted('deliveries') && !wanted(other)) continue
    const pairs = await delivery(redisUrl, ours, other)
    const ratios = pairs.map((pair) => pair.ours / pair.other)
    const us = (arm: keyof Pair): string => median(pairs.map((pair) => pair[arm])).toFixed(2)
    // A shared machine only ever adds to what something costs.
    const least = (arm: keyof Pair): number => Math.min(...pairs.map((pair) => pair[arm]))
    const floor = (least('ours') / least('other')).toFixed(2)
    tell({
      what: `processor time of a delivery, ${ours} ÷ ${other}`,
      measured: median(ratios),
      target,
      unit: '×',
      detail: `${us('ours')} ÷ ${us('other')} µs, ${range(ratios)} in ${ratios.length} pairs; least ÷ least ${floor}`,
    })
  }
}

// Two hundred viewers, with and without one that reads a byte a second.
async function slowViewer(): Promise<BenchLine[]> {
  const runs: { alone: Run; beside: Run }[] = []
  for (let n = 0; n < effort.pairs; n++) {
    const pair = new Map<number, Run>()
    for (const crawling of n % 2 === 0 ? [0, 1] : [1, 0]) {
      const play = { ...effort, streams: nextStreams(1), perTick: PER_TICK }
      const result = await run('framewise', play, 200, '', { crawling })
      check(`${crawling} slow beside 200`, result, 200 * eventsOf(play))
      pair.set(crawling, result)
    }
    runs.push({ alone: pair.get(0) as Run, beside: pair.get(1) as Run })
  }
  const ratios = runs.map(({ alone, beside }) => beside.seen.p99 / alone.seen.p99)
  const ms = (which: 'alone' | 'beside'): string =>
    median(runs.map((one) => one[which].seen.p99)).toFixed(1)
  const grown = runs.map(({ alone, beside }) => mb(beside.after.rss) - mb(alone.after.rss))
  return [
    {
      what: 'p99 age of events with one viewer at a byte a second ÷ without',
      measured: median(ratios),
      target: 1.5,
      unit: '×',
      detail: `${ms('beside')} ÷ ${ms('alone')} ms for 200 others, ${range(ratios)} in ${ratios.length} pairs`,
    },
    {
      what: 'memory of the relay with it, more than without',
      measured: median(grown),
      target: 16,
      unit: 'MB',
      detail: `of ${mb(runs[0]?.alone.after.rss ?? 0).toFixed(0)} MB, ${range(grown, 1)} in ${grown.length} pairs`,
    },
  ]
}

const mb = (bytes: number): number => bytes / 1024 / 1024

async function manyViewers(): Promise<BenchLine[]> {
  const { viewers } = effort
  const one = {
    ticks: effort.crowdTicks,
    perTick: 5,
    everyMs: viewers / 10,
    streams: nextStreams(1),
  }
  const crowd = await run('framewise', one, viewers, '')
  check(`${viewers} viewers`, crowd, viewers * eventsOf(one))
  const few = await run('framewise', { ...one, ticks: 1 }, 1, '')
  const many = { ...one, streams: nextStreams(effort.streams), perTick: 1 }
  const spread = effort.streams * effort.each
  const apart = await run('framewise', many, spread, '')
  check(`${spread} viewers of ${effort.streams} streams`, apart, spread * eventsOf(many))
  const kb = (run: Run, point: 'before' | 'after'): number =>
    (run[point].rss - few.before.rss) / viewers / 1024
  return [
    {
      what: `memory of a viewer, ${viewers} on one stream, connected`,
      measured: kb(crowd, 'before'),
      target: Infinity,
      unit: 'kB',
      detail: `${mb(crowd.before.rss).toFixed(0)} MB of resident memory, ${mb(few.before.rss).toFixed(0)} MB for one; ${kb(crowd, 'after').toFixed(1)} kB each after ${crowd.seen.events} deliveries`,
    },
    {
      what: `deliveries to ${spread} viewers of ${effort.streams} streams, in order and complete`,
      measured: apart.seen.events,
      target: Infinity,
      unit: '',
      detail: `p50 ${apart.seen.p50.toFixed(1)} ms, p99 ${apart.seen.p99.toFixed(1)} ms; ${crowd.seen.events} to ${viewers} viewers of one stream: p50 ${crowd.seen.p50.toFixed(1)}, p99 ${crowd.seen.p99.toFixed(1)} ms`,
    },
  ]
}

const lines: BenchLine[] = []

function tell(line: BenchLine): void {
  lines.push(line)
  if (flags.on('json')) return
  const { what, measured, target, unit, detail } = line
  const verdict = target === Infinity ? ' ' : measured <= target ? '✓' : '✗'
  const aim = target === Infinity ? '' : ` (≤ ${target})`
  process.stdout.write(`${verdict} ${what}: ${measured.toFixed(2)} ${unit}${aim}\n    ${detail}\n`)
}

const wanted = (name: string): boolean => [undefined, name].includes(flags.text('only'))

// resumable-stream subscribes once for each viewer, and Redis would cut off who does not keep up with that.
const redis = await startRedis({ args: ['--client-output-buffer-limit', 'pubsub', '0', '0', '0'] })
try {
  await deliveries(redis.url)
  if (wanted('slow')) for (const line of await slowViewer()) tell(line)
  if (wanted('many')) for (const line of await manyViewers()) tell(line)
} finally {
  for (const child of children) child.kill()
  await redis.stop()
}
if (flags.on('json')) process.stdout.write(`${JSON.stringify(lines)}\n`)
