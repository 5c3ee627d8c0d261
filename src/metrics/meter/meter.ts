// The meter: what each stage of a stream costs, and how fresh what it shows is. Its tap writes numbers into a journal of
// fixed size; an event allocates nothing here, and all that is reckoned is reckoned when somebody asks.
import type { Clock } from '../../core/clock.ts'
import { createCounts, type Metrics } from '../../core/tap.ts'
import { createJournal } from './journal.ts'
import { createLedger, FLUSH, FRAME, PAINT, PING, READ, REST } from './ledger.ts'
import { stagesOf } from './stages.ts'
import { createBrowserProbes } from '../page/browser-probes.ts'
import { createWatch } from '../page/watch.ts'
import type { MeterSnapshot } from '../snapshot.ts'
import { createServerClock } from '../stamps/server-clock.ts'
import { createServerStamps, type PayloadTime } from '../stamps/server-stamps.ts'

/** Metrics of this kind. */
export type Meter = Metrics<MeterSnapshot>

/** Options of {@link createMeter}; a stream gives the first two. */
export interface MeterOptions {
  /** Time, as the stream sees it. */
  readonly clock: Clock
  /**
   * Asks the relay for its clock. Where its answer has a `url` too, meters on the same page's time share what they know of
   * it. @default there is none: no `network`
   */
  readonly relayTime?: (() => Promise<unknown> | undefined) | undefined
  /**
   * When the producer made an event, in ms of its own clock, by the event as it came over the wire; null where it does
   * not say, or throws. It makes `model` exact, and `write` known; once one event has said so, gaps are those between the
   * events that do. Called for every event: keep it cheap.
   * @default by the ids of a Redis stream, as far as they tell
   */
  readonly payloadTime?: PayloadTime | undefined
}

const WINDOW_MS = 5000

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
  const ledger = createLedger(WINDOW_MS)
  const { write, settle } = createJournal(ledger.books)
  const serverClock = createServerClock(clock, relayTime)
  const stamps = createServerStamps(WINDOW_MS, payloadTime, serverClock.offset)
  const probes = createBrowserProbes(clock, WINDOW_MS)
  const watch = createWatch(clock, {
    frame: (at, isLast) => write(FRAME, at, +isLast),
    ping: (at, from, due, isHidden) => write(PING, at, from, due, +isHidden),
  })
  let connections = 0
  let connected = false
  let renders = 0
  let told = 0
  let isRendered = false
  // Of a stream that has ended the window stays where it changed last: its last frame comes after its end. What begins a
  // window later is none of it: the application's own changes, or a frame that waited until somebody looked.
  let endsAt = Infinity
  const isPast = (from: number, at: number): boolean => {
    if (from > endsAt + WINDOW_MS) return true
    if (at > endsAt) endsAt = at
    return false
  }
  const rest = (): void => {
    watch.stop()
    endsAt = clock.now()
    write(REST, endsAt)
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
      endsAt = Infinity
      if (status === 'closed') rest()
    },
    read(arrival, decodedAt, count, length) {
      const { at, worker } = arrival
      counts.read(arrival, decodedAt, count, length)
      stamps.read(arrival, count, length)
      if (count > 0 && at < endsAt) watch.active(decodedAt)
      write(READ, at, worker?.parsedAt ?? at, worker?.takenAt ?? at, decodedAt, count, length)
    },
    rejected: counts.rejected,
    flushed(count, startedAt, reducedAt, committedAt) {
      counts.flushed(count, startedAt, reducedAt, committedAt)
      if (isPast(startedAt, committedAt)) return
      write(FLUSH, committedAt, startedAt, reducedAt, count, renders - told, +clock.hidden())
      told = renders
      isRendered = false
    },
    painted(at, paintMs) {
      if (!isPast(at - paintMs, at)) write(PAINT, at, paintMs)
    },
    // When, is known by the publication that is committed next: a look at the clock for each would cost more.
    rendered(commits) {
      if (commits !== undefined) renders += commits
      else if (!isRendered) {
        renders++
        isRendered = true
      }
    },
    snapshot() {
      settle()
      const now = Math.min(clock.now(), endsAt)
      const offset = serverClock.offset()
      const longFrames = probes.longFrames(now)
      const reckoned = ledger.reckon(now, longFrames?.scriptMs ?? 0)
      const { windowMs, loopLagMs: lag, freshness } = reckoned
      const measured = { journey: ledger.journey, whole: freshness.oldest.sum, stamps, offset, lag }
      const events = ledger.received(now)
      const busyShare = ledger.busyShare(now)
      return {
        ...counts.snapshot(),
        ...reckoned,
        ...stagesOf({ ...measured, now, windowMs, events, busyShare }),
        at: now,
        renders,
        gaps: stamps.gaps(now),
        longFrames,
        interactions: probes.interactions(now),
        serverClock: offset,
        storeReadMs: stamps.seen.timing ? stamps.storeRead.spread(now) : null,
        resumes: Math.max(0, connections - 1),
        losses: stamps.losses,
      }
    },
  }
}
