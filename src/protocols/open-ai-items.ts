// Output items of a response: text, reasoning, calls and their outputs. A hosted tool's item passes through as it is.
import type { AgentEvent } from '../core/events.ts'
import { asText, type Fields, isObject, maybeText, textOf } from './fields.ts'
import type { OpenAiMemory } from './open-ai-memory.ts'

const CALLS = /^(function|custom_tool|mcp)_call$/

/** True the first time that this key is told. */
export function tellOnce({ told }: OpenAiMemory, key: string): boolean {
  if (Object.hasOwn(told, key)) return false
  told[key] = true
  return true
}

/** Text or, for any other kind, reasoning of the response. */
export function textEvents(kind: string, delta: string, { message }: OpenAiMemory): AgentEvent[] {
  const type = kind === 'text' ? 'TEXT_MESSAGE_CONTENT' : 'REASONING_MESSAGE_CONTENT'
  return delta === '' ? [] : [{ type, messageId: message, delta }]
}

/** How a part begins: the parts of a summary are paragraphs. */
export function apart(kind: string, place: number, text: string): string {
  return kind === 'summary' && place > 0 ? `\n\n${text}` : text
}

/** Arguments of the call at this place; one that was not seen to begin is named by its place. */
export function argsEvents(key: string, delta: string, memory: OpenAiMemory): AgentEvent[] {
  if (delta === '') return []
  const toolCallId = (memory.calls[key] ??= `${memory.message}:call-${key}`)
  return [{ type: 'TOOL_CALL_ARGS', toolCallId, delta }]
}

/** An item begins. */
export function itemStart(item: Fields, key: string, memory: OpenAiMemory): AgentEvent[] {
  if (!CALLS.test(String(item['type']))) return []
  const toolCallId =
    memory.calls[key] ??
    maybeText(item['call_id']) ??
    maybeText(item['id']) ??
    `${memory.message}:call-${key}`
  memory.calls[key] = toolCallId
  const toolCallName = maybeText(item['name']) ?? ''
  return [{ type: 'TOOL_CALL_START', toolCallId, toolCallName, parentMessageId: memory.message }]
}

/** An item is complete: tells what was not told in pieces. An item is completed once, by its id or its place. */
export function itemDone(item: Fields, key: string, memory: OpenAiMemory): AgentEvent[] {
  const type = textOf(item, 'type', 'the item')
  if (!tellOnce(memory, maybeText(item['id']) ?? key)) return []
  const messageId = memory.message
  const texts = (kind: string, list: unknown): AgentEvent[] => untold(kind, list, key, memory)
  if (type === 'message') {
    return [...texts('text', item['content']), { type: 'TEXT_MESSAGE_END', messageId }]
  }
  if (type === 'reasoning') {
    const reasoning = [...texts('summary', item['summary']), ...texts('reasoning', item['content'])]
    return [...reasoning, { type: 'REASONING_MESSAGE_END', messageId }]
  }
  if (CALLS.test(type)) return callDone(item, key, memory)
  const toolCallId = maybeText(item['call_id'])
  return type.endsWith('_output') && toolCallId !== undefined
    ? [{ type: 'TOOL_CALL_RESULT', messageId, toolCallId, content: asText(item['output']) }]
    : [{ type: 'CUSTOM', name: type, value: item }]
}

function callDone(item: Fields, key: string, memory: OpenAiMemory): AgentEvent[] {
  const start = itemStart(item, key, memory)
  const toolCallId = memory.calls[key] ?? key
  const args = asText(item['arguments'] ?? item['input'] ?? '')
  // The server has already called tools of MCP: their items tell the answer too.
  const answer = item['output'] ?? item['error']
  return [
    ...start,
    ...argsEvents(key, tellOnce(memory, `${key}/args/0`) ? args : '', memory),
    { type: 'TOOL_CALL_END', toolCallId },
    ...(answer === undefined || answer === null
      ? []
      : [
          {
            type: 'TOOL_CALL_RESULT',
            messageId: memory.message,
            toolCallId,
            content: asText(answer),
          } as const,
        ]),
  ]
}

function untold(kind: string, list: unknown, key: string, memory: OpenAiMemory): AgentEvent[] {
  const parts = Array.isArray(list) ? list.filter(isObject) : []
  return parts.flatMap((part, index) => {
    if (!tellOnce(memory, `${key}/${kind}/${index}`)) return []
    const text = maybeText(part['text']) ?? maybeText(part['refusal']) ?? ''
    return textEvents(kind, apart(kind, index, text), memory)
  })
}
