import type { ChatMessage } from 'framewise'

/** A row of Suna's `messages`. */
export interface Row {
  readonly message_id: string
  readonly type: string
  readonly content: string | { readonly content?: unknown }
}

/** What was said in a thread, as its rows tell it. Ids stay the database's: the stream names them too. */
export const messagesOf = (rows: readonly Row[]): ChatMessage[] => rows.flatMap(messageOf)

function messageOf({ message_id: id, type, content }: Row): ChatMessage[] {
  if (type !== 'user' && type !== 'assistant') return []
  const inner = typeof content === 'string' ? (JSON.parse(content) as Row['content']) : content
  const text = typeof inner === 'string' ? inner : inner.content
  if (typeof text !== 'string') return []
  const parts = [{ id: `${id}:0`, type: 'text', text, state: 'done' }] as const
  return [{ id, role: type, runId: null, parts, text }]
}
