// A body of plain text to frames: whatever a read brings is one, and the end of the body is another.
import type { BodyParser, Frame } from '../core/protocol.ts'
import { BODY_END } from './ends.ts'
import { utf8Decoder } from './utf8.ts'

/** Event name of a stretch of a body: its text is text, also where it reads `[DONE]`. */
export const BODY_TEXT = 'body-text'

/** Makes the parser of one body. */
export function textBody(): BodyParser {
  const decoder = utf8Decoder()
  const framesOf = (data: string): Frame[] =>
    data === '' ? [] : [{ event: BODY_TEXT, id: undefined, data }]
  return {
    parse: (bytes) => framesOf(decoder.decode(bytes, { stream: true })),
    end: () => [...framesOf(decoder.decode()), BODY_END],
  }
}
