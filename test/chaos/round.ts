// One round: a world, a nemesis, many streams at once, and the verdict on each of their histories.
import { setTimeout as pause } from 'node:timers/promises'
import { checkHistory } from './checker.ts'
import type { Violation } from './checker.ts'
import type { LogHistory, ViewerHistory } from './history.ts'
import type { Nemesis } from './nemesis.ts'
import { createRandom } from './random.ts'
import { startStream } from './stream-run.ts'
import type { World } from './world.ts'

/** A history that broke a promise. */
export interface Failure {
  readonly log: LogHistory
  readonly viewers: readonly ViewerHistory[]
  readonly violations: readonly Violation[]
}

/** What came of a round. */
export interface RoundResult {
  readonly histories: number
  readonly viewers: number
  /** Events that viewers were given, all together. */
  readonly deliveries: number
  readonly gaps: number
  readonly connections: number
  /** From the moment that everything worked again until the last viewer had come to its end, in ms. */
  readonly recoveryMs: number
  readonly failures: readonly Failure[]
}

/** Options of {@link runRound}. */
export interface RoundOptions {
  readonly world: World
  readonly nemesis: Nemesis
  readonly seed: number
  readonly streams: number
  readonly short: boolean
}

// Every viewer must have come to its end so long after everything works again.
const RECOVERY_MS = 10_000

/** Runs one. */
export async function runRound(options: RoundOptions): Promise<RoundResult> {
  const { world, nemesis, seed, short } = options
  const random = createRandom(`${seed}/${nemesis.name}`)
  const streams = Array.from({ length: options.streams }, (_, at) => {
    const layout = nemesis.layouts[at % nemesis.layouts.length] ?? 'list'
    const id = `${nemesis.name}_${seed}_${at}`
    return startStream({ world, id, layout, random: random.of(at), short })
  })
  try {
    await pause(random.whole(100, short ? 300 : 700))
    await nemesis.act({ world, streams, random: random.of('nemesis'), short })
    const healedMs = performance.now()
    await Promise.all(streams.map(({ producer }) => producer.finished))
    await Promise.all(streams.map(({ noteFinal }) => noteFinal()))
    const writtenMs = performance.now()
    await settled(streams.flatMap(({ viewers }) => viewers.map(({ done }) => done)))
    const recoveryMs = performance.now() - Math.max(healedMs, writtenMs)
    const histories = streams.map((stream) => stream.history(nemesis.lossless))
    return { ...sum(histories), recoveryMs, failures: judge(histories) }
  } finally {
    for (const stream of streams) stream.stop()
  }
}

type Histories = readonly { log: LogHistory; viewers: readonly ViewerHistory[] }[]

async function settled(viewers: readonly Promise<void>[]): Promise<void> {
  const late = new AbortController()
  const deadline = pause(RECOVERY_MS, null, { signal: late.signal }).catch(() => {})
  await Promise.race([Promise.all(viewers), deadline])
  late.abort()
}

function judge(histories: Histories): Failure[] {
  return histories
    .map(({ log, viewers }) => ({ log, viewers, violations: checkHistory(log, viewers) }))
    .filter(({ violations }) => violations.length > 0)
}

function sum(histories: Histories) {
  const viewers = histories.flatMap(({ viewers }) => viewers)
  const seen = viewers.flatMap(({ observed }) => observed)
  const count = (kind: string): number => seen.filter((one) => one.kind === kind).length
  return {
    histories: histories.length,
    viewers: viewers.length,
    deliveries: count('event'),
    gaps: count('gap'),
    connections: count('connect'),
  }
}
