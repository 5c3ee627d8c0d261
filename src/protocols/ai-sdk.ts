// AI SDK's UI message stream (5, 6 and 7): one JSON chunk per frame, `[DONE]` at the end. A run is one message.
// A chunk for something unknown creates it; what has no counterpart passes through by its own type.
// @see https://ai-sdk.dev/docs/ai-sdk-ui/stream-protocol
import type { AgentEvent } from '../core/events.ts'
import type { Decoded, Frame, Protocol } from '../core/protocol.ts'
import {
  type AiSdkMemory,
  aiSdkMemory,
  beginText,
  dropParts,
  endText,
  messageOf,
} from './ai-sdk-memory.ts'
import { isDone } from './ends.ts'
import { beginStep, noteStep, resetStep } from './ai-sdk-steps.ts'
import { toolEvents } from './ai-sdk-tools.ts'
import { decoded, type Fields, maybeText, parseObject, textOf } from './fields.ts'

const PASSES =
  /^(data-.*|source-(url|document)|(reasoning-)?file|custom|steering-message|message-metadata|tool-(approval-(request|response)|output-denied))$/s

/**
 * AI SDK's UI message stream, as `toUIMessageStreamResponse()` writes it. Resumes from the start: its resume route
 * tells the run once more.
 * @example createAgentStream({ url: '/api/chat/c1/stream', protocol: aiSdk() })
 */
export function aiSdk(): Protocol {
  return {
    name: 'ai-sdk',
    resume: 'from-start',
    start: aiSdkMemory,
    decode: (frame, memory) => decode(frame, memory as AiSdkMemory),
  }
}

function decode(frame: Frame, memory: AiSdkMemory): Decoded {
  if (isDone(frame)) return decoded(...finish(memory))
  const chunk = parseObject(frame.data, 'data')
  const type = textOf(chunk, 'type', 'the chunk')
  const life = lifeEvents(type, chunk, memory)
  if (life !== undefined) return decoded(...life)
  const events = type === 'start' ? start(chunk, memory) : contentEvents(type, chunk, memory)
  if (events === undefined) return { kind: 'unknown', type }
  noteStep(memory.steps, events)
  return decoded(...events)
}

function lifeEvents(type: string, chunk: Fields, memory: AiSdkMemory): AgentEvent[] | undefined {
  switch (type) {
    case 'finish':
      memory.running--
      return [...metadata(chunk), ...(memory.running > 0 ? [] : finish(memory))]
    case 'abort':
      return finish(memory, 'stopped')
    case 'error':
      memory.ended = true
      return [{ type: 'RUN_ERROR', message: textOf(chunk, 'errorText', type) }]
    case 'start-step':
      beginStep(memory.steps)
      return [{ type: 'STEP_STARTED', stepName: 'step' }]
    case 'finish-step':
      return [{ type: 'STEP_FINISHED', stepName: 'step' }]
    case 'reset-step':
      dropParts(memory)
      return resetStep(memory.steps)
    default:
      return undefined
  }
}

function contentEvents(
  type: string,
  chunk: Fields,
  memory: AiSdkMemory,
): readonly AgentEvent[] | undefined {
  const id = (): string => textOf(chunk, 'id', type)
  const delta = (): string => textOf(chunk, 'delta', type)
  const messageId = memory.message
  switch (type) {
    case 'text-start':
      return [{ type: 'TEXT_MESSAGE_START', messageId: beginText(memory, id()), role: 'assistant' }]
    case 'text-delta':
      return [{ type: 'TEXT_MESSAGE_CONTENT', messageId: messageOf(memory, id()), delta: delta() }]
    case 'text-end':
      return [{ type: 'TEXT_MESSAGE_END', messageId: endText(memory, id()) }]
    case 'reasoning-start':
      return [{ type: 'REASONING_MESSAGE_START', messageId }]
    case 'reasoning-delta':
      return [{ type: 'REASONING_MESSAGE_CONTENT', messageId, delta: delta() }]
    case 'reasoning-end':
      return [{ type: 'REASONING_MESSAGE_END', messageId }]
    default:
      return toolEvents(type, chunk, memory) ?? passed(type, chunk)
  }
}

// The message begins here, so that data which comes before its first word is data of this message.
function start(chunk: Fields, memory: AiSdkMemory): AgentEvent[] {
  memory.message = maybeText(chunk['messageId']) ?? memory.message
  memory.running = Math.max(0, memory.running) + 1
  memory.ended = false
  return [
    { type: 'RUN_STARTED' },
    { type: 'TEXT_MESSAGE_START', messageId: memory.message, role: 'assistant' },
    ...metadata(chunk),
  ]
}

// `[DONE]` follows every end, and a `finish` most errors: a run ends once.
function finish(memory: AiSdkMemory, reason: 'completed' | 'stopped' = 'completed'): AgentEvent[] {
  if (memory.ended) return []
  memory.ended = true
  return [{ type: 'RUN_FINISHED', reason }]
}

function metadata(chunk: Fields): AgentEvent[] {
  const { messageMetadata } = chunk
  if (messageMetadata === undefined) return []
  const type = 'message-metadata'
  return [{ type: 'CUSTOM', name: type, value: { type, messageMetadata } }]
}

function passed(type: string, chunk: Fields): AgentEvent[] | undefined {
  return PASSES.test(type) ? [{ type: 'CUSTOM', name: type, value: chunk }] : undefined
}
