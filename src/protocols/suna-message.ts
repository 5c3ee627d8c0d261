// Suna's saved rows in our shapes: the complete message of a turn, and a tool's result.
import type { ChatMessage, ChatRole, MessagePart, ToolCallPart } from '../core/chat-message.ts'
import type { AgentEvent } from '../core/events.ts'
import { asText, type Fields, isObject, maybeText, parseObject } from './fields.ts'
import type { SunaEnvelope } from './suna-envelope.ts'

/** A message in its final shape, as `complete` tells it. */
export function finalMessage(row: SunaEnvelope, id: string, role: ChatRole): ChatMessage {
  const { content, metadata, runId } = row
  const text = maybeText(content['content']) ?? maybeText(metadata['text_content']) ?? ''
  const reasoning = maybeText(content['reasoning_content']) ?? ''
  const bare = [
    ...(reasoning === '' ? [] : [{ type: 'reasoning', text: reasoning, state: 'done' } as const]),
    ...(text === '' ? [] : [{ type: 'text', text, state: 'done' } as const]),
    ...callsOf(content, metadata, id),
  ]
  const parts: MessagePart[] = bare.map((part, index) => ({ ...part, id: `${id}:${index}` }))
  return { id, role, runId, parts, text }
}

// Native calls stand in `content` as the model gave them, in format B also in `metadata` with parsed arguments.
function callsOf(content: Fields, metadata: Fields, id: string): Omit<ToolCallPart, 'id'>[] {
  const calls = content['tool_calls'] ?? metadata['tool_calls']
  if (!Array.isArray(calls)) return []
  return calls.filter(isObject).map((call, index) => {
    const inner = isObject(call['function']) ? call['function'] : call
    return {
      type: 'tool-call',
      toolCallId: maybeText(call['id'] ?? call['tool_call_id']) ?? `${id}:call-${index}`,
      name: maybeText(inner['name'] ?? inner['function_name']) ?? '',
      args: asText(inner['arguments'] ?? ''),
      state: 'done',
    }
  })
}

/** A tool's answer, kept as the tool wrote it; `position` names it where the row has no id. */
export function toolResult(row: SunaEnvelope, position: string): AgentEvent {
  const messageId = row.messageId ?? `tool:${position}`
  const content = asText(row.content['content'] ?? row.content)
  const toolCallId =
    maybeText(row.content['tool_call_id'] ?? row.metadata['tool_call_id']) ??
    executedCall(content) ??
    messageId
  return { type: 'TOOL_CALL_RESULT', messageId, toolCallId, content }
}

// XML tools put a third JSON level into the text; the id of the call stands there, if anywhere.
// Text that only looks like it is still a tool's answer.
function executedCall(content: string): string | undefined {
  if (!content.startsWith('{"tool_execution"')) return undefined
  try {
    const execution = parseObject(content, 'content')['tool_execution']
    return isObject(execution) ? maybeText(execution['tool_call_id']) : undefined
  } catch {
    return undefined
  }
}
