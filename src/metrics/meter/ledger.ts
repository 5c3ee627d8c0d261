// The books of a meter: what becomes of the rows that its tap and its watch write down, and what they come to.
import { createFrameCadence } from '../page/frame-cadence.ts'
import { createLoopLag } from '../page/loop-lag.ts'
import { createRate } from '../rate.ts'
import { createSamples } from '../samples.ts'
import type { MeterSnapshot } from '../snapshot.ts'
import type { Book } from './journal.ts'
import { createJourney, type Journey } from './journey.ts'

/** Numbers of the books, in their order in {@link Ledger.books}. */
export const READ = 0
export const FLUSH = 1
export const PAINT = 2
export const FRAME = 3
export const PING = 4
export const REST = 5

/** Keeps books. */
export interface Ledger {
  readonly books: readonly Book[]
  readonly journey: Journey
  /** Events in it. */
  received(now: number): number
  /** Part of the pings that found the thread busy; null without a ping. */
  busyShare(now: number): number | null
  /** @param scriptMs what the browser tells of scripts that were long at work, in the window */
  reckon(now: number, scriptMs: number): Reckoned
}

type Reckoned = Pick<
  MeterSnapshot,
  | 'arrivalToPaintMs'
  | 'charsPerEvent'
  | 'cost'
  | 'droppedFrames'
  | 'eventsPerRead'
  | 'eventsPerSecond'
  | 'flushMs'
  | 'flushesPerSecond'
  | 'frame'
  | 'frames'
  | 'freshness'
  | 'hiddenShare'
  | 'loopLagMs'
  | 'lostMs'
  | 'rendersPerSecond'
  | 'waiting'
  | 'windowMs'
>

// A backlog that grows should be told within a few frames' time, and not by one of them.
const GROWTH_MS = 2000
const SAMPLES = 2048

/** Makes the books of the last `lengthMs` milliseconds. */
export function createLedger(lengthMs: number): Ledger {
  const events = createRate(lengthMs)
  const chars = createRate(lengthMs)
  const flushes = createRate(lengthMs)
  const renders = createRate(lengthMs)
  const growth = createRate(GROWTH_MS)
  const flushMs = createSamples(lengthMs, SAMPLES)
  const perRead = createSamples(lengthMs, SAMPLES)
  const cadence = createFrameCadence(lengthMs)
  const loop = createLoopLag(lengthMs)
  const journey = createJourney(lengthMs, cadence.overrun)
  const cost = { receiveMs: 0, publishMs: 0, paintMs: 0 }
  let firstAt = NaN
  // The last event. Time that the thread was held up after it is no silence of the stream's.
  let lastAt = -Infinity
  let unpaintedMs = 0
  const leaveUnseen = (): void => {
    journey.leaveUnseen()
    cadence.pause()
    unpaintedMs = 0
  }
  const read: Book = (at, parsedAt, takenAt, decodedAt, count, length) => {
    journey.read(at, parsedAt, takenAt, decodedAt, count)
    if (count === 0) return
    if (!(at - lastAt < lengthMs)) firstAt = at
    lastAt = Math.max(lastAt, at)
    cost.receiveMs += decodedAt - takenAt
    events.add(at, count)
    growth.add(at, count)
    chars.add(at, length)
    perRead.add(at, count)
  }
  const flush: Book = (committedAt, startedAt, reducedAt, count, commits, isHidden) => {
    journey.flushed(count, startedAt, reducedAt, committedAt)
    cost.publishMs += committedAt - startedAt
    unpaintedMs += committedAt - startedAt
    flushes.add(committedAt, 1)
    growth.add(committedAt, -count)
    if (commits > 0) renders.add(committedAt, commits)
    if (isHidden) leaveUnseen()
  }
  const paint: Book = (at, paintMs) => {
    cost.paintMs += paintMs
    flushMs.add(at, unpaintedMs + paintMs)
    unpaintedMs = 0
    journey.painted(at, paintMs)
  }
  const ping: Book = (at, from, due, isHidden) => {
    loop.ping(at, from, due, isHidden)
    if (isHidden) leaveUnseen()
    else lastAt += Math.max(0, at - due)
  }
  return {
    books: [read, flush, paint, cadence.frame, ping, cadence.pause],
    journey,
    received: events.sum,
    busyShare: loop.busyShare,
    reckon(now, scriptMs) {
      const received = events.sum(now)
      const windowMs = Math.min(now - firstAt, lengthMs) || 0
      return {
        windowMs,
        // Before all else of the thread, which hangs on it.
        lostMs: loop.lostMs(now, scriptMs),
        hiddenShare: loop.hiddenShare(now),
        eventsPerSecond: events.perSecond(now, windowMs),
        charsPerEvent: received === 0 ? null : chars.sum(now) / received,
        eventsPerRead: perRead.spread(now),
        flushesPerSecond: flushes.perSecond(now, windowMs),
        rendersPerSecond: renders.perSecond(now, windowMs),
        arrivalToPaintMs: journey.reads.spread(now),
        flushMs: flushMs.spread(now),
        freshness: journey.freshness(now),
        waiting: {
          oldestMs: journey.oldestWaiting(now),
          slope: growth.perSecond(now, Math.min(windowMs, GROWTH_MS)),
        },
        loopLagMs: loop.spread(now),
        cost: { ...cost },
        ...cadence.seen(now, windowMs),
      }
    },
  }
}
