// Suna / Kortix, both of its formats: rows with JSON inside JSON, bare statuses, and flat telemetry.
// Only a bare terminal status ends a run; `type: error`, `finish` and `thread_run_end` end nothing.
import type { ChatRole } from '../core/chat-message.ts'
import type { AgentEvent } from '../core/events.ts'
import type { Decoded, Frame, Protocol } from '../core/protocol.ts'
import { decoded, type Fields, isObject, maybeText, parseObject, textOf } from './fields.ts'
import { isEnveloped, openEnvelope, type SunaEnvelope } from './suna-envelope.ts'
import { finalMessage, toolResult } from './suna-message.ts'
import { bareStatus, statusEvents, STEPS } from './suna-status.ts'
import {
  chunkEvents,
  isOfRun,
  namedCallDelta,
  nextPosition,
  type SunaMemory,
  turnOf,
} from './suna-turn.ts'

/** Options of {@link suna}. */
export interface SunaOptions {
  /** Types of a fork's own events that should pass through as CUSTOM. @default [] */
  readonly customTypes?: readonly string[] | undefined
  /** Where the stream is read: behind the relay, or at Suna's own endpoint, which calls the cursor `last_id`. @default 'relay' */
  readonly endpoint?: 'relay' | 'own' | undefined
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

/**
 * Suna, from its list or its stream, behind the relay or at its own endpoint. Resumes by cursor; where events have
 * none, as at the list's own endpoint, from the start.
 * @example createAgentStream({ url, protocol: suna() })
 * @example createAgentStream({ url: '/api/agent-run/r1/stream', protocol: suna({ endpoint: 'own' }) })
 */
export function suna(options: SunaOptions = {}): Protocol {
  const customTypes = new Set([...CUSTOM_TYPES, ...(options.customTypes ?? [])])
  return {
    name: 'suna',
    resume: 'from-start',
    afterParam: options.endpoint === 'own' ? 'last_id' : undefined,
    start: (run): SunaMemory => ({ run, frames: 0, turn: null }),
    cursor: cursorOf,
    decode: (frame, memory) => decode(frame, memory as SunaMemory, customTypes),
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
  const row = parseObject(frame.data, 'data')
  const type = textOf(row, 'type', 'the event')
  if (type === 'ping') return decoded()
  const count = nextPosition(memory)
  const position = frame.id ?? maybeText(row['_event_id']) ?? count
  switch (type) {
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
