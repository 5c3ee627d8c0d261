// What protocol tests share: a stream of frames, decoded as the pipeline does it.
import { readFileSync } from 'node:fs'
import { initialChatState, reduceChat } from '../../src/core/chat-state.ts'
import type { ChatState, MessagePart } from '../../src/core/chat-message.ts'
import type { AgentEvent } from '../../src/core/events.ts'
import { type Decoded, type Frame, malformed, type Protocol } from '../../src/core/protocol.ts'
import { createFrameParser } from '../../src/transport/frame-parser.ts'

/** A frame as the relay sends it; without an id as Suna's own endpoint sends it. */
export const frameOf = (data: string | object, id?: string): Frame => ({
  event: 'message',
  id,
  data: typeof data === 'string' ? data : JSON.stringify(data),
})

/** One reader of one run's payloads. */
export function reading(
  protocol: Protocol,
  run = 0,
): (data: string | object, id?: string) => Decoded {
  const read = readingFrames(protocol, run)
  return (data, id) => read(frameOf(data, id))
}

/** One reader of one run's frames, whose memory goes through JSON after each: it must lose nothing there. */
export function readingFrames(protocol: Protocol, run = 0): (frame: Frame) => Decoded {
  let memory = protocol.start?.(run)
  return (frame) => {
    try {
      return protocol.decode(frame, memory)
    } catch (cause) {
      return malformed(cause)
    } finally {
      if (memory !== undefined) memory = JSON.parse(JSON.stringify(memory)) as unknown
    }
  }
}

/** All events of frames, each of which has to be decoded. */
export function decodeFrames(protocol: Protocol, frames: readonly Frame[], run = 0): AgentEvent[] {
  const read = readingFrames(protocol, run)
  return frames.flatMap((frame) => eventsOf(read(frame)))
}

/** Frames of a body of server-sent events that arrives in these pieces. */
export function sseFrames(...pieces: readonly Uint8Array[]): Frame[] {
  const parser = createFrameParser()
  return pieces.flatMap((piece) => parser.parse(piece))
}

/** A body cut at these places (each taken modulo its length). */
export function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const cuts = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length]
  const ordered = cuts.toSorted((a, b) => a - b)
  return ordered.slice(1).map((end, at) => bytes.subarray(ordered[at], end))
}

/** The chat after these events. */
export const chatOf = (events: readonly AgentEvent[]): ChatState =>
  reduceChat(initialChatState(), events)

/** Bytes of a response. */
export const bytesOf = async (response: Response): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await response.arrayBuffer())

/** Bytes of a text. */
export const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)

type PartOf<Type, Part = MessagePart> = Part extends { readonly type: infer Own }
  ? Type extends Own
    ? Part
    : never
  : never

/** Parts of one type, of all messages. */
export const partsOf = <Type extends MessagePart['type']>(
  { messages }: ChatState,
  type: Type,
): PartOf<Type>[] =>
  messages.flatMap(({ parts }) => parts.filter((part) => part.type === type) as PartOf<Type>[])

/** The events of one payload; fails when it is not decoded. */
export function eventsOf(decoded: Decoded): readonly AgentEvent[] {
  if (decoded.kind !== 'events') throw new Error(JSON.stringify(decoded))
  return decoded.events
}

/** All events of a stream of payloads; cursors are `L-1-0`, `L-1-1` and so on. */
export function decodeAll(
  protocol: Protocol,
  payloads: readonly (string | object)[],
): AgentEvent[] {
  const read = reading(protocol)
  return payloads.flatMap((data, index) => eventsOf(read(data, `L-1-${index}`)))
}

/** The chat after a stream of payloads. */
export const chatAfter = (protocol: Protocol, payloads: readonly (string | object)[]): ChatState =>
  reduceChat(initialChatState(), decodeAll(protocol, payloads))

/** Lines of a fixture. */
export const fixtureLines = (name: string): string[] =>
  readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '')

/** Frames of a body that is no stream of server-sent events, in these pieces; with its end unless it was cut. */
export function bodyFrames(
  protocol: Protocol,
  contentType: string,
  pieces: readonly Uint8Array[],
  { cut = false } = {},
): Frame[] {
  const parser = protocol.body?.(contentType)
  if (!parser) throw new Error(`${protocol.name} does not read ${contentType}`)
  const frames = pieces.flatMap((piece) => parser.parse(piece))
  return cut ? frames : [...frames, ...parser.end()]
}
