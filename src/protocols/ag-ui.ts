// The default protocol: AG-UI's open event vocabulary, one JSON event per frame.
// A table says what each event needs; only these fields are kept, so that an event's `rawEvent` can go.
// @see https://docs.ag-ui.com/concepts/events
import type { AgentEvent } from '../core/events.ts'
import type { Decoded, Frame, Protocol } from '../core/protocol.ts'
import { type AgUiMemory, spellOut } from './ag-ui-chunks.ts'
import { chatMessages, resultText, roleOf } from './ag-ui-messages.ts'
import { type Fields, maybeText, parseObject, textOf } from './fields.ts'

const CONTENT = 'messageId delta'
const RUN = 'runId'
const STEP = 'stepName'

// Fields by event. All of them are needed text but the ones in READ.
const FIELDS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    TEXT_MESSAGE_START: 'messageId role',
    TEXT_MESSAGE_CONTENT: CONTENT,
    TEXT_MESSAGE_END: 'messageId',
    REASONING_MESSAGE_START: 'messageId',
    REASONING_MESSAGE_CONTENT: CONTENT,
    REASONING_MESSAGE_END: 'messageId',
    TOOL_CALL_START: 'toolCallId toolCallName parentMessageId',
    TOOL_CALL_ARGS: 'toolCallId delta',
    TOOL_CALL_END: 'toolCallId',
    TOOL_CALL_RESULT: 'messageId toolCallId content',
    RUN_STARTED: RUN,
    RUN_FINISHED: RUN,
    RUN_ERROR: 'message code',
    STEP_STARTED: STEP,
    STEP_FINISHED: STEP,
    STATE_SNAPSHOT: 'snapshot',
    MESSAGES_SNAPSHOT: 'messages',
    CUSTOM: 'name value',
  }).map(([type, names]) => [type, names.split(' ')]),
)

const anything = (value: unknown): unknown => value

const READ: Readonly<Record<string, (value: unknown) => unknown>> = {
  role: roleOf,
  parentMessageId: maybeText,
  runId: maybeText,
  code: maybeText,
  snapshot: anything,
  value: anything,
  messages: chatMessages,
  content: resultText,
}

/** AG-UI. Resumes by cursor. */
export const agUi: Protocol = {
  name: 'ag-ui',
  resume: 'cursor',
  start: (run): AgUiMemory => ({ run, thoughts: 0 }),
  decode: (frame, memory) => decode(frame, memory as AgUiMemory),
}

function decode(frame: Frame, memory: AgUiMemory): Decoded {
  const fields = parseObject(frame.data, 'data')
  const type = textOf(fields, 'type', 'the event')
  const event = eventOf(type, fields)
  if (event !== undefined) return { kind: 'events', events: [event] }
  const plain = spellOut(type, fields, frame, memory)
  if (plain === undefined) return { kind: 'unknown', type }
  return { kind: 'events', events: plain.flatMap((one) => eventOf(...one) ?? []) }
}

function eventOf(type: string, fields: Fields): AgentEvent | undefined {
  if (type === 'STATE_DELTA') return { type, delta: fields['delta'] }
  const names = FIELDS.get(type)
  if (names === undefined) return undefined
  const event: Record<string, unknown> = { type }
  for (const name of names) {
    event[name] = READ[name] ? READ[name](fields[name]) : textOf(fields, name, type)
  }
  const outcome = fields['outcome'] as Fields | null | undefined
  if (outcome?.['type'] === 'cancelled') event['reason'] = 'stopped'
  return event as unknown as AgentEvent
}
