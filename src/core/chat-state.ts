// The pure function that folds events into messages.
// The invariants: the input is never written to, what events did not touch keeps its identity, and a call
// costs the messages it touches plus one shallow copy of the list, never the length of the text.
import { closeDraft, editMessages, editOrAppend, openDraft, placeOf } from './chat-draft.ts'
import type { ChatDraft } from './chat-draft.ts'
import { addResult, beginCall, endCall, growArgs } from './chat-calls.ts'
import { isUndelivered } from './chat-local.ts'
import { addData, endAll, endText, growText, replaceMessage } from './chat-parts.ts'
import type { ChatMessage, ChatRole, ChatState } from './chat-message.ts'
import type { AgentEvent, StateEvent, ToolEvent } from './events.ts'

type StepEvent = Extract<AgentEvent, { stepName: string }>

/** State before the first event. @param messages history to go on from, default none */
export function initialChatState(messages: readonly ChatMessage[] = []): ChatState {
  return { messages, runId: null }
}

/** How long things may get, and who hears that they were. */
export interface ChatLimits {
  /** Longest text of a message, and longest arguments of a call, in characters; what is beyond is left out. */
  readonly maxChars: number
  /** Told of every message or call of which something is left out, each time. */
  readonly onFull: (id: string) => void
}

const NO_LIMITS: ChatLimits = { maxChars: Infinity, onFull() {} }

/** Folds events into the state. Returns `state` itself when they change nothing. */
export function reduceChat(
  state: ChatState,
  events: readonly AgentEvent[],
  { maxChars, onFull }: ChatLimits = NO_LIMITS,
): ChatState {
  const draft = openDraft(state, maxChars)
  for (const event of events) apply(draft, event)
  draft.full.forEach(onFull)
  return closeDraft(draft, state)
}

function apply(draft: ChatDraft, event: AgentEvent): void {
  switch (event.type) {
    case 'RUN_STARTED':
      draft.runId = event.runId ?? draft.runId
      return
    case 'RUN_FINISHED':
    case 'RUN_ERROR':
      return endAll(draft)
    case 'TEXT_MESSAGE_START':
      return begin(draft, event.messageId, event.role)
    case 'TEXT_MESSAGE_CONTENT':
      return growText(draft, event.messageId, 'text', event.delta)
    case 'TEXT_MESSAGE_END':
      return endText(draft, event.messageId, 'text')
    case 'REASONING_MESSAGE_START':
      return begin(draft, event.messageId)
    case 'REASONING_MESSAGE_CONTENT':
      return growText(draft, event.messageId, 'reasoning', event.delta)
    case 'REASONING_MESSAGE_END':
      return endText(draft, event.messageId, 'reasoning')
    default:
      return applyRest(draft, event)
  }
}

function applyRest(draft: ChatDraft, event: ToolEvent | StateEvent | StepEvent): void {
  switch (event.type) {
    case 'TOOL_CALL_START':
      return beginCall(draft, event.toolCallId, event.toolCallName, event.parentMessageId)
    case 'TOOL_CALL_ARGS':
      return growArgs(draft, event.toolCallId, event.delta)
    case 'TOOL_CALL_END':
      return endCall(draft, event.toolCallId)
    case 'TOOL_CALL_RESULT':
      return addResult(draft, event.messageId, event.toolCallId, event.content)
    case 'MESSAGES_SNAPSHOT':
      return replaceAll(draft, event.messages)
    case 'MESSAGE_SNAPSHOT':
      return replaceMessage(draft, event.message, event.replaces ?? event.message.id)
    case 'CUSTOM':
      return addData(draft, event.name, event.value)
    case 'STEP_STARTED':
    case 'STEP_FINISHED':
    case 'STATE_SNAPSHOT':
    case 'STATE_DELTA':
      return
    default:
      event satisfies never
  }
}

// A message that is known already is left alone: a resume may tell of its beginning again.
// One that this side made up itself makes way for the agent's own.
function begin(draft: ChatDraft, messageId: string, role: ChatRole = 'assistant'): void {
  const place = placeOf(draft, messageId)
  if (place < 0) editOrAppend(draft, messageId, role)
  else if (draft.messages[place]?.delivery !== undefined) {
    editMessages(draft)[place] = { id: messageId, role, runId: draft.runId, parts: [], text: '' }
  }
}

// A snapshot is all that the agent knows; what it does not have yet stays behind it.
function replaceAll(draft: ChatDraft, messages: readonly ChatMessage[]): void {
  const ids = new Set(messages.map(({ id }) => id))
  const kept = draft.messages.filter((one) => isUndelivered(one) && !ids.has(one.id))
  draft.messages = kept.length === 0 ? messages : [...messages, ...kept]
}
