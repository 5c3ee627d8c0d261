// The first meter: what a stream costs this page and how fresh what it shows is.
// Fixed-size rings of numbers; an event allocates nothing here.
import type { Clock } from '../core/clock.ts'
import { createCounts, type Metrics, type StreamCounts } from '../core/tap.ts'
import { createFrameCadence } from './frame-cadence.ts'
import { createRate } from './rate.ts'
import { createSamples, type Percentiles } from './samples.ts'

/** What a meter knows. Rates and percentiles are of the last five seconds; null where nothing is known. */
export interface MeterSnapshot extends StreamCounts {
  /** Events received a second. */
  readonly eventsPerSecond: number | null
  /** Characters of text, reasoning and tool arguments per event. */
  readonly charsPerEvent: number | null
  /** Publications a second. */
  readonly flushesPerSecond: number | null
  /** React commits that showed the stream, since the beginning. */
  readonly renders: number
  /** React commits that showed the stream a second. */
  readonly rendersPerSecond: number | null
  /** Script, style, layout and paint of one publication, in ms. */
  readonly flushMs: Percentiles
  /** From an event's arrival in this page to the frame that shows it, in ms. */
  readonly arrivalToPaintMs: Percentiles
  /** Totals of main-thread time since the beginning, in ms. */
  readonly cost: StageCost
  /** Page-wide: frames made while the stream was alive. */
  readonly frames: number
  /** Page-wide: frames the display could have shown in between and did not. */
  readonly droppedFrames: number
}

/** Main-thread time by stage, in ms. */
export interface StageCost {
  /** From a read's arrival to its last event decoded. */
  readonly receiveMs: number
  /** Merge, reduce, store write, React render and commit. */
  readonly publishMs: number
  /** Style, layout and paint of the frames that showed it; also of what others changed in them. */
  readonly paintMs: number
}

/** Metrics of this kind. */
export type Meter = Metrics<MeterSnapshot>

const WINDOW_MS = 5000
const SAMPLES = 4096
// Events that are published and not yet painted, or received and not yet published, at the most;
// beyond it the freshness of the oldest is not measured.
const PENDING = 16_384

/**
 * Makes a meter. Pass the function itself as `metrics`, and the stream gives it its clock.
 * @example createAgentStream({ url, metrics: createMeter })
 */
export function createMeter({ clock }: { readonly clock: Clock }): Meter {
  const counts = createCounts()
  const events = createRate(WINDOW_MS)
  const chars = createRate(WINDOW_MS)
  const flushes = createRate(WINDOW_MS)
  const renders = createRate(WINDOW_MS)
  const flushMs = createSamples(WINDOW_MS, SAMPLES)
  const freshness = createSamples(WINDOW_MS, SAMPLES)
  const cadence = createFrameCadence(clock)
  const arrivals = new Float64Array(PENDING)
  let arrived = 0
  let published = 0
  let painted = 0
  let rendered = 0
  let unpaintedMs = 0
  const cost = { receiveMs: 0, publishMs: 0, paintMs: 0 }
  // Hidden, freshness means nothing: the wait for somebody to look is not the stream's.
  const leaveUnseen = (): void => {
    painted = published
    unpaintedMs = 0
  }

  return {
    read(arrivedAt, decodedAt, count, length) {
      counts.read(arrivedAt, decodedAt, count, length)
      cost.receiveMs += decodedAt - arrivedAt
      events.add(arrivedAt, count)
      chars.add(arrivedAt, length)
      for (let index = 0; index < count; index++) arrivals[arrived++ % PENDING] = arrivedAt
      cadence.active()
    },
    rejected: counts.rejected,
    flushed(count, startedAt, committedAt) {
      counts.flushed(count, startedAt, committedAt)
      published += count
      cost.publishMs += committedAt - startedAt
      unpaintedMs += committedAt - startedAt
      flushes.add(committedAt, 1)
      if (clock.hidden()) leaveUnseen()
    },
    painted(at, paintMs) {
      cost.paintMs += paintMs
      flushMs.add(at, unpaintedMs + paintMs)
      unpaintedMs = 0
      painted = Math.max(painted, arrived - PENDING)
      for (; painted < published; painted++) {
        freshness.add(at, at - (arrivals[painted % PENDING] ?? at))
      }
    },
    rendered() {
      rendered++
      renders.add(clock.now(), 1)
    },
    snapshot() {
      const now = clock.now()
      const received = events.sum(now)
      const { frames, dropped } = cadence.counts()
      return {
        ...counts.snapshot(),
        eventsPerSecond: events.perSecond(now),
        charsPerEvent: received === 0 ? null : chars.sum(now) / received,
        flushesPerSecond: flushes.perSecond(now),
        renders: rendered,
        rendersPerSecond: renders.perSecond(now),
        flushMs: flushMs.percentiles(now),
        arrivalToPaintMs: freshness.percentiles(now),
        cost: { ...cost },
        frames,
        droppedFrames: dropped,
      }
    },
  }
}
