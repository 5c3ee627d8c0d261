// A body of lines to frames, one line each. Blank lines are left out, and the last line needs no end.
import { AgentStreamError } from '../core/errors.ts'
import type { BodyParser, Frame } from '../core/protocol.ts'
import { BODY_END } from './ends.ts'
import { utf8Decoder } from './utf8.ts'

/** So many characters of a line are kept while it is not complete: a line without an end must not fill the memory. */
export const MAX_LINE_CHARS: number = 16 * 2 ** 20

/** Makes the parser of one body. It throws `oversize` once what was complete before that line has been given. */
export function linesBody(maxLineChars: number = MAX_LINE_CHARS): BodyParser {
  const decoder = utf8Decoder()
  // Pieces of the line under way: joining them with every read would cost the line's square.
  let pieces: string[] = []
  let kept = 0
  let overfull = false
  const check = (): void => {
    if (overfull) throw new AgentStreamError('oversize', `a line exceeds ${maxLineChars} chars`)
  }
  const keep = (piece: string): void => {
    pieces.push(piece)
    kept += piece.length
    overfull ||= kept > maxLineChars
  }
  const take = (text: string): Frame[] => {
    const frames: Frame[] = []
    const lines = text.split('\n')
    lines.forEach((piece, index) => {
      if (overfull) return
      keep(piece)
      if (overfull || index === lines.length - 1) return
      const data = pieces.join('').trim()
      if (data !== '') frames.push({ event: 'message', id: undefined, data })
      pieces = []
      kept = 0
    })
    return frames
  }
  return {
    parse(bytes) {
      check()
      return take(decoder.decode(bytes, { stream: true }))
    },
    end() {
      check()
      const frames = take(`${decoder.decode()}\n`)
      check()
      return [...frames, BODY_END]
    },
  }
}
