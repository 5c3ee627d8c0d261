// Suna's statuses, bare and in envelopes: how runs, turns and tools begin and end.
import type { AgentEvent } from '../core/events.ts'
import { endReasonOf } from '../wire/terminal.ts'
import { fail, type Fields, isObject, maybeText, textOf } from './fields.ts'
import { openEnvelope } from './suna-envelope.ts'
import { callDelta, type SunaMemory, turnOf } from './suna-turn.ts'

/** Marks of where a turn begins and ends, as statuses or as types: they have nothing to show. */
export const STEPS: ReadonlyMap<string, AgentEvent> = new Map([
  ['assistant_response_start', { type: 'STEP_STARTED', stepName: 'assistant_response' }],
  ['assistant_response_end', { type: 'STEP_FINISHED', stepName: 'assistant_response' }],
  ['llm_response_start', { type: 'STEP_STARTED', stepName: 'llm_response' }],
  ['llm_response_end', { type: 'STEP_FINISHED', stepName: 'llm_response' }],
  ['thread_run_end', { type: 'STEP_FINISHED', stepName: 'thread_run' }],
])

/** A status without an envelope: the only thing in Suna that ends a run. */
export function bareStatus(row: Fields): AgentEvent[] {
  const status = textOf(row, 'status', 'a bare status')
  const reason = endReasonOf(row)
  if (reason === null) return [{ type: 'CUSTOM', name: 'status', value: row }]
  if (reason === 'failed') {
    return [{ type: 'RUN_ERROR', message: maybeText(row['message']) ?? status }]
  }
  return [{ type: 'RUN_FINISHED', reason }]
}

/** A status in an envelope; it ends nothing. */
export function statusEvents(row: Fields, memory: SunaMemory, position: string): AgentEvent[] {
  const envelope = openEnvelope('status', row)
  const { content, runId } = envelope
  const statusType = textOf(content, 'status_type', 'content')
  if (statusType === 'thread_run_start') return [{ type: 'RUN_STARTED', runId: runId ?? undefined }]
  if (statusType === 'tool_call_chunk') {
    const delta = content['tool_call_chunk']
    if (!isObject(delta)) {
      return fail('tool_call_chunk of content to be an object', delta)
    }
    return callDelta(turnOf(memory, envelope, position), delta)
  }
  const value =
    STEPS.get(statusType) ?? ({ type: 'CUSTOM', name: statusType, value: content } as const)
  const toolCallId = maybeText(content['tool_call_id'])
  const ends = statusType === 'tool_started' && toolCallId !== undefined
  return ends ? [{ type: 'TOOL_CALL_END', toolCallId }, value] : [value]
}
