// What this side adds to the chat: messages that the agent does not have yet, and histories of the application's own.
import { closeDraft, openDraft } from './chat-draft.ts'
import type { ChatMessage, ChatState } from './chat-message.ts'
import { endAll } from './chat-parts.ts'
import type { Mark } from './received.ts'

/** A message to show before the agent has it: its text, or more of it. */
export type OptimisticMessage =
  | string
  | (Partial<Omit<ChatMessage, 'delivery'>> & Pick<ChatMessage, 'text'>)

/** Makes the message that is shown. @param id unless it brings one */
export function optimisticMessage(optimistic: OptimisticMessage, id: string): ChatMessage {
  const given = typeof optimistic === 'string' ? { text: optimistic } : optimistic
  const message = { id, role: 'user' as const, runId: null, ...given }
  const { parts = [{ id: `${message.id}:0`, type: 'text', text: message.text, state: 'done' }] } =
    given
  return { ...message, parts, delivery: 'pending' }
}

/** The chat after a mark; the same object when the mark says nothing of it. */
export function markChat(state: ChatState, mark: Mark): ChatState {
  switch (mark.type) {
    case 'submitted':
      return { messages: withMessage(state.messages, mark.message), runId: null }
    case 'accepted':
      return { messages: delivered(state.messages, 'sent'), runId: mark.runId }
    case 'unsent':
      return { ...state, messages: delivered(state.messages, 'failed') }
    case 'hydrated':
      return { ...state, messages: mark.messages }
    case 'stopped':
    case 'end':
    case 'given-up':
    case 'nothing':
    case 'abandoned':
      return closeAll(state)
    default:
      return state
  }
}

/** True for what has the shape of a message, as far as the reducer relies on it. */
export function isMessage(value: Partial<ChatMessage> | null | undefined): boolean {
  return typeof value?.id === 'string' && Array.isArray(value.parts)
}

/**
 * Looks at a history of the application's own, once, at the door: a row of a database is not yet a message.
 * @throws TypeError that names what is missing
 */
export function checkMessages(messages: readonly ChatMessage[], where: string): void {
  const at = messages.findIndex((one) => !isMessage(one))
  if (at < 0) return
  throw new TypeError(
    `expected ${where}[${at}] to have an \`id\` and \`parts\`, got ${JSON.stringify(messages[at])?.slice(0, 80)}`,
  )
}

/** True for a message that only this side knows of. */
export function isUndelivered({ delivery }: ChatMessage): boolean {
  return delivery === 'pending' || delivery === 'failed'
}

// Nothing grows any more in a run that is over.
function closeAll(state: ChatState): ChatState {
  const draft = openDraft(state, Infinity)
  endAll(draft)
  return closeDraft(draft, state)
}

// What is said once more, after it could not be sent, stands where it stood.
function withMessage(
  messages: readonly ChatMessage[],
  message: ChatMessage | null,
): readonly ChatMessage[] {
  if (message === null) return messages
  return messages.some(({ id }) => id === message.id)
    ? messages.map((one) => (one.id === message.id ? message : one))
    : [...messages, message]
}

function delivered(
  messages: readonly ChatMessage[],
  delivery: 'sent' | 'failed',
): readonly ChatMessage[] {
  return messages.some((one) => one.delivery === 'pending')
    ? messages.map((one) => (one.delivery === 'pending' ? { ...one, delivery } : one))
    : messages
}
