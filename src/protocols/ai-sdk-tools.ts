// AI SDK's tool chunks. Input comes in pieces and then once more as a whole, or only as a whole;
// an output is a part of the message that its call stands in.
import type { AgentEvent } from '../core/events.ts'
import type { AiSdkMemory } from './ai-sdk-memory.ts'
import { asText, type Fields, textOf } from './fields.ts'

/** Events of a chunk that is about a tool's input or output; undefined for any other. */
export function toolEvents(
  type: string,
  chunk: Fields,
  memory: AiSdkMemory,
): readonly AgentEvent[] | undefined {
  switch (type) {
    case 'tool-input-start':
      return [callStart(type, chunk, memory)]
    case 'tool-input-delta':
      return [inputDelta(type, chunk, memory)]
    case 'tool-input-available':
      return wholeInput(type, chunk, memory, JSON.stringify(chunk['input']) ?? '')
    case 'tool-input-error':
      return [
        ...wholeInput(type, chunk, memory, asText(chunk['input'])),
        ...failure(type, chunk, memory),
      ]
    case 'tool-output-available':
      return [result(type, chunk, memory, asText(chunk['output']))]
    case 'tool-output-error':
      return failure(type, chunk, memory)
    default:
      return undefined
  }
}

function callStart(type: string, chunk: Fields, { message }: AiSdkMemory): AgentEvent {
  return {
    type: 'TOOL_CALL_START',
    toolCallId: textOf(chunk, 'toolCallId', type),
    toolCallName: textOf(chunk, 'toolName', type),
    parentMessageId: message,
  }
}

function inputDelta(type: string, chunk: Fields, { pieces }: AiSdkMemory): AgentEvent {
  const toolCallId = textOf(chunk, 'toolCallId', type)
  const delta = textOf(chunk, 'inputTextDelta', type)
  if (delta !== '') pieces[toolCallId] = true
  return { type: 'TOOL_CALL_ARGS', toolCallId, delta }
}

// Pieces add up to the whole; where there were none, the whole is the only piece.
function wholeInput(type: string, chunk: Fields, memory: AiSdkMemory, delta: string): AgentEvent[] {
  const start = callStart(type, chunk, memory)
  const toolCallId = textOf(chunk, 'toolCallId', type)
  const end = { type: 'TOOL_CALL_END', toolCallId } as const
  if (Object.hasOwn(memory.pieces, toolCallId)) {
    delete memory.pieces[toolCallId]
    return [end]
  }
  return [start, { type: 'TOOL_CALL_ARGS', toolCallId, delta }, end]
}

function result(
  type: string,
  chunk: Fields,
  { message }: AiSdkMemory,
  content: string,
): AgentEvent {
  const toolCallId = textOf(chunk, 'toolCallId', type)
  return { type: 'TOOL_CALL_RESULT', messageId: message, toolCallId, content }
}

// A result does not say whether the tool failed; the chunk beside it does.
function failure(type: string, chunk: Fields, memory: AiSdkMemory): AgentEvent[] {
  return [
    result(type, chunk, memory, textOf(chunk, 'errorText', type)),
    { type: 'CUSTOM', name: type, value: chunk },
  ]
}
