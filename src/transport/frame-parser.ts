// Server-sent-event text to frames: the one decoder, for SSE bodies and for WebSocket messages alike.
import { createParser } from 'eventsource-parser'
import type { Frame } from '../core/protocol.ts'

/** Feeds bytes in, gives complete frames out; UTF-8 and lines may be split anywhere. */
export interface FrameParser {
  parse(bytes: Uint8Array): Frame[]
}

/** Makes a parser for one connection. */
export function createFrameParser(): FrameParser {
  const decoder = new TextDecoder()
  let frames: Frame[] = []
  const parser = createParser({
    onEvent({ event = 'message', id, data }) {
      frames.push({ event, id, data })
    },
  })
  return {
    parse(bytes) {
      frames = []
      parser.feed(decoder.decode(bytes, { stream: true }))
      return frames
    },
  }
}
