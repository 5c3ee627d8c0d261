// What the lab plays: a stretch of the recording, and the same in the one vocabulary, where its text can be cut anew.
// Pure: times come from the recording alone.
import type { AgentEvent } from '../core/events.ts'
import { type Decoded, malformed, type Protocol } from '../core/protocol.ts'
import type { RecordedEvent, Recording } from '../wire/recording.ts'

/** A recording and how it is decoded. */
export interface Track {
  readonly recording: Recording
  readonly protocol: Protocol
}

/** An event that lengthens a part: the only kind that can be cut into other sizes. */
export type ChunkEvent = Extract<
  AgentEvent,
  { type: 'TEXT_MESSAGE_CONTENT' | 'REASONING_MESSAGE_CONTENT' | 'TOOL_CALL_ARGS' }
>

// Between two events nothing costs anything: a longer pause is not worth waiting for again and again.
const MAX_PAUSE_MS = 200
// Parts are opened shortly before they go on; a long history would be paid for by every run.
const OPENING = 20

/** The one vocabulary as a wire format: each payload is an event, as JSON. */
export const vocabulary: Protocol = {
  name: 'events',
  resume: 'cursor',
  decode: ({ data }) => ({ kind: 'events', events: [JSON.parse(data) as AgentEvent] }),
}

/** True for text, reasoning and tool arguments. */
export function isChunk(event: AgentEvent): event is ChunkEvent {
  return 'delta' in event && typeof event.delta === 'string' && event.type !== 'STATE_DELTA'
}

/** Decodes one payload after the other, with a memory of its own; what cannot be decoded gives no events. */
export function decoder(
  protocol: Protocol,
): (frame: Parameters<Protocol['decode']>[0]) => readonly AgentEvent[] {
  const memory = protocol.start?.(0)
  return (frame) => {
    const decoded = attempt(() => protocol.decode(frame, memory))
    return decoded.kind === 'events' ? decoded.events : []
  }
}

function attempt(decode: () => Decoded): Decoded {
  try {
    return decode()
  } catch (cause) {
    return malformed(cause)
  }
}

/** Characters of text, reasoning and tool arguments. */
export function charsIn({ recording, protocol }: Track): number {
  const decode = decoder(protocol)
  return recording.events
    .flatMap(({ id, data }) => decode(frameOf(id, data)))
    .reduce((sum, event) => sum + (isChunk(event) ? event.delta.length : 0), 0)
}

/**
 * Of a recording the stretch of `runMs`, at `speed`, that has the most text, the first of equals; and its last event,
 * which may be what ends the run. Pauses are shortened. Times begin with 0 and are those of the replay.
 */
export function stretchOf({ recording, protocol }: Track, runMs: number, speed: number): Recording {
  const timed = timedAnew(recording.events, speed)
  const decode = decoder(protocol)
  const decoded = timed.map(({ id, data }) => decode(frameOf(id, data)))
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

/** The same run in the one vocabulary: an event a payload. Events that had ids have one each. */
export function inVocabulary({ recording, protocol }: Track): Track {
  const decode = decoder(protocol)
  const events = recording.events.flatMap(({ t, id, data }) =>
    decode(frameOf(id, data)).map((event) => ({ t, id, event })),
  )
  return toTrack(recording, events)
}

/** A timed event of the vocabulary; the id says no more than whether there was one. */
export interface TimedEvent {
  readonly t: number
  readonly id: string | null
  readonly event: AgentEvent
}

/** Payloads of a track in the vocabulary, decoded. */
export function eventsOf({ recording }: Track): readonly TimedEvent[] {
  return recording.events.map(({ t, id, data }) => ({
    t,
    id,
    event: JSON.parse(data) as AgentEvent,
  }))
}

/** A track of these events. Ids are numbered anew, so that none comes twice. */
export function toTrack(recording: Recording, events: readonly TimedEvent[]): Track {
  const written = events.map(({ t, id, event }, index): RecordedEvent => ({
    t,
    id: id === null ? null : `lab-${index}`,
    data: JSON.stringify(event),
  }))
  return {
    recording: { ...recording, protocol: vocabulary.name, events: written },
    protocol: vocabulary,
  }
}

const frameOf = (id: string | null, data: string): Parameters<Protocol['decode']>[0] => ({
  event: 'message',
  id: id ?? undefined,
  data,
})
