// The stretch of a recording that the lab plays: the one with the most text, at a pace that a run has. Pure: times come from
// the recording alone.
import type { AgentEvent } from '../core/events.ts'
import type { RecordedEvent, Recording } from '../wire/recording.ts'
import { decoder, frameOf, isChunk, type Track } from './track.ts'

// Between two events nothing costs anything: a longer pause is not worth waiting for again and again.
const MAX_PAUSE_MS = 200
// Parts are opened shortly before they go on; a long history would be paid for by every run.
const OPENING = 20

/**
 * Of a recording the stretch of `runMs`, at `speed`, that has the most text, the first of equals; and its last event,
 * which may be what ends the run. Pauses are shortened. Times begin with 0 and are those of the replay.
 */
export function stretchOf({ recording, protocol }: Track, runMs: number, speed: number): Recording {
  const timed = timedAnew(recording.events, speed)
  const decode = decoder(protocol)
  const decoded = timed.map((event) => decode(frameOf(event)))
  const first = densest(
    timed.map(({ t }) => t),
    decoded.map(textIn),
    runMs,
  )
  const from = timed[first]?.t ?? 0
  // What opened the parts that go on in it.
  const opening = timed
    .filter((_, at) => at < first && !decoded[at]?.every(isChunk))
    .slice(-OPENING)
  const kept = [
    ...opening.map((event) => ({ ...event, t: 0 })),
    ...timed
      .slice(first)
      .flatMap((one) => (one.t - from <= runMs ? { ...one, t: one.t - from } : [])),
  ]
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

// Where the stretch begins whose weights sum up to the most.
function densest(times: readonly number[], weights: readonly number[], length: number): number {
  let [best, most, sum, end] = [0, -1, 0, 0]
  times.forEach((from, first) => {
    for (; end < times.length && (times[end] ?? 0) - from <= length; end++) sum += weights[end] ?? 0
    if (sum > most) [best, most] = [first, sum]
    sum -= weights[first] ?? 0
  })
  return best
}
