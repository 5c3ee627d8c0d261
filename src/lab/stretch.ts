// The stretch of a recording that the lab plays. Pure: times come from the recording alone.
import type { AgentEvent } from '../core/events.ts'
import type { RecordedEvent, Recording } from '../wire/recording.ts'
import { PACED_MS } from './pace.ts'
import { decoder, frameOf, isChunk, type Track } from './track.ts'

// Between two events nothing costs anything: a longer pause is not worth waiting for again and again.
const MAX_PAUSE_MS = 200
// Parts are opened shortly before they go on; a long history would be paid for by every run.
const OPENING = 20
// A run has its faster moments.
const BURST = 3

/**
 * Of a recording the stretch of `runMs`, at `speed`, that has the most text, the first of equals; and its last event,
 * which may be what ends the run. What a recording of arrivals begins with, caught up with at once, is left out where
 * something follows. Pauses are shortened. Times begin with 0 and are those of the replay.
 */
export function stretchOf({ recording, protocol }: Track, runMs: number, speed: number): Recording {
  const timed = timedAnew(recording.events, speed)
  const decode = decoder(protocol)
  const decoded = timed.map((event) => decode(frameOf(event)))
  const times = timed.map(({ t }) => t)
  const texts = decoded.map(textIn)
  const begin = recording.timing === 'log' ? 0 : liveFrom(times, texts)
  const { first } = densest(times, texts, runMs, begin)
  const from = timed[first]?.t ?? 0
  // What opened the parts that go on in it.
  const opening = timed
    .filter((_, at) => at < first && !decoded[at]?.every(isChunk))
    .slice(-OPENING)
  const kept = [...opening, ...timed.slice(first)].flatMap((event) => {
    const t = Math.max(0, event.t - from)
    return t <= runMs ? { ...event, t } : []
  })
  const [end, lastKept] = [timed.at(-1), kept.at(-1)]
  if (end !== undefined && end.t - from > runMs) kept.push({ ...end, t: lastKept?.t ?? 0 })
  return { ...recording, events: kept }
}

// A time before one that has been is taken for that one, as a replay does: all comes in its order.
function timedAnew(events: readonly RecordedEvent[], speed: number): readonly RecordedEvent[] {
  let last = events[0]?.t ?? 0
  let at = 0
  return events.map((event) => {
    at += Math.max(0, Math.min(event.t - last, MAX_PAUSE_MS)) / speed
    last = Math.max(last, event.t)
    return { ...event, t: at }
  })
}

const textIn = (events: readonly AgentEvent[]): number =>
  events.reduce(
    (sum, event) => sum + (event.type === 'TEXT_MESSAGE_CONTENT' ? event.delta.length : 0),
    0,
  )

// Who joins late gets at once what was there: no pace, and nothing that the run ever was. Known by being several times as
// dense as all that follows, over a time that is too short for a pace; what follows is long enough to tell.
function liveFrom(times: readonly number[], weights: readonly number[]): number {
  const last = times.findLast((_, at) => weights[at] !== 0) ?? 0
  if (last < 2 * PACED_MS) return 0
  const after = times.findIndex((t) => t > PACED_MS)
  const rest = densest(times, weights, PACED_MS, after).most
  return densest(times, weights, PACED_MS, 0).most > BURST * rest ? after : 0
}

// From `begin` on, where the stretch begins whose weights sum up to the most.
function densest(
  times: readonly number[],
  weights: readonly number[],
  length: number,
  begin: number,
): { readonly first: number; readonly most: number } {
  let [first, most, sum, end] = [begin, -1, 0, begin]
  for (let at = begin; at < times.length; at++) {
    const until = (times[at] ?? 0) + length
    for (; (times[end] ?? Infinity) <= until; end++) sum += weights[end] ?? 0
    if (sum > most) [first, most] = [at, sum]
    sum -= weights[at] ?? 0
  }
  return { first, most }
}
