// Server-sent-event text to frames: the one decoder, for SSE bodies and for WebSocket messages alike.
import { createParser } from 'eventsource-parser'
import { AgentStreamError } from '../core/errors.ts'
import type { BodyParser, Frame } from '../core/protocol.ts'

/** So many characters of an event are kept while it is not complete: an event without an end must not fill the memory. */
export const MAX_EVENT_CHARS: number = 16 * 2 ** 20

/** Frames of one connection's bytes, and the wait that the other side asked for. */
export interface FrameParser extends BodyParser {
  /** From the last `retry:` line, in ms. */
  readonly retryMs?: number | undefined
}

/**
 * Makes a parser for one connection. Its `parse` throws AgentStreamError once an event has grown beyond the limit;
 * what was complete before it has been given.
 */
export function createFrameParser(maxEventChars: number = MAX_EVENT_CHARS): FrameParser {
  const decoder = new TextDecoder()
  let frames: Frame[] = []
  let overfull = false
  let retryMs: number | undefined
  const parser = createParser({
    maxBufferSize: maxEventChars,
    onEvent({ event = 'message', id, data }) {
      frames.push({ event, id, data })
    },
    onRetry(ms) {
      retryMs = ms
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
    // An event without its empty line was cut off: it is not complete, and comes again.
    end: () => [],
    get retryMs() {
      return retryMs
    },
  }
}
