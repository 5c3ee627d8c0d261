// The rows that Suna writes for each thing that happens, one dialect for each Redis layout.
// Fields, their order and their nesting follow what its workers put into Redis; content and metadata
// are still objects here and become JSON within JSON when a row is written.
import type { JsonValue } from './python-json.ts'

/** Which of the two formats in the field. */
export type SunaLayout = 'suna-list' | 'suna-stream'

/** One value of the log. Stamps (`created_at`, `updated_at`, `timestamp`) are set when it is written. */
export type SunaRow = { readonly [key: string]: JsonValue }

/** A tool call of one turn. */
export interface SunaCall {
  readonly id: string
  readonly name: string
  readonly index: number
  args: string
}

/** One call of the language model. */
export interface SunaTurn {
  readonly threadId: string
  /** `thread_run_id` of this turn. */
  readonly runId: string
  readonly calls: SunaCall[]
  text: string
  /** Next `sequence`; restarts at 0 with every turn. */
  sequence: number
  /** Id of the row that completes the turn; null while it streams. */
  completeId: string | null
}

/** Makes the rows of one layout. */
export interface SunaDialect {
  /** `thread_run_id` of the nth turn of a run. */
  turnRunId(runId: string, turn: number): string
  runStart(): SunaRow[]
  turnStart(turn: SunaTurn, nextId: () => string): SunaRow[]
  text(turn: SunaTurn, delta: string): SunaRow[]
  reasoning(turn: SunaTurn, delta: string): SunaRow[]
  callDelta(turn: SunaTurn, call: SunaCall, delta: string): SunaRow[]
  complete(turn: SunaTurn, id: string): SunaRow[]
  callStarted(turn: SunaTurn, call: SunaCall, id: string): SunaRow[]
  callResult(turn: SunaTurn, call: SunaCall, content: string, nextId: () => string): SunaRow[]
  turnEnd(turn: SunaTurn, nextId: () => string): SunaRow[]
  runEnd(end: SunaEnd): SunaRow[]
}

/** How a run ends. */
export interface SunaEnd {
  readonly status: 'completed' | 'stopped' | 'failed'
  /** What went wrong, for a failed run. */
  readonly message?: string | undefined
}

/** What of a row is not the same for all. */
export interface RowParts {
  readonly turn: SunaTurn
  readonly id: string | null
  readonly type: string
  /** Whether the row counts as the model's. */
  readonly llm: boolean
  readonly content: SunaRow
  readonly metadata?: SunaRow | undefined
  /** Takes the turn's next `sequence`. @default false */
  readonly sequenced?: boolean | undefined
}

/** Puts a row together in the order of fields that Suna writes. */
export function rowOf({ turn, id, type, llm, content, metadata, sequenced }: RowParts): SunaRow {
  return {
    ...(sequenced ? { sequence: turn.sequence++ } : {}),
    message_id: id,
    thread_id: turn.threadId,
    type,
    is_llm_message: llm,
    content,
    metadata: metadata ?? { thread_run_id: turn.runId },
    created_at: '',
    updated_at: '',
  }
}

/** Why the model stopped, in the words of its API. */
export function finishReason(turn: SunaTurn): string {
  return turn.calls.length > 0 ? 'tool_calls' : 'stop'
}
