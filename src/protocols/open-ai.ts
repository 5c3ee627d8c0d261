// OpenAI's two streams, told apart by their payloads: Chat Completions, which many vendors speak, and Responses.
// `[DONE]` ends what has not ended.
// @see https://platform.openai.com/docs/api-reference/chat-streaming
// @see https://platform.openai.com/docs/api-reference/responses-streaming
import type { AgentEvent } from '../core/events.ts'
import type { Decoded, Frame, Protocol } from '../core/protocol.ts'
import { isDone } from './ends.ts'
import { decoded, type Fields, isObject, maybeText, parseObject } from './fields.ts'
import { completionEvents } from './open-ai-completions.ts'
import { finishRun, type OpenAiMemory, openAiMemory } from './open-ai-memory.ts'
import { responseEvents } from './open-ai-responses.ts'

/**
 * OpenAI's Chat Completions and Responses streams. Nothing can be resumed: a cut is final.
 * @example createAgentStream({ url: '/api/completion', protocol: openAi() })
 */
export function openAi(): Protocol {
  return {
    name: 'open-ai',
    resume: 'none',
    start: openAiMemory,
    decode: (frame, memory) => decode(frame, memory as OpenAiMemory),
  }
}

function decode(frame: Frame, memory: OpenAiMemory): Decoded {
  if (isDone(frame)) return decoded(...finishRun(memory))
  const payload = parseObject(frame.data, 'data')
  const type = maybeText(payload['type']) ?? frame.event
  const error = errorOf(type, payload)
  if (error !== null) {
    memory.ended = true
    return decoded(error)
  }
  const events =
    'choices' in payload ? completionEvents(payload, memory) : responseEvents(type, payload, memory)
  return events === undefined ? { kind: 'unknown', type } : decoded(...events)
}

// Responses tell of an error by their type, completions by a field, some vendors by their `object`.
function errorOf(type: string, payload: Fields): AgentEvent | null {
  const { error } = payload
  const isError = type === 'error' || payload['object'] === 'error'
  if (!isError && (error === undefined || error === null)) return null
  const fields = isObject(error) ? error : payload
  const message = maybeText(fields['message']) ?? maybeText(error) ?? 'the model reported an error'
  const code = fields['code'] ?? fields['type']
  return { type: 'RUN_ERROR', message, code: code == null ? undefined : String(code) }
}
