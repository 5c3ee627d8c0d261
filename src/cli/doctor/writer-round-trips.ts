// Whether the writer waits for Redis. From here only one thing proves it: that the doorbell rings a whole round trip
// after the event it announces has landed, event after event. Even gaps alone do not: a model that pauses looks the same.
import { quantile, rounded } from './finding.ts'
import type { Finding } from './finding.ts'
import type { Heard } from './listen.ts'

/** What is known of the writer. */
export interface WriterFacts {
  /** What was heard while the run went on; null where nobody listened or could. */
  readonly heard: Heard | null
  /** Between two chunks by the entries' times, in ms. */
  readonly gapsMs: readonly number[]
  /** Round trip from here, p50 in ms. */
  readonly roundTripMs: number
  /** Round trip at the writer, as somebody measured it there; null where nobody has. */
  readonly writerRttMs: number | null
  readonly ended: boolean
}

/** Between a write and its doorbell, and between one doorbell and the next. */
export interface Waits {
  readonly delayMs: number
  readonly periodMs: number
  readonly count: number
  /** True where the delays are alike: a wait, and not chance. */
  readonly isNarrow: boolean
}

// Both pushes of a pipeline come in one piece, in either order.
const TOGETHER_MS = 4
const FEWEST = 4
const NARROW = 0.25
// Below this, waiting costs less than a frame.
const SHORT_MS = 8

/** The time from each write to its doorbell; null where too few were heard. */
export function waitsOf({ writesMs, bellsMs }: Heard): Waits | null {
  const delays = bellsMs.flatMap((bell) => {
    if (writesMs.some((write) => Math.abs(write - bell) <= TOGETHER_MS)) return [0]
    const before = writesMs.filter((write) => write < bell).at(-1)
    return before === undefined ? [] : [bell - before]
  })
  if (delays.length < FEWEST) return null
  const periods = bellsMs.slice(1).map((bell, at) => bell - (bellsMs[at] ?? bell))
  return {
    delayMs: quantile(delays, 0.5),
    periodMs: quantile(periods, 0.5),
    count: delays.length,
    isNarrow: spread(delays) < NARROW,
  }
}

/** Rates the writer. */
export function rateWriterRoundTrips(facts: WriterFacts): Finding {
  const waits = facts.heard === null ? null : waitsOf(facts.heard)
  if (waits !== null && waits.delayMs < SHORT_MS) return pipelined(waits)
  if (waits !== null && waits.isNarrow) return awaiting(waits)
  const floor = floorOf(facts.gapsMs, facts.writerRttMs ?? facts.roundTripMs)
  if (floor !== null && facts.writerRttMs !== null) return atFloor(floor, facts.writerRttMs)
  if (floor !== null) return maybe(floor, facts.roundTripMs)
  return unknown(facts)
}

function pipelined({ count }: Waits): Finding {
  return {
    id: 'writer-round-trips',
    value: 0,
    unit: 'awaited',
    rating: 'good',
    why: `Event and doorbell arrive together, ${count} times of ${count}: they are one pipeline. Whether the next event waits for its answer cannot be seen from here.`,
    advice: '',
  }
}

// All that is known of the second wait is that there is room for it.
function awaiting({ delayMs, periodMs, count }: Waits): Finding {
  const trips = Math.max(1, Math.floor(periodMs / delayMs + 0.35))
  const share = Math.min(1, (trips * delayMs) / periodMs)
  const isBound = trips <= 3 && share >= 0.5
  const perSecond = 1000 / periodMs
  return {
    id: 'writer-round-trips',
    value: isBound ? trips : 1,
    unit: 'awaited a chunk',
    rating: isBound ? 'poor' : 'needs-work',
    why:
      `The doorbell rings ${rounded(delayMs)} ms after its event has landed, ${count} times of ${count}: the writer awaits one ` +
      `command before it sends the next, over a round trip of ${rounded(delayMs)} ms. ` +
      (isBound
        ? `${rounded(periodMs)} ms lie between two chunks, which is ${trips} such waits: it can write no more than ` +
          `${rounded(perSecond)} chunks/s, and the model waits with it.`
        : `Between two chunks lie ${rounded(periodMs)} ms: most of it is not this wait.`),
    advice:
      'Do not await Redis in the model’s loop: framewise/writer, or one pipeline of RPUSH, EXPIRE and PUBLISH behind a queue. ' +
      (isBound
        ? `From ${rounded(perSecond)} chunks/s to what the model gives (measured: 3 to 272 of 300 a second at 155 ms).`
        : `Takes ${rounded(delayMs)} ms off each chunk.`),
  }
}

interface Floor {
  readonly trips: number
  readonly gapMs: number
}

// Gaps that are all alike and near a whole number of round trips.
function floorOf(gapsMs: readonly number[], roundTripMs: number): Floor | null {
  if (gapsMs.length < 10 || roundTripMs < SHORT_MS || spread(gapsMs) >= NARROW) return null
  const gapMs = quantile(gapsMs, 0.5)
  const trips = Math.round(gapMs / roundTripMs)
  const least = quantile(gapsMs, 0.05)
  return trips >= 1 && trips <= 3 && least >= 0.8 * trips * roundTripMs ? { trips, gapMs } : null
}

function atFloor({ trips, gapMs }: Floor, writerRttMs: number): Finding {
  return {
    id: 'writer-round-trips',
    value: trips,
    unit: 'awaited a chunk',
    rating: 'poor',
    why: `Gaps are ${rounded(gapMs)} ms, one like the other, and never below ${trips} × the ${rounded(writerRttMs)} ms measured at the writer: it awaits ${trips} commands a chunk.`,
    advice:
      'Do not await Redis in the model’s loop: framewise/writer, or one pipeline behind a queue. ' +
      `From ${rounded(1000 / gapMs)} chunks/s to what the model gives.`,
  }
}

function maybe({ trips, gapMs }: Floor, roundTripMs: number): Finding {
  return {
    id: 'writer-round-trips',
    value: trips,
    unit: 'awaited, if the writer is as far',
    rating: 'needs-work',
    why:
      `Gaps are ${rounded(gapMs)} ms, one like the other: ${trips} × the ${rounded(roundTripMs)} ms from here. A model that ` +
      'pauses that long looks the same, and the writer’s round trip is not this one.',
    advice: PROBE_ADVICE,
  }
}

function unknown({ ended, gapsMs }: WriterFacts): Finding {
  const why = ended
    ? 'The run is over: whether its writer waited shows only while one goes on.'
    : 'Too little was heard of the writer to tell: no doorbells, or no leave to listen (CLIENT TRACKING, SUBSCRIBE).'
  const even = gapsMs.length >= 10 && spread(gapsMs) >= NARROW
  return {
    id: 'writer-round-trips',
    value: null,
    unit: '',
    rating: 'not-reported',
    why: even ? `${why} Its gaps are uneven, as a model’s are.` : why,
    advice: PROBE_ADVICE,
  }
}

const PROBE_ADVICE =
  'Measure the round trip where the writer runs (the probe in docs/doctor.md, for Node and Python), and say it with ' +
  '--writer-rtt MS; or look while a run goes on.'

/** Coefficient of variation, less the tenth at either end. */
function spread(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const cut = Math.floor(sorted.length / 10)
  const inner = sorted.slice(cut, sorted.length - cut)
  const mean = inner.reduce((sum, value) => sum + value, 0) / inner.length
  const square = inner.reduce((sum, value) => sum + (value - mean) ** 2, 0) / inner.length
  return mean === 0 ? 0 : Math.sqrt(square) / mean
}
