// How single events change tool calls and their results. What is unknown is created, as for text.
import { appendPart, editMessage, editOrAppend, fit, placeOf } from './chat-draft.ts'
import type { ChatDraft } from './chat-draft.ts'
import { close } from './chat-parts.ts'
import type { MessagePart, ToolCallPart } from './chat-message.ts'

/** Begins a tool call in its parent, or in a message of its own. A call that is known only gets its name. */
export function beginCall(draft: ChatDraft, id: string, name: string, parentId?: string): void {
  const known = editCall(draft, id, (call) =>
    call.name === '' && name !== '' ? { ...call, name } : call,
  )
  if (!known) appendCall(draft, id, name, '', parentId)
}

/** Adds to the arguments of a tool call. */
export function growArgs(draft: ChatDraft, id: string, delta: string): void {
  if (delta === '') return
  const known = editCall(draft, id, (call) => ({
    ...call,
    args: call.args + fit(draft, id, call.args.length, delta),
    state: 'streaming',
  }))
  if (!known) appendCall(draft, id, '', fit(draft, id, 0, delta))
}

/** Marks the arguments of a tool call as complete. */
export function endCall(draft: ChatDraft, id: string): void {
  editCall(draft, id, close)
}

/** Stores what a tool answered, once per call, and ends the call. */
export function addResult(
  draft: ChatDraft,
  messageId: string,
  toolCallId: string,
  content: string,
): void {
  endCall(draft, toolCallId)
  const result = { type: 'tool-result', toolCallId, content } as const
  const known = draft.messages[placeOf(draft, messageId)]?.parts ?? []
  const before = known.find((part) => 'content' in part && part.toolCallId === toolCallId)
  if (before && 'content' in before && before.content === content) return
  const message = editOrAppend(draft, messageId, 'tool')
  if (before) message.parts[known.indexOf(before)] = { ...result, id: before.id }
  else appendPart(draft, message, result)
}

function appendCall(
  draft: ChatDraft,
  toolCallId: string,
  name: string,
  args: string,
  parentId: string = toolCallId,
): void {
  appendPart(draft, editOrAppend(draft, parentId), {
    type: 'tool-call',
    toolCallId,
    name,
    args,
    state: 'streaming',
  })
}

function editCall(
  draft: ChatDraft,
  id: string,
  change: (call: ToolCallPart) => MessagePart,
): boolean {
  for (let place = draft.messages.length - 1; place >= 0; place--) {
    const parts = draft.messages[place]?.parts ?? []
    const at = parts.findLastIndex((part) => part.type === 'tool-call' && part.toolCallId === id)
    const call = parts[at]
    if (call?.type !== 'tool-call') continue
    const changed = change(call)
    if (changed !== call) editMessage(draft, place).parts[at] = changed
    return true
  }
  return false
}
