// AG-UI's message shape, as MESSAGES_SNAPSHOT carries it, in ours.
// What has no counterpart (attachments, activities) becomes data, so that nothing is lost.
import type { BarePart, ChatMessage, ChatRole } from '../core/chat-message.ts'
import { fail, type Fields, isObject, maybeText, textOf } from './fields.ts'

/** Our role for one of AG-UI's; `developer` speaks as the system, what is not known as the assistant. */
export function roleOf(role: unknown): ChatRole {
  if (role === 'developer') return 'system'
  return role === 'user' || role === 'tool' || role === 'system' ? role : 'assistant'
}

/** Maps a list of messages. @throws TypeError that says which field was wrong */
export function chatMessages(list: unknown): ChatMessage[] {
  return listOf(list).map((fields, index) => {
    const where = `messages[${index}]`
    const id = textOf(fields, 'id', where)
    const { role } = fields
    const parts = barePartsOf(fields, where).map((part, at) => ({ ...part, id: `${id}:${at}` }))
    const text = parts.map((part) => (part.type === 'text' ? part.text : '')).join('')
    return { id, role: roleOf(role), runId: null, parts, text }
  })
}

/** What a tool answered: text, or a list, of which what is no text stays JSON. */
export function resultText(content: unknown): string {
  if (!Array.isArray(content)) return textOf({ content }, 'content', 'a result')
  return content.map((item: Fields) => maybeText(item['text']) ?? JSON.stringify(item)).join('')
}

function barePartsOf(fields: Fields, where: string): BarePart[] {
  const { role, content, toolCalls } = fields
  if (role === 'tool') {
    const toolCallId = textOf(fields, 'toolCallId', where)
    return [{ type: 'tool-result', toolCallId, content: resultText(content) }]
  }
  const items: readonly unknown[] = Array.isArray(content) ? content : content ? [content] : []
  return [
    ...items.map((item) => contentPart(item, fields)),
    ...listOf(toolCalls ?? []).map((call) => callPart(call, where)),
  ]
}

function contentPart(item: unknown, { role, activityType }: Fields): BarePart {
  const text = maybeText(isObject(item) ? item['text'] : item)
  if (text === undefined) return { type: 'data', name: String(activityType ?? role), value: item }
  return { type: role === 'reasoning' ? role : 'text', text, state: 'done' }
}

function callPart(call: Fields, where: string): BarePart {
  const inner = call['function']
  return {
    type: 'tool-call',
    toolCallId: textOf(call, 'id', where),
    ...(isObject(inner)
      ? { name: textOf(inner, 'name', where), args: textOf(inner, 'arguments', where) }
      : fail(`function of ${where} to be an object`, inner)),
    state: 'done',
  }
}

function listOf(value: unknown): readonly Fields[] {
  const isList = Array.isArray(value) && value.every(isObject)
  return isList ? value : fail('an array of objects', value)
}
