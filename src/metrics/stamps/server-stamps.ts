// What lies before the page: gaps between chunks by the producer's time, the write, Redis, the relay and the network,
// by the stamps that came with the events. Only of what is live: a log that is caught up with is old, not slow.
import type { Frame } from '../../core/protocol.ts'
import type { Arrival } from '../../core/tap.ts'
import { RELAY_EVENT, type RelayTiming } from '../../wire/protocol.ts'
import { createSamples, type Samples } from '../samples.ts'
import type { ClockOffset, Gaps } from '../snapshot.ts'
import { type EntryTime, readEntryTime } from './entry-time.ts'
import { timingIn } from './relay-timing.ts'

/** When a producer made an event, in ms of its own clock, by what came over the wire; null where it does not say. */
export type PayloadTime = (frame: Frame) => number | null

/** Reads stamps. */
export interface ServerStamps {
  readonly write: Samples
  readonly redis: Samples
  readonly relay: Samples
  /** Transit, main-thread delay included where the page itself read the wire. */
  readonly network: Samples
  readonly storeRead: Samples
  /** Gaps between events as they were made, between the relay's writes, and between reads as they came. */
  readonly produced: Samples
  readonly sent: Samples
  readonly arrived: Samples
  /** Losses that the relay told of. */
  readonly losses: number
  /** What has been seen so far. */
  readonly seen: Readonly<Record<'payload' | 'entry' | 'timing' | 'worker', boolean>>
  connected(): void
  read(arrival: Arrival, events: number, chars: number): void
  gaps(now: number): Gaps
}

const SAMPLES = 2048

/** @param offset the relay's clock, as far as it is known */
export function createServerStamps(
  windowMs: number,
  payloadTime: PayloadTime,
  offset: () => ClockOffset | null,
): ServerStamps {
  const samples = (): Samples => createSamples(windowMs, SAMPLES)
  const write = samples()
  const redis = samples()
  const relay = samples()
  const network = samples()
  const storeRead = samples()
  const produced = samples()
  const sent = samples()
  const arrived = samples()
  const seen = { payload: false, entry: false, timing: false, worker: false }
  const entry: EntryTime = { ms: NaN, seq: 0 }
  let last: EntryTime = { ms: -1, seq: 0 }
  let live = true
  let timing: RelayTiming | null = null
  let stamped = 0
  let sinceReadMs = 0
  let losses = 0
  let producedAt = NaN
  let arrivedAt = NaN
  let firstAt = NaN
  let cameAt = NaN
  let firstTextMs: number | null = null

  const madeAt = (frame: Frame): number | null => {
    try {
      const made: unknown = payloadTime(frame)
      return typeof made === 'number' && Number.isFinite(made) ? made : null
    } catch {
      return null
    }
  }
  const takeTiming = (data: string, at: number): void => {
    const before = timing
    timing = live ? timingIn(data) : null
    if (timing === null) return
    sinceReadMs = before === null ? 0 : Math.max(0, timing.readStartMs - before.readEndMs)
    if (before !== null) sent.add(at, Math.max(0, timing.sentMs - before.sentMs))
    seen.timing = true
    stamped = timing.n
    storeRead.add(at, timing.rttMs)
    const clocks = offset()
    if (clocks !== null) network.add(at, at + clocks.offsetMs - timing.sentMs)
  }
  const takeRelays = ({ event, data }: Frame, at: number): void => {
    if (event === RELAY_EVENT.timing) takeTiming(data, at)
    else if (event === RELAY_EVENT.hello) live = false
    else if (event === RELAY_EVENT.caughtUp) live = true
    else if (event === RELAY_EVENT.gap) losses++
  }
  const takeEvent = (frame: Frame, at: number): void => {
    readEntryTime(frame.id, entry)
    const { ms, seq } = entry
    const isEntry = !Number.isNaN(ms)
    // A resumed connection may send once more what has been counted.
    if (isEntry && (ms < last.ms || (ms === last.ms && seq <= last.seq))) return
    if (isEntry) {
      seen.entry = true
      last.ms = ms
      last.seq = seq
    }
    const made = madeAt(frame)
    if (made !== null && !seen.payload) {
      // Another clock from here on: nothing is measured from one to the other.
      seen.payload = true
      firstAt = firstTextMs === null ? NaN : firstAt
      producedAt = NaN
      produced.clear()
    }
    const time = seen.payload ? (made ?? NaN) : ms
    if (!Number.isNaN(time)) {
      if (Number.isNaN(firstAt)) firstAt = time
      if (live && time >= producedAt) produced.add(at, time - producedAt)
      producedAt = time
    }
    if (!live) return
    if (made !== null && isEntry) write.add(at, ms - made)
    if (timing === null || stamped <= 0) return
    const isFirst = stamped-- === timing.n
    // A list says nothing of when it was written: what is known is how long it took to read.
    const written = isEntry ? ms - (offset()?.storeOffsetMs ?? 0) : timing.readStartMs
    const readMs = timing.readEndMs - written
    // A thread that is at work takes up an answer late: that part is the relay's.
    const late = Math.max(0, readMs) * busyOf(timing)
    redis.add(at, readMs - late)
    // A list does not tell when: where several have gathered, they wait since the read before, and for the thread.
    const gathered = !isEntry && timing.n > 1 ? sinceReadMs * busyOf(timing) : 0
    if (isFirst) relay.add(at, timing.sentMs - timing.readEndMs + late + gathered)
  }
  return {
    write,
    redis,
    relay,
    network,
    storeRead,
    produced,
    sent,
    arrived,
    seen,
    get losses() {
      return losses
    },
    connected() {
      // What lies between two connections is no gap of the model's, nor of the wire's.
      arrivedAt = producedAt = NaN
      timing = null
    },
    read({ at, frames, worker }, events, chars) {
      if (worker !== undefined) seen.worker = true
      for (const frame of frames) {
        if (frame.event === 'message' || !frame.event.startsWith('relay.')) takeEvent(frame, at)
        else takeRelays(frame, at)
      }
      if (events === 0) return
      if (live && at >= arrivedAt) arrived.add(at, at - arrivedAt)
      arrivedAt = at
      if (Number.isNaN(cameAt)) cameAt = at
      if (chars > 0) {
        const isStamped = !Number.isNaN(firstAt) && !Number.isNaN(producedAt)
        firstTextMs ??= Math.max(0, isStamped ? producedAt - firstAt : at - cameAt)
      }
    },
    gaps: (now) => ({
      produced: seen.payload || seen.entry ? produced.spread(now) : null,
      producedBy: seen.payload ? 'payload' : seen.entry ? 'entry' : null,
      sent: seen.timing ? sent.spread(now) : null,
      arrived: arrived.spread(now),
      firstTextMs,
    }),
  }
}

const busyOf = ({ busy = 0 }: RelayTiming): number => Math.min(1, Math.max(0, busy)) || 0
