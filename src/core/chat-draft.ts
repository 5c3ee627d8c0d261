// A working copy of the chat for one call of the reducer: copied only where it is written to, and only once.
// The invariant: an object that this call did not make is never written to, so whoever holds it may keep it.
import type { BarePart, ChatMessage, ChatRole, ChatState, MessagePart } from './chat-message.ts'

/** A message that this call made, and so may write to. */
export interface DraftMessage {
  readonly id: string
  readonly role: ChatRole
  readonly runId: string | null
  readonly parts: MessagePart[]
  text: string
}

/** The working copy. */
export interface ChatDraft {
  messages: readonly ChatMessage[]
  runId: string | null
  /** Messages and message arrays made by this call. */
  readonly own: Set<object>
  /** Longest text of a message, and longest arguments of a call, in characters. */
  readonly maxChars: number
  /** Ids of messages and calls of which something was left out in this call. */
  readonly full: string[]
  /** Ids of the parts of messages that parts were added to. */
  readonly partIds: Map<DraftMessage, Set<string>>
}

/** Begins a working copy; nothing is copied yet. */
export function openDraft({ messages, runId }: ChatState, maxChars: number): ChatDraft {
  return { messages, runId, maxChars, full: [], own: new Set(), partIds: new Map() }
}

/** What of a delta still fits behind so many characters; what does not is told of. No character is torn. */
export function fit(draft: ChatDraft, id: string, length: number, delta: string): string {
  const room = draft.maxChars - length
  if (delta.length <= room) return delta
  draft.full.push(id)
  const last = delta.charCodeAt(room - 1)
  return delta.slice(0, Math.max(0, last >= 0xd800 && last < 0xdc00 ? room - 1 : room))
}

/** Ends a working copy. Returns `state` itself when nothing was written. */
export function closeDraft(draft: ChatDraft, state: ChatState): ChatState {
  const { messages, runId } = draft
  return messages === state.messages && runId === state.runId ? state : { messages, runId }
}

/** Place of a message, or -1. Looks from the end, where streams write. */
export function placeOf(draft: ChatDraft, id: string): number {
  return draft.messages.findLastIndex((message) => message.id === id)
}

/** The messages as an array that may be written to. */
export function editMessages(draft: ChatDraft): ChatMessage[] {
  if (!draft.own.has(draft.messages)) {
    draft.messages = [...draft.messages]
    draft.own.add(draft.messages)
  }
  return draft.messages as ChatMessage[]
}

/** The message at this place, made ready for writing. */
export function editMessage(draft: ChatDraft, place: number): DraftMessage {
  const messages = editMessages(draft)
  const message = messages[place] as ChatMessage
  if (draft.own.has(message)) return message as DraftMessage
  return own(draft, (messages[place] = { ...message, parts: [...message.parts] }))
}

/** The message with this id, made ready for writing; appended when there is none. */
export function editOrAppend(
  draft: ChatDraft,
  id: string,
  role: ChatRole = 'assistant',
): DraftMessage {
  const place = placeOf(draft, id)
  if (place >= 0) return editMessage(draft, place)
  const message: ChatMessage = { id, role, runId: draft.runId, parts: [], text: '' }
  editMessages(draft).push(message)
  return own(draft, message)
}

/** Adds a part at the end of a message; its id comes from its place, or the next one that is free. */
export function appendPart(draft: ChatDraft, message: DraftMessage, part: BarePart): void {
  const taken = partIdsOf(draft, message)
  let number = message.parts.length
  while (taken.has(`${message.id}:${number}`)) number++
  const id = `${message.id}:${number}`
  taken.add(id)
  message.parts.push({ ...part, id })
}

// Gathered once per draft: looking through all parts for every new one would cost their square.
function partIdsOf({ partIds }: ChatDraft, message: DraftMessage): Set<string> {
  const ids = partIds.get(message) ?? new Set(message.parts.map(({ id }) => id))
  partIds.set(message, ids)
  return ids
}

function own(draft: ChatDraft, message: ChatMessage): DraftMessage {
  draft.own.add(message)
  return message as DraftMessage
}
