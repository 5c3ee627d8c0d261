// Suna / Kortix, both of its formats: rows with JSON inside JSON, bare statuses, and flat telemetry.
// Only a bare terminal status ends a run; `type: error`, `finish` and `thread_run_end` end nothing.
import type { ChatRole } from '../core/chat-state.ts'
import type { AgentEvent } from '../core/events.ts'
import type { Decoded, Frame, Protocol } from '../core/protocol.ts'
import { endReasonOf } from '../wire/terminal.ts'
import { decoded, fail, type Fields, isObject, malformed } from './fields.ts'
import { maybeText, parseObject, textOf } from './fields.ts'
import { isEnveloped, openEnvelope, type SunaEnvelope } from './suna-envelope.ts'
import { finalMessage, toolResult } from './suna-message.ts'
import {
  callDelta,
  chunkEvents,
  isOfRun,
  namedCallDelta,
  type SunaMemory,
  turnOf,
} from './suna-turn.ts'

/** Options of {@link suna}. */
export interface SunaOptions {
  /** Types of a fork's own events that should pass through as CUSTOM. @default [] */
  readonly customTypes?: readonly string[] | undefined
}

// Telemetry and news of the run. They say nothing of the chat and pass through by their own name.
const CUSTOM_TYPES: readonly string[] = [
  'ack',
  'estimate',
  'prep_stage',
  'thinking',
  'degradation',
  'timing',
  'llm_ttft',
  'context_usage',
  'summarizing context',
  'tool_output_stream',
  'error',
]

// Marks of where a turn begins and ends, which have nothing to show.
const STEPS: ReadonlyMap<string, AgentEvent> = new Map([
  ['assistant_response_start', { type: 'STEP_STARTED', stepName: 'assistant_response' }],
  ['assistant_response_end', { type: 'STEP_FINISHED', stepName: 'assistant_response' }],
  ['llm_response_start', { type: 'STEP_STARTED', stepName: 'llm_response' }],
  ['llm_response_end', { type: 'STEP_FINISHED', stepName: 'llm_response' }],
  ['thread_run_end', { type: 'STEP_FINISHED', stepName: 'thread_run' }],
])

/**
 * Suna, from its list or its stream, behind the relay or at its own endpoint. Resumes by cursor.
 * @example createAgentStream({ url, protocol: suna() })
 */
export function suna(options: SunaOptions = {}): Protocol {
  const customTypes = new Set([...CUSTOM_TYPES, ...(options.customTypes ?? [])])
  return {
    name: 'suna',
    resume: 'cursor',
    start: (): SunaMemory => ({ frames: 0, turn: null }),
    cursor: cursorOf,
    decode(frame, memory) {
      try {
        return decode(frame, memory as SunaMemory, customTypes)
      } catch (error) {
        return malformed(error)
      }
    },
  }
}

// Suna's own endpoint sends no `id:`; later versions write the id of the log into the JSON.
function cursorOf({ id, data }: Frame): string | undefined {
  if (id !== undefined || !data.includes('"_event_id"')) return id
  try {
    return maybeText(parseObject(data, 'data')['_event_id'])
  } catch {
    return undefined
  }
}

function decode(frame: Frame, memory: SunaMemory, customTypes: ReadonlySet<string>): Decoded {
  const count = memory.frames++
  const row = parseObject(frame.data, 'data')
  const type = textOf(row, 'type', 'the event')
  const position = frame.id ?? maybeText(row['_event_id']) ?? String(count)
  switch (type) {
    case 'ping':
      return decoded()
    case 'status':
      return decoded(...(isEnveloped(row) ? statusEvents(row, memory, position) : bareStatus(row)))
    case 'assistant':
      return decoded(...assistantEvents(openEnvelope(type, row), memory, position))
    case 'reasoning':
      return decoded(...reasoningEvents(openEnvelope(type, row), memory, position))
    case 'tool':
      return decoded(toolResult(openEnvelope(type, row), position))
    case 'user':
      return decoded(snapshot(openEnvelope(type, row), `user:${position}`, type))
    default:
      return otherEvent(type, row, customTypes)
  }
}

function bareStatus(row: Fields): AgentEvent[] {
  const status = textOf(row, 'status', 'a bare status')
  const reason = endReasonOf(row)
  if (reason === null) return [{ type: 'CUSTOM', name: 'status', value: row }]
  if (reason === 'failed') {
    return [{ type: 'RUN_ERROR', message: maybeText(row['message']) ?? status }]
  }
  return [{ type: 'RUN_FINISHED', reason }]
}

function statusEvents(row: Fields, memory: SunaMemory, position: string): AgentEvent[] {
  const envelope = openEnvelope('status', row)
  const { content, runId } = envelope
  const statusType = textOf(content, 'status_type', 'content')
  if (statusType === 'thread_run_start') return [{ type: 'RUN_STARTED', runId: runId ?? undefined }]
  if (statusType === 'tool_call_chunk') {
    const delta = content['tool_call_chunk']
    if (!isObject(delta)) return fail('tool_call_chunk of content to be an object', delta)
    return callDelta(turnOf(memory, envelope, position), delta)
  }
  const value =
    STEPS.get(statusType) ?? ({ type: 'CUSTOM', name: statusType, value: content } as const)
  const toolCallId = maybeText(content['tool_call_id'])
  const ends = statusType === 'tool_started' && toolCallId !== undefined
  return ends ? [{ type: 'TOOL_CALL_END', toolCallId }, value] : [value]
}

function assistantEvents(row: SunaEnvelope, memory: SunaMemory, position: string): AgentEvent[] {
  const { type, content, metadata, messageId } = row
  const status = metadata['stream_status']
  if (status === 'complete' || (status === undefined && messageId !== null)) {
    return [completeTurn(row, memory, position)]
  }
  const turn = turnOf(memory, row, position)
  const calls = Array.isArray(metadata['tool_calls']) ? metadata['tool_calls'] : []
  const silent = content['content'] === null || (calls.length > 0 && !('content' in content))
  return [
    ...chunkEvents(turn, 'TEXT_MESSAGE_CONTENT', silent ? '' : textOf(content, 'content', type)),
    ...calls.filter(isObject).flatMap((call) => namedCallDelta(turn, call)),
  ]
}

// What is complete is the truth: it takes the place of the chunks, whatever these had added up to.
function completeTurn(row: SunaEnvelope, memory: SunaMemory, position: string): AgentEvent {
  const { turn } = memory
  const event = snapshot(row, `turn:${position}`, 'assistant')
  if (turn === null || !isOfRun(turn, row.runId)) return event
  memory.turn = null
  return { ...event, replaces: turn.id }
}

function reasoningEvents(row: SunaEnvelope, memory: SunaMemory, position: string): AgentEvent[] {
  const delta = textOf(row.content, 'reasoning_content', 'content')
  return chunkEvents(turnOf(memory, row, position), 'REASONING_MESSAGE_CONTENT', delta)
}

function snapshot(row: SunaEnvelope, id: string, role: ChatRole) {
  return {
    type: 'MESSAGE_SNAPSHOT',
    message: finalMessage(row, row.messageId ?? id, role),
  } as const
}

function otherEvent(type: string, row: Fields, customTypes: ReadonlySet<string>): Decoded {
  const step = STEPS.get(type)
  if (step !== undefined) return decoded(step)
  if (!customTypes.has(type)) return { kind: 'unknown', type }
  const value = isEnveloped(row) ? openEnvelope(type, row).content : row
  return decoded({ type: 'CUSTOM', name: type, value })
}
