// Snapshots as the meter makes them, from a healthy one: 60 chunks a second of 24 characters, one flush a frame.
import type {
  LongFrames,
  MeterSnapshot,
  Spread,
  Stage,
  StageName,
} from '../../src/metrics/snapshot.ts'

/** What is said of values; the rest follows. */
export interface Told {
  readonly min?: number
  readonly p95?: number
  readonly max?: number
  readonly count?: number
  readonly sum?: number
  readonly variation?: number
}

/** Values around `p50`. */
export function spread(p50: number, told: Told = {}): Spread {
  const { count = 200, p95 = p50 * 1.2, variation = 0.1 } = told
  const { min = p50 * 0.8, max = p95, sum = p50 * count } = told
  return { count, sum, mean: sum / count, min, p50, p95, p99: max, max, variation }
}

/** A stage of an own clock. */
export function stage(
  p50: number,
  share: number,
  told: Told & Partial<Pick<Stage, 'source' | 'boundMs'>> = {},
): Stage {
  const { source = 'exact', boundMs = 0 } = told
  return { ...spread(p50, told), rate: 60, share, perEvent: p50, boundMs, source }
}

/** So many long frames, each of them twice as long as it may be, and what the browser names in them. */
export const longFrames = (count: number, scriptMs: number, forcedLayoutMs = 0): LongFrames => ({
  count,
  blockingMs: 50 * count,
  longestMs: count && 100,
  scriptMs,
  forcedLayoutMs,
})

/** Where events come from. */
export type Place = 'suna-stream' | 'suna-list' | 'foreign'

/** What is known, by place and payload times. */
export interface Knowing {
  readonly place?: Place
  readonly payload?: boolean
  readonly worker?: boolean
}

type Changes = Omit<Partial<MeterSnapshot>, 'stages' | 'gaps' | 'busy' | 'frame'> & {
  readonly stages?: Partial<Record<StageName, Stage | null>>
  readonly gaps?: Partial<MeterSnapshot['gaps']>
  readonly busy?: Partial<MeterSnapshot['busy']>
  readonly frame?: Partial<MeterSnapshot['frame']>
}

/** A healthy snapshot with these changes. */
export function aSnapshot(changes: Changes = {}, knowing: Knowing = {}): MeterSnapshot {
  const healthy = healthySnapshot(knowing)
  // A wire that holds nothing back: what came so was sent so.
  const sent = healthy.gaps.sent && (changes.gaps?.arrived ?? healthy.gaps.sent)
  return {
    ...healthy,
    ...changes,
    stages: { ...healthy.stages, ...changes.stages },
    gaps: { ...healthy.gaps, sent, ...changes.gaps },
    busy: { ...healthy.busy, ...changes.busy },
    frame: { ...healthy.frame, ...changes.frame },
  }
}

function healthySnapshot({ place = 'suna-stream', payload = false, worker = false }: Knowing) {
  const isRelay = place !== 'foreign'
  const isStream = place === 'suna-stream'
  const gaps = spread(16, { p95: 25, min: 5, variation: 0.4, sum: 4800, count: 300 })
  const producedBy = payload ? ('payload' as const) : isStream ? ('entry' as const) : null
  const network = { source: worker ? ('bounded' as const) : ('inferred' as const), boundMs: 0.5 }
  const redis = isStream
    ? ({ source: 'bounded', boundMs: 1.2 } as const)
    : ({ source: 'inferred', boundMs: null } as const)
  const stages: Record<StageName, Stage | null> = {
    model: stage(16, 1, {
      p95: 25,
      source: payload ? 'exact' : 'inferred',
      boundMs: payload ? 0 : null,
    }),
    write: payload && isStream ? stage(1, 0.06, { source: 'inferred', boundMs: null }) : null,
    redis: isRelay ? stage(1, 0.06, { p95: 2, ...redis }) : null,
    relay: isRelay ? stage(0.3, 0.02, { p95: 0.8 }) : null,
    network: isRelay ? stage(1, 0.06, { p95: 3, ...network }) : null,
    parse: stage(0.1, 0.006),
    queue: stage(8, 0.4, { p95: 16 }),
    reduce: stage(0.2, 0.012),
    react: stage(1.5, 0.09),
    paint: stage(3, 0.06, { p95: 8 }),
    other: stage(0.2, 0.01, { source: 'inferred', boundMs: null }),
  }
  return {
    events: 300,
    chars: 7200,
    flushes: 290,
    backlog: 0,
    malformed: 0,
    unknown: 0,
    at: 10_000,
    windowMs: 5000,
    hiddenShare: 0,
    lostMs: 0,
    fineClock: true,
    eventsPerSecond: 60,
    charsPerEvent: 24,
    eventsPerRead: spread(1, { count: 300 }),
    flushesPerSecond: 58,
    renders: 290,
    rendersPerSecond: 58,
    stages,
    closing: 1,
    arrivalToPaintMs: spread(14, { p95: 24 }),
    flushMs: spread(5),
    freshness: { oldest: spread(14), newest: spread(8), longestPauseMs: 40 },
    gaps: {
      produced: producedBy === null ? null : gaps,
      producedBy,
      sent: isRelay ? gaps : null,
      arrived: gaps,
      firstTextMs: 40,
    },
    waiting: { oldestMs: 5, slope: 0 },
    loopLagMs: spread(0.5, { p95: 4, count: 40, max: 8 }),
    frame: { intervalMs: 1000 / 60, perSecond: 59, droppedShare: 0.01 },
    busy: { ours: 0.17, foreign: 0.03 },
    longFrames: longFrames(0, 0),
    interactions: { count: 0, p95: null, worstMs: 0 },
    serverClock: isRelay
      ? { offsetMs: 3, boundMs: 0.5, storeOffsetMs: isStream ? 0 : null, storeBoundMs: 0.2 }
      : null,
    storeReadMs: isRelay ? spread(1) : null,
    resumes: 0,
    losses: 0,
    cost: { receiveMs: 30, publishMs: 500, paintMs: 900 },
    frames: 295,
    droppedFrames: 3,
    missing: [
      ...(payload && isStream ? [] : ['write: no payload times beside entry ids']),
      ...(isRelay ? [] : ['relay: no stamps of a relay, or none that is live']),
    ],
  } satisfies MeterSnapshot
}
