// What protocol tests share: a stream of frames, decoded as the pipeline does it.
import { readFileSync } from 'node:fs'
import { initialChatState, reduceChat } from '../../src/core/chat-state.ts'
import type { ChatState } from '../../src/core/chat-message.ts'
import type { AgentEvent } from '../../src/core/events.ts'
import { type Decoded, type Frame, malformed, type Protocol } from '../../src/core/protocol.ts'

/** A frame as the relay sends it; without an id as Suna's own endpoint sends it. */
export const frameOf = (data: string | object, id?: string): Frame => ({
  event: 'message',
  id,
  data: typeof data === 'string' ? data : JSON.stringify(data),
})

/** One reader of one stream. */
export function reading(protocol: Protocol): (data: string | object, id?: string) => Decoded {
  const memory = protocol.start?.(0)
  return (data, id) => {
    try {
      return protocol.decode(frameOf(data, id), memory)
    } catch (cause) {
      return malformed(cause)
    }
  }
}

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
