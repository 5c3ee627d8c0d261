// What AI SDK's `reset-step` asks for: to take back all that the step under way has added to the messages.
// Events can only add, so the messages are folded once more, up to the step, and told again in that shape.
import { initialChatState, reduceChat } from '../core/chat-state.ts'
import type { AgentEvent } from '../core/events.ts'

/** What the steps of a run add to its messages; the deltas of one part are one event. */
export interface Steps {
  readonly before: AgentEvent[]
  /** Events of the step under way. */
  now: AgentEvent[]
}

/** No step yet. */
export const noSteps = (): Steps => ({ before: [], now: [] })

/** Notes what the step adds. Data is left out: it stays, as it does whenever a message is told anew. */
export function noteStep({ now }: Steps, news: readonly AgentEvent[]): void {
  for (const event of news) {
    const longer = lengthened(now.at(-1), event)
    if (longer !== null) now[now.length - 1] = longer
    else if ('messageId' in event || 'toolCallId' in event) now.push(event)
  }
}

/** A step begins: what was said before it stays. */
export function beginStep(steps: Steps): void {
  for (const event of steps.now) steps.before.push(event)
  steps.now = []
}

/** Takes the step back: every message that it changed, as it stood before. */
export function resetStep(steps: Steps): AgentEvent[] {
  const kept = reduceChat(initialChatState(), steps.before)
  const { messages } = reduceChat(kept, steps.now)
  const before = new Map(kept.messages.map((message) => [message.id, message]))
  steps.now = []
  return messages
    .filter((message) => before.get(message.id) !== message)
    .map((message) => ({
      type: 'MESSAGE_SNAPSHOT',
      message: before.get(message.id) ?? { ...message, parts: [], text: '' },
    }))
}

// A string that only grows costs little to lengthen; a list of deltas would cost an object each.
function lengthened(last: AgentEvent | undefined, next: AgentEvent): AgentEvent | null {
  switch (next.type) {
    case 'TEXT_MESSAGE_CONTENT':
    case 'REASONING_MESSAGE_CONTENT':
      return last?.type === next.type && last.messageId === next.messageId
        ? { ...last, delta: last.delta + next.delta }
        : null
    case 'TOOL_CALL_ARGS':
      return last?.type === next.type && last.toolCallId === next.toolCallId
        ? { ...last, delta: last.delta + next.delta }
        : null
    default:
      return null
  }
}
