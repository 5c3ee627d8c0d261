import type { ChatMessage } from 'framewise'

/** What the server has saved of a chat: whole up to the event with this cursor. */
export interface History {
  readonly messages: readonly ChatMessage[]
  readonly cursor: string
}

export async function loadHistory(chat: string): Promise<History> {
  const response = await fetch(`/api/chats/${chat}`)
  if (!response.ok) throw new Error(`expected the history of ${chat}, got ${response.status}`)
  return (await response.json()) as History
}
