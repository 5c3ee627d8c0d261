// Arbitrary events for property tests: few ids, so that events meet; some empty deltas, some unknown ids.
import fc from 'fast-check'
import type { ChatMessage } from '../../src/core/chat-message.ts'
import type { AgentEvent } from '../../src/core/events.ts'

const messageId = fc.constantFrom('m1', 'm2', 'm3')
const toolCallId = fc.constantFrom('c1', 'c2')
const delta = fc.constantFrom('', 'a', 'bc', ' d\n', 'é👍')

/** A user's message, as a history holds it. */
export const userMessage = (id: string, text: string): ChatMessage => ({
  id,
  role: 'user',
  runId: null,
  parts: [{ id: `${id}:0`, type: 'text', text, state: 'done' }],
  text,
})

const snapshot: fc.Arbitrary<AgentEvent> = fc
  .record({ id: messageId, text: delta, replaces: fc.option(messageId, { nil: undefined }) })
  .map(({ id, text, replaces }) => ({
    type: 'MESSAGE_SNAPSHOT',
    message: { ...userMessage(id, text), role: 'assistant' },
    replaces,
  }))

/** Deltas only, of three messages and two calls. */
export const anyDelta: fc.Arbitrary<AgentEvent> = fc.oneof(
  fc.record({ type: fc.constant('TEXT_MESSAGE_CONTENT' as const), messageId, delta }),
  fc.record({ type: fc.constant('REASONING_MESSAGE_CONTENT' as const), messageId, delta }),
  fc.record({ type: fc.constant('TOOL_CALL_ARGS' as const), toolCallId, delta }),
)

/** Everything that is no delta. */
export const anyBarrier: fc.Arbitrary<AgentEvent> = fc.oneof(
  fc.record({
    type: fc.constantFrom('TEXT_MESSAGE_END' as const, 'REASONING_MESSAGE_START' as const),
    messageId,
  }),
  fc.record({ type: fc.constantFrom('TEXT_MESSAGE_START' as const), messageId }),
  fc.record({ type: fc.constant('REASONING_MESSAGE_END' as const), messageId }),
  fc.record({
    type: fc.constant('TOOL_CALL_START' as const),
    toolCallId,
    toolCallName: fc.constantFrom('search', ''),
    parentMessageId: fc.option(messageId, { nil: undefined }),
  }),
  fc.record({ type: fc.constant('TOOL_CALL_END' as const), toolCallId }),
  fc.record({
    type: fc.constant('TOOL_CALL_RESULT' as const),
    messageId: fc.constantFrom('r1', 'm1'),
    toolCallId,
    content: delta,
  }),
  fc.record({
    type: fc.constant('RUN_STARTED' as const),
    runId: fc.option(fc.constantFrom('run1', 'run2'), { nil: undefined }),
  }),
  fc.constantFrom<AgentEvent>(
    { type: 'RUN_FINISHED' },
    { type: 'RUN_ERROR', message: 'broke' },
    { type: 'STEP_STARTED', stepName: 's' },
    { type: 'STATE_DELTA', delta: 'not text of a part' },
    { type: 'CUSTOM', name: 'ack', value: 1 },
    { type: 'MESSAGES_SNAPSHOT', messages: [userMessage('u1', 'Hi')] },
  ),
  snapshot,
)

/** Any stretch of a stream, with long runs of deltas in it. */
export const anyEvents: fc.Arbitrary<AgentEvent[]> = fc.array(
  fc.oneof({ weight: 3, arbitrary: anyDelta }, { weight: 2, arbitrary: anyBarrier }),
  { maxLength: 40, size: 'max' },
)
