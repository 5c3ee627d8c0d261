// A recording as the lab plays it, and the same in the one vocabulary, where its text can be cut anew. Pure: times come
// from the recording alone.
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
    .flatMap((event) => decode(frameOf(event)))
    .reduce((sum, event) => sum + (isChunk(event) ? event.delta.length : 0), 0)
}

/** The same run in the one vocabulary: an event a payload. Events that had ids have one each. */
export function inVocabulary({ recording, protocol }: Track): Track {
  const decode = decoder(protocol)
  const events = recording.events.flatMap((recorded) => {
    const { t, id } = recorded
    return decode(frameOf(recorded)).map((event) => ({ t, id, event }))
  })
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

/** A recorded event as a protocol decodes it. */
export const frameOf = ({
  id,
  data,
}: Pick<RecordedEvent, 'id' | 'data'>): Parameters<Protocol['decode']>[0] => ({
  event: 'message',
  id: id ?? undefined,
  data,
})
