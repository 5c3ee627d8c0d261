// What a tap is told, as spans on the page's clock: where the time of a stream went, piece by piece. Numbers only; a
// span makes nothing.
import type { Tap } from '../../core/tap.ts'
import { quietTap } from './quiet-tap.ts'

/** The pieces of a stream's time in the page. `flush` is `reduce` and `react` together. */
export const SPANS = [
  'worker',
  'handover',
  'parse',
  'queue',
  'flush',
  'reduce',
  'react',
  'paint',
] as const

/** One of {@link SPANS}. */
export type SpanName = (typeof SPANS)[number]

/**
 * Takes a span.
 * @param startMs of `queue`: of what the last one had not covered
 * @param events how many events it was about; of `paint` 0
 * @param ms how long it took; of `queue` how long the oldest event waited, which may be longer than the span
 */
export type TakeSpan = (
  name: SpanName,
  startMs: number,
  endMs: number,
  events: number,
  ms: number,
) => void

// Reads that may wait to be published; of older ones the wait is told from a later one on.
const READS = 4096

/**
 * Makes a tap that tells spans as they end.
 * @param before events that wait already: how long, nobody here knows, and their wait is not told. Where they are not
 *   known either, the waits of the first reads are off until the queue has been empty once
 */
export function createSpans(take: TakeSpan, before = 0): Tap {
  const waiting = new Float64Array(2 * READS)
  let came = 0
  let oldest = 0
  let received = 0
  // Below 0 are those from before.
  let published = -before
  let queuedUntil = -Infinity
  const span = (name: SpanName, from: number, to: number, events: number): void =>
    take(name, from, to, events, to - from)
  const endOf = (read: number): number => waiting[2 * (read % READS) + 1] ?? 0
  const queue = (until: number, events: number): void => {
    oldest = Math.max(oldest, came - READS)
    const from = Math.max(published, 0)
    published = Math.min(published + events, received)
    if (published > from) {
      const since = waiting[2 * (oldest % READS)] ?? until
      const startMs = Math.min(until, Math.max(since, queuedUntil))
      take('queue', startMs, until, published - from, until - since)
      queuedUntil = until
    }
    while (oldest < came && endOf(oldest) <= published) oldest++
  }
  return {
    ...quietTap,
    read({ at, worker }, decodedAt, events) {
      const takenAt = worker?.takenAt ?? at
      if (worker !== undefined) {
        span('worker', at, worker.parsedAt, events)
        span('handover', worker.parsedAt, takenAt, events)
      }
      span('parse', takenAt, decodedAt, events)
      if (events === 0) return
      received += events
      waiting[2 * (came % READS)] = takenAt
      waiting[2 * (came % READS) + 1] = received
      came++
    },
    flushed(events, startedAt, reducedAt, committedAt) {
      queue(startedAt, events)
      span('flush', startedAt, committedAt, events)
      span('reduce', startedAt, reducedAt, events)
      span('react', reducedAt, committedAt, events)
    },
    painted: (at, paintMs) => take('paint', at - paintMs, at, 0, paintMs),
  }
}
