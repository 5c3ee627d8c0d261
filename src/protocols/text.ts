// Text and nothing else: every piece of it lengthens one assistant message.
import type { Decoded, Frame, Protocol } from '../core/protocol.ts'
import { BODY_TEXT, textBody } from './body-text.ts'
import { isBodyEnd, isDone } from './ends.ts'
import { decoded } from './fields.ts'
import { utf8MediaType } from './utf8.ts'

interface TextMemory {
  readonly messageId: string
}

/**
 * Plain text: as the data of server-sent events, until `[DONE]`, or as a `text/plain` body, until its end.
 * An event named `error` fails the run. Nothing can be resumed: a cut is final.
 * @example createAgentStream({ url: '/api/complete', protocol: text() })
 */
export function text(): Protocol {
  return {
    name: 'text',
    resume: 'none',
    start: (run): TextMemory => ({ messageId: `message:${run}` }),
    decode: (frame, memory) => decode(frame, memory as TextMemory),
    body: (contentType) => (utf8MediaType(contentType) === 'text/plain' ? textBody() : null),
  }
}

function decode(frame: Frame, { messageId }: TextMemory): Decoded {
  const { event, data } = frame
  if (isBodyEnd(frame) || (event !== BODY_TEXT && isDone(frame))) {
    return decoded({ type: 'RUN_FINISHED', reason: 'completed' })
  }
  if (event === 'error') return decoded({ type: 'RUN_ERROR', message: data })
  return data === '' ? decoded() : decoded({ type: 'TEXT_MESSAGE_CONTENT', messageId, delta: data })
}
