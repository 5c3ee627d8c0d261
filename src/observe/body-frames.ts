// The pieces of a streamed body, for counting: server-sent events, lines of JSON, or whatever comes as plain text.
import { createParser } from 'eventsource-parser'
import type { Frame } from '../core/protocol.ts'

/** Takes a body apart, piece by piece. */
export type BodyFrames = (text: string) => readonly Frame[]

// More than this without an end is no line, and no event.
const MOST_CHARS = 2 ** 20
const LINES = /^application\/(?:(?:x-)?ndjson|jsonl(?:ines)?|x-jsonlines|stream\+json)\b/
const PLAIN = /^text\/(?:plain|x-component)\b/

/** How a body of this content type is taken apart; null for one that is no stream. */
export function bodyFrames(contentType: string): BodyFrames | null {
  const type = contentType.trim().toLowerCase()
  if (type.startsWith('text/event-stream')) return eventFrames()
  if (LINES.test(type)) return lineFrames()
  return PLAIN.test(type) ? (text) => (text === '' ? [] : [messageFrame(text)]) : null
}

/** A frame without a name. */
export const messageFrame = (data: string): Frame => ({ event: 'message', id: undefined, data })

function eventFrames(): BodyFrames {
  let frames: Frame[] = []
  const parser = createParser({
    maxBufferSize: MOST_CHARS,
    onEvent({ event = 'message', id, data }) {
      frames.push({ event, id, data })
    },
    // It is left out; without this the parser would throw from then on.
    onError({ type }) {
      if (type === 'max-buffer-size-exceeded') parser.reset()
    },
  })
  return (text) => {
    frames = []
    parser.feed(text)
    return frames
  }
}

function lineFrames(): BodyFrames {
  let rest = ''
  return (text) => {
    const lines = `${rest}${text}`.split('\n')
    rest = (lines.pop() ?? '').slice(0, MOST_CHARS)
    return lines.filter((line) => line.trim() !== '').map(messageFrame)
  }
}
