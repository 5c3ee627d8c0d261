// The meter: what each stage of a stream costs, and how fresh what it shows is. Fixed-size rings of numbers; an event
// allocates nothing here, and all that is reckoned is reckoned when somebody asks.
import type { Clock } from '../core/clock.ts'
import { createCounts, type Metrics } from '../core/tap.ts'
import { createBrowserProbes } from './browser-probes.ts'
import { createFrameCadence } from './frame-cadence.ts'
import { createJourney } from './journey.ts'
import { createRate, type Rate } from './rate.ts'
import { createSamples } from './samples.ts'
import { createServerClock } from './server-clock.ts'
import { createServerStamps, type PayloadTime } from './server-stamps.ts'
import type { MeterSnapshot } from './snapshot.ts'
import { stagesOf } from './stages.ts'
import { createWatch } from './watch.ts'

/** Metrics of this kind. */
export type Meter = Metrics<MeterSnapshot>

/** Options of {@link createMeter}; a stream gives the first two. */
export interface MeterOptions {
  /** Time, as the stream sees it. */
  readonly clock: Clock
  /** Asks the relay for its clock. @default there is none: no `network` */
  readonly relayTime?: (() => Promise<unknown> | undefined) | undefined
  /**
   * When the producer made an event, in ms of its own clock, by the event as it came over the wire; null where it does
   * not say. It makes `model` exact, and `write` known. Called for every event: keep it cheap.
   * @default by the ids of a Redis stream, as far as they tell
   */
  readonly payloadTime?: PayloadTime | undefined
}

const WINDOW_MS = 5000
// A backlog that grows should be told within a few frames' time, and not by one of them.
const GROWTH_MS = 2000
const SAMPLES = 2048

/**
 * Makes a meter. Pass the function itself as `metrics`, and the stream gives it what it needs.
 * @example createAgentStream({ url, metrics: createMeter })
 * @example
 * const payloadTime = ({ data }) => JSON.parse(data).timestamp ?? null
 * createAgentStream({ url, metrics: (given) => createMeter({ ...given, payloadTime }) })
 */
export function createMeter(options: MeterOptions): Meter {
  const { clock, relayTime = () => undefined, payloadTime = () => null } = options
  const counts = createCounts()
  const rate = (): Rate => createRate(WINDOW_MS)
  const events = rate()
  const chars = rate()
  const flushes = rate()
  const renders = rate()
  const flushMs = createSamples(WINDOW_MS, SAMPLES)
  const perRead = createSamples(WINDOW_MS, SAMPLES)
  const cadence = createFrameCadence(clock, WINDOW_MS)
  const journey = createJourney(WINDOW_MS, cadence.overrun)
  const serverClock = createServerClock(clock, relayTime)
  const stamps = createServerStamps(WINDOW_MS, payloadTime, serverClock.offset)
  const probes = createBrowserProbes(clock, WINDOW_MS)
  const watch = createWatch(clock, WINDOW_MS, () => leaveUnseen())
  const growth = createRate(GROWTH_MS)
  const cost = { receiveMs: 0, publishMs: 0, paintMs: 0 }
  let firstAt = NaN
  let connections = 0
  let connected = false
  let rendered = 0
  let unpaintedMs = 0
  const leaveUnseen = (): void => {
    journey.leaveUnseen()
    cadence.pause()
    unpaintedMs = 0
  }
  const rest = (): void => {
    watch.stop()
    cadence.close()
    probes.stop()
    serverClock.stop()
  }
  const connect = (): void => {
    connections++
    stamps.connected()
    probes.start()
    serverClock.start()
  }

  return {
    connection(status) {
      const isOpen = status === 'open' || status === 'catching-up'
      if (isOpen && !connected) connect()
      connected = isOpen
      if (status === 'closed') rest()
    },
    read(arrival, decodedAt, count, length) {
      counts.read(arrival, decodedAt, count, length)
      journey.read(arrival, decodedAt, count)
      stamps.read(arrival, count, length)
      if (count === 0) return
      const { at, worker } = arrival
      if (Number.isNaN(firstAt)) firstAt = at
      cost.receiveMs += decodedAt - (worker?.takenAt ?? at)
      events.add(at, count)
      growth.add(at, count)
      chars.add(at, length)
      perRead.add(at, count)
      cadence.active(decodedAt)
      watch.active(decodedAt)
    },
    rejected: counts.rejected,
    flushed(count, startedAt, reducedAt, committedAt) {
      counts.flushed(count, startedAt, reducedAt, committedAt)
      journey.flushed(count, startedAt, reducedAt, committedAt)
      cost.publishMs += committedAt - startedAt
      unpaintedMs += committedAt - startedAt
      flushes.add(committedAt, 1)
      growth.add(committedAt, -count)
      if (clock.hidden()) leaveUnseen()
    },
    painted(at, paintMs) {
      cost.paintMs += paintMs
      flushMs.add(at, unpaintedMs + paintMs)
      unpaintedMs = 0
      journey.painted(at, paintMs)
    },
    rendered() {
      rendered++
      renders.add(clock.now(), 1)
    },
    snapshot() {
      const now = clock.now()
      const received = events.sum(now)
      const { frames, dropped } = cadence.counts()
      const offset = serverClock.offset()
      const lag = watch.lag.spread(now)
      const windowMs = Number.isNaN(firstAt) ? 0 : Math.min(now - firstAt, WINDOW_MS)
      const busyShare = watch.busyShare(now)
      const freshness = journey.freshness(now)
      const whole = freshness.oldest.sum
      const times = { now, windowMs, events: received, lag, busyShare }
      const reckoned = stagesOf({ journey, whole, stamps, offset, ...times })
      return {
        ...counts.snapshot(),
        at: now,
        windowMs,
        hiddenShare: watch.hiddenShare(now),
        eventsPerSecond: events.perSecond(now),
        charsPerEvent: received === 0 ? null : chars.sum(now) / received,
        eventsPerRead: perRead.spread(now),
        flushesPerSecond: flushes.perSecond(now),
        renders: rendered,
        rendersPerSecond: renders.perSecond(now),
        ...reckoned,
        arrivalToPaintMs: journey.reads.spread(now),
        flushMs: flushMs.spread(now),
        freshness,
        gaps: stamps.gaps(now),
        waiting: { oldestMs: journey.oldestWaiting(now), slope: growth.perSecond(now) },
        loopLagMs: lag,
        frame: cadence.recent(now),
        longFrames: probes.longFrames(now),
        interactions: probes.interactions(now),
        serverClock: offset,
        storeReadMs: stamps.seen.timing ? stamps.storeRead.spread(now) : null,
        resumes: Math.max(0, connections - 1),
        losses: stamps.losses,
        cost: { ...cost },
        frames,
        droppedFrames: dropped,
      }
    },
  }
}
