// A snapshot as rules read it: every number finite or null, and what several rules need reckoned once. Total: whatever
// is handed in, facts come out.
import {
  type MeterSnapshot,
  type Source,
  type Spread,
  STAGES,
  type StageName,
} from '../snapshot.ts'
import type { Thresholds } from './thresholds.ts'

/** What the caller knows of the writer and the page does not. */
export interface WriterFacts {
  /** Round trip to the store, measured where the writer runs, ms. */
  readonly rttMs?: number | undefined
  /** Round trips that it awaits for each chunk. @default 1 */
  readonly roundTrips?: number | undefined
  /**
   * When payload times are taken: as the `model` hands a chunk over (`framewise/writer` does), or in the loop that awaits
   * the `write`: there a slow write makes the next chunk look late. @default taken for `model`, and where no ids of a
   * Redis stream bear it out doubted
   */
  readonly stampedAt?: 'model' | 'write' | undefined
}

/** Values of one kind: all finite; none is left out. */
export interface Values {
  readonly count: number
  readonly sum: number
  readonly min: number
  readonly p50: number
  readonly p95: number
  readonly max: number
  readonly variation: number
}

/** One stage. */
export interface StageFacts extends Values {
  readonly share: number
  readonly boundMs: number | null
  readonly source: Source
}

/** What rules look at. Times in ms, shares in parts of 1. */
export interface Facts {
  readonly limits: Thresholds
  readonly writer: WriterFacts
  readonly windowMs: number
  readonly events: number
  readonly eventsPerSecond: number
  readonly charsPerEvent: number | null
  readonly hiddenShare: number
  readonly lostMs: number
  readonly frameMs: number
  readonly rendersPerFrame: number | null
  readonly droppedShare: number
  readonly lag: Values | null
  readonly ours: number
  readonly foreign: number | null
  readonly blockingMs: number
  /** The least that others' scripts took which the browser names, as part of 1; null where it names none. */
  readonly named: number | null
  /** Layout that scripts forced, whosever they are, as part of 1. */
  readonly forced: number
  /** Main thread in use, whoever uses it. */
  readonly busy: number
  readonly closes: boolean
  /** Arrival to paint p95, less the deliberate wait. */
  readonly lateMs: number | null
  /** Something that is seen or felt is late. */
  readonly isLate: boolean
  readonly stages: Readonly<Record<StageName, StageFacts | null>>
  readonly produced: Values | null
  readonly sent: Values | null
  readonly producedBy: 'payload' | 'entry' | null
  readonly arrived: Values | null
  /** The gaps that are nearest to the source. */
  readonly made: Values | null
  /** Shortest round trip to the relay. */
  readonly rttMs: number | null
  readonly missing: readonly string[]
}

type Loose<T> = { readonly [K in keyof T]?: T[K] | null | undefined }

// Larger than any time or count of a page: sums of such numbers stay finite.
const MOST = 1e15
const finite = (value: unknown): number | null =>
  typeof value === 'number' && Math.abs(value) <= MOST ? value : null
const positive = (value: unknown): number => Math.max(0, finite(value) ?? 0)
const part = (value: unknown): number => Math.min(1, positive(value))

function valuesOf(spread: Loose<Spread> | null | undefined): Values | null {
  const count = positive(spread?.count)
  const p95 = finite(spread?.p95)
  if (count === 0 || p95 === null) return null
  const p50 = finite(spread?.p50) ?? p95
  const min = finite(spread?.min) ?? p50
  const max = finite(spread?.max) ?? p95
  const sum = positive(spread?.sum)
  return { count, sum, min, p50, p95, max, variation: positive(spread?.variation) }
}

/** Reads a snapshot. */
export function factsOf(
  snapshot: Loose<MeterSnapshot> | null | undefined,
  limits: Thresholds,
  writer: WriterFacts,
): Facts {
  const seen = snapshot ?? {}
  const stage = (name: StageName): StageFacts | null => {
    const one = seen.stages?.[name]
    const values = valuesOf(one)
    if (one === null || one === undefined || values === null) return null
    const source = one.source ?? 'inferred'
    return { ...values, share: part(one.share), boundMs: finite(one.boundMs), source }
  }
  const windowMs = positive(seen.windowMs)
  const eventsPerSecond = positive(seen.eventsPerSecond)
  const ours = part(seen.busy?.ours)
  const foreign = finite(seen.busy?.foreign)
  const stages = Object.fromEntries(STAGES.map((name) => [name, stage(name)])) as Facts['stages']
  const { parse, queue, reduce, react } = stages
  const shown = valuesOf(seen.arrivalToPaintMs)
  const lateMs = shown && Math.max(0, shown.p95 - Math.max(0, queue?.p95 ?? 0))
  const lag = valuesOf(seen.loopLagMs)
  const droppedShare = part(seen.frame?.droppedShare)
  const perSecond = positive(seen.frame?.perSecond)
  const closing = finite(seen.closing)
  const boundMs = finite(seen.serverClock?.boundMs)
  const produced = valuesOf(seen.gaps?.produced)
  const sent = valuesOf(seen.gaps?.sent)
  const arrived = valuesOf(seen.gaps?.arrived)
  const inFrames = (ms: unknown): number => positive(ms) / Math.max(1, windowMs)
  const scriptMs = finite(seen.longFrames?.scriptMs)
  // What is not this stream's is somebody else's; some of ours was in no long frame, so that this is the least.
  const script = (parse?.share ?? 0) + (reduce?.share ?? 0) + (react?.share ?? 0)
  const named = scriptMs === null ? null : Math.max(0, inFrames(scriptMs) - script)
  const isLate =
    droppedShare > limits.droppedShare ||
    (lag?.p95 ?? 0) > limits.lagMs ||
    (lateMs ?? 0) > limits.lateMs
  return {
    limits,
    writer,
    windowMs,
    events: (eventsPerSecond * windowMs) / 1000,
    eventsPerSecond,
    charsPerEvent: finite(seen.charsPerEvent),
    hiddenShare: part(seen.hiddenShare),
    lostMs: positive(seen.lostMs),
    frameMs: finite(seen.frame?.intervalMs) || 1000 / 60,
    rendersPerFrame: perSecond > 0 ? positive(seen.rendersPerSecond) / perSecond : null,
    droppedShare,
    lag,
    ours,
    foreign: foreign === null ? null : part(foreign),
    blockingMs: positive(seen.longFrames?.blockingMs),
    named,
    forced: part(inFrames(seen.longFrames?.forcedLayoutMs)),
    busy: Math.min(1, ours + part(foreign)),
    closes: closing === null || Math.abs(closing - 1) <= limits.closing,
    lateMs,
    isLate,
    stages,
    produced,
    sent,
    producedBy: seen.gaps?.producedBy ?? null,
    arrived,
    made: produced ?? sent ?? arrived,
    rttMs: boundMs === null ? null : 2 * Math.max(0, boundMs),
    missing: (Array.isArray(seen.missing) ? seen.missing : []).filter(
      (line) => typeof line === 'string',
    ),
  }
}
