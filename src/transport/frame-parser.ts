// Server-sent-event text to frames: the one decoder, for SSE bodies and for WebSocket messages alike.
import { createParser } from 'eventsource-parser'
import { AgentStreamError } from '../core/errors.ts'
import type { Frame } from '../core/protocol.ts'

/** So many characters of an event are kept while it is not complete: an event without an end must not fill the memory. */
export const MAX_EVENT_CHARS: number = 16 * 2 ** 20

/** Feeds bytes in, gives complete frames out; UTF-8 and lines may be split anywhere. */
export interface FrameParser {
  /** @throws AgentStreamError once an event has grown beyond the limit; what was complete before it has been given */
  parse(bytes: Uint8Array): Frame[]
}

/** Makes a parser for one connection. */
export function createFrameParser(maxEventChars: number = MAX_EVENT_CHARS): FrameParser {
  const decoder = new TextDecoder()
  let frames: Frame[] = []
  let overfull = false
  const parser = createParser({
    maxBufferSize: maxEventChars,
    onEvent({ event = 'message', id, data }) {
      frames.push({ event, id, data })
    },
    onError({ type }) {
      overfull ||= type === 'max-buffer-size-exceeded'
    },
  })
  return {
    parse(bytes) {
      if (overfull)
        throw new AgentStreamError('oversize', `an event exceeds ${maxEventChars} chars`)
      frames = []
      parser.feed(decoder.decode(bytes, { stream: true }))
      return frames
    },
  }
}
