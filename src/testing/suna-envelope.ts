// Tells an agent run in Suna's own envelopes: one turn for each call of its model, every turn
// streamed in chunks and then repeated whole by its `complete` row, tools after that.
// What the format has no place for (state, snapshots, custom events, users' text) is left out.
import type { AgentEvent } from '../core/events.ts'
import { pythonJson } from './python-json.ts'
import type { JsonValue } from './python-json.ts'
import type { SunaDialect, SunaLayout, SunaRow } from './suna-dialect.ts'
import { sunaListDialect } from './suna-list-dialect.ts'
import { sunaStreamDialect } from './suna-stream-dialect.ts'
import { createSunaTurns } from './suna-turns.ts'
import type { SunaTurns } from './suna-turns.ts'

export type { SunaLayout, SunaRow } from './suna-dialect.ts'

/** Which run to tell, and how. */
export interface SunaEnvelopeOptions {
  /** Which of the two formats. */
  readonly layout: SunaLayout
  /** Names the run and, with a number after it, its rows. @default 'run' */
  readonly runId?: string | undefined
  /** @default 'thread' */
  readonly threadId?: string | undefined
}

/** Tells events one by one. */
export interface SunaEncoder {
  /** The rows that one event makes: none, one or several. */
  encode(event: AgentEvent): readonly SunaRow[]
}

/** Rows of a whole run, in order. */
export function sunaRows(
  events: readonly AgentEvent[],
  options: SunaEnvelopeOptions,
): readonly SunaRow[] {
  const encoder = createSunaEncoder(options)
  return events.flatMap((event) => encoder.encode(event))
}

/** Makes an encoder for one run. */
export function createSunaEncoder(options: SunaEnvelopeOptions): SunaEncoder {
  const { layout, runId = 'run', threadId = 'thread' } = options
  const dialect: SunaDialect = layout === 'suna-list' ? sunaListDialect : sunaStreamDialect
  const turns = createSunaTurns({ dialect, runId, threadId })
  const others = new Set<string>()
  return {
    encode(event) {
      switch (event.type) {
        case 'RUN_STARTED':
          return dialect.runStart()
        case 'RUN_FINISHED':
          return [...turns.end(), ...dialect.runEnd({ status: event.reason ?? 'completed' })]
        case 'RUN_ERROR':
          return dialect.runEnd({ status: 'failed', message: event.message })
        case 'TEXT_MESSAGE_START':
          if ((event.role ?? 'assistant') !== 'assistant') others.add(event.messageId)
          return []
        default:
          return 'messageId' in event && others.has(event.messageId)
            ? []
            : encodeInTurn(event, turns, dialect)
      }
    },
  }
}

function encodeInTurn(event: AgentEvent, turns: SunaTurns, dialect: SunaDialect): SunaRow[] {
  switch (event.type) {
    case 'TEXT_MESSAGE_CONTENT':
      return turns.speaking(event.messageId, (turn) => {
        turn.text += event.delta
        return dialect.text(turn, event.delta)
      })
    case 'REASONING_MESSAGE_CONTENT':
      return turns.speaking(event.messageId, (turn) => dialect.reasoning(turn, event.delta))
    case 'TOOL_CALL_START':
      return turns.calling(event.parentMessageId, event.toolCallId, event.toolCallName)
    case 'TOOL_CALL_ARGS':
      return turns.called(event.toolCallId, (turn, call) => {
        call.args += event.delta
        return dialect.callDelta(turn, call, event.delta)
      })
    case 'TOOL_CALL_END':
      return turns.called(event.toolCallId, (turn, call) =>
        dialect.callStarted(turn, call, turns.nextId()),
      )
    case 'TOOL_CALL_RESULT':
      return turns.called(event.toolCallId, (turn, call) => [
        ...turns.complete(turn),
        ...dialect.callResult(turn, call, event.content, turns.nextId),
      ])
    default:
      return []
  }
}

/** How a row is written. */
export interface WriteRowOptions {
  /** Escape all but printable ASCII, as Python does unless told otherwise. @default false */
  readonly ascii?: boolean | undefined
}

/**
 * A row as it stands in Redis: JSON with Python's spacing, content and metadata as JSON within it.
 * @param at when it is written, in milliseconds since 1970
 */
export function writeSunaRow(row: SunaRow, at: number, options: WriteRowOptions = {}): string {
  const written: Record<string, JsonValue> = stamped(row, at)
  for (const field of ['content', 'metadata']) {
    const value = written[field]
    if (isRow(value)) written[field] = pythonJson(stamped(value, at), options)
  }
  return pythonJson(written, options)
}

const STAMPS = ['created_at', 'updated_at', 'timestamp'] as const

function stamped(row: SunaRow, at: number): Record<string, JsonValue> {
  const copy = { ...row }
  // Python gives microseconds and an offset.
  const stamp = new Date(at).toISOString().replace('Z', '000+00:00')
  for (const field of STAMPS) if (field in copy) copy[field] = stamp
  return copy
}

const isRow = (value: JsonValue | undefined): value is SunaRow =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
