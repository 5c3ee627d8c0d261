// How single events change text, reasoning, data and whole messages. A delta for something unknown
// creates it: a resume may begin in the middle of a message (vercel/ai#13160).
import { appendPart, editMessage, editMessages, editOrAppend, fit, placeOf } from './chat-draft.ts'
import type { ChatDraft } from './chat-draft.ts'
import type { ChatMessage, MessagePart, TextPart } from './chat-message.ts'
import { grew } from './growth.ts'

/** Adds text to the growing part of a message. Text that follows anything but data begins a new part. */
export function growText(
  draft: ChatDraft,
  messageId: string,
  type: TextPart['type'],
  added: string,
): void {
  if (added === '') return
  const message = editOrAppend(draft, messageId)
  const at = message.parts.findLastIndex((part) => part.type !== 'data')
  const last = message.parts[at]
  const length = type === 'text' ? message.text.length : last?.type === type ? last.text.length : 0
  const delta = fit(draft, messageId, length, added)
  if (delta === '') return
  if (last?.type === type) {
    const part: TextPart = { ...last, text: last.text + delta, state: 'streaming' }
    message.parts[at] = grew(last, part, delta)
    if (type === 'text') message.text = lengthen(message.text, last.text, delta)
  } else {
    appendPart(draft, message, { type, text: delta, state: 'streaming' })
    if (type === 'text') message.text += delta
  }
}

// With one text part both strings are the same rope, which the engine then flattens only once.
function lengthen(text: string, partText: string, delta: string): string {
  return (text.length === partText.length ? partText : text) + delta
}

/** Puts data on the run's last assistant message; before there is one, on a message of the system. */
export function addData(draft: ChatDraft, name: string, value: unknown): void {
  const place = placeForData(draft)
  const message =
    place >= 0 ? editMessage(draft, place) : editOrAppend(draft, freeId(draft), 'system')
  appendPart(draft, message, { type: 'data', name, value })
}

// Data never goes back beyond what a person said last: it belongs to the answer that follows.
function placeForData({ messages, runId }: ChatDraft): number {
  const place = messages.findLastIndex(
    (message) =>
      message.role === 'user' ||
      (message.runId === runId &&
        (message.role === 'assistant' || message.parts[0]?.type === 'data')),
  )
  return messages[place]?.role === 'user' ? -1 : place
}

function freeId(draft: ChatDraft): string {
  let number = draft.messages.length
  while (placeOf(draft, `data:${number}`) >= 0) number++
  return `data:${number}`
}

/** Ends the parts of one type in one message. */
export function endText(draft: ChatDraft, messageId: string, type: TextPart['type']): void {
  endParts(draft, placeOf(draft, messageId), type)
}

/** Ends every part that still grows. */
export function endAll(draft: ChatDraft): void {
  draft.messages.forEach((_, place) => endParts(draft, place))
}

function endParts(draft: ChatDraft, place: number, type?: MessagePart['type']): void {
  draft.messages[place]?.parts.forEach((part, at) => {
    const ended = type === undefined || part.type === type ? close(part) : part
    if (ended !== part) editMessage(draft, place).parts[at] = ended
  })
}

/** Puts a message in its final shape where its streamed form stands; only reasoning and data outlive that. */
export function replaceMessage(draft: ChatDraft, message: ChatMessage, replaces: string): void {
  const places = [placeOf(draft, replaces), placeOf(draft, message.id)].filter((at) => at >= 0)
  const messages = editMessages(draft)
  const place = Math.min(messages.length, ...places)
  const other = Math.max(...places)
  messages[place] = withWhatOutlives(message, messages[place], draft.runId)
  if (other > place) messages.splice(other, 1)
}

// A final message tells what was said and called, but often not what was thought or measured on the way:
// kinds that it does not speak of at all stay. They are numbered apart, so that they cannot equal one of its own.
function withWhatOutlives(
  message: ChatMessage,
  before: ChatMessage | undefined,
  currentRun: string | null,
): ChatMessage {
  let keptBefore = 0
  const kept = (type: MessagePart['type']): MessagePart[] =>
    message.parts.some((part) => part.type === type)
      ? []
      : (before?.parts ?? [])
          .filter((part) => part.type === type)
          .map((part) => ({ ...close(part), id: `${message.id}~${keptBefore++}` }))
  return {
    ...message,
    runId: message.runId ?? before?.runId ?? currentRun,
    parts: [...kept('reasoning'), ...message.parts, ...kept('data')],
  }
}

/** The same part, no longer growing. */
export function close(part: MessagePart): MessagePart {
  return 'state' in part && part.state === 'streaming'
    ? grew(part, { ...part, state: 'done' }, '')
    : part
}
