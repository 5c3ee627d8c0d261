// Rows of the list layout (RPUSH + doorbell). Only chunks of text carry a `sequence`;
// reasoning is not written at all in this format.
import { finishReason, rowOf } from './suna-dialect.ts'
import type { SunaCall, SunaDialect, SunaEnd, SunaRow, SunaTurn } from './suna-dialect.ts'

const status = (turn: SunaTurn, id: string | null, content: SunaRow, metadata?: SunaRow): SunaRow =>
  rowOf({ turn, id, type: 'status', llm: id === null, content, metadata })

const toolStatus = (call: SunaCall, word: string, message: string): SunaRow => ({
  role: 'assistant',
  status_type: word,
  function_name: call.name,
  xml_tag_name: call.name.replaceAll('_', '-'),
  message,
  tool_index: call.index,
  tool_call_id: call.id,
})

const streamed = (turn: SunaTurn, call: SunaCall, delta: string): SunaRow =>
  status(turn, null, {
    role: 'assistant',
    status_type: 'tool_call_chunk',
    tool_call_chunk: {
      id: call.id,
      index: call.index,
      type: 'function',
      function: { name: call.name, arguments: delta },
    },
  })

function complete(turn: SunaTurn, id: string): SunaRow {
  const calls = turn.calls.map(({ id: callId, name, args }) => ({
    id: callId,
    type: 'function',
    function: { name, arguments: args },
  }))
  const content = { role: 'assistant', content: turn.text, tool_calls: calls.length ? calls : null }
  const metadata = { thread_run_id: turn.runId, stream_status: 'complete' }
  return rowOf({ turn, id, type: 'assistant', llm: true, content, metadata })
}

function result(turn: SunaTurn, call: SunaCall, content: string, nextId: () => string): SunaRow[] {
  const id = nextId()
  const done = toolStatus(call, 'tool_completed', `Tool ${call.name} completed successfully`)
  const linked = { thread_run_id: turn.runId, linked_tool_result_message_id: id }
  const answer = { role: 'tool', tool_call_id: call.id, name: call.name, content }
  const metadata = { assistant_message_id: turn.completeId }
  return [
    status(turn, nextId(), done, linked),
    rowOf({ turn, id, type: 'tool', llm: true, content: answer, metadata }),
  ]
}

function runEnd({ status, message }: SunaEnd): SunaRow[] {
  if (status === 'completed') {
    return [{ type: 'status', status, message: 'Agent run completed successfully' }]
  }
  if (status === 'stopped') return [{ type: 'status', status, message: 'Agent run stopped' }]
  return [{ type: 'status', status: 'error', message: message ?? 'Error running thread' }]
}

/** Rows of the `suna-list` layout. */
export const sunaListDialect: SunaDialect = {
  // The worker of this layout names every turn anew.
  turnRunId: (runId, turn) => `${runId}-${turn}`,
  runStart: () => [],
  turnStart: (turn, nextId) => [
    status(turn, nextId(), { status_type: 'thread_run_start', thread_run_id: turn.runId }),
    status(turn, nextId(), { status_type: 'assistant_response_start' }),
  ],
  text(turn, delta) {
    const content = { role: 'assistant', content: delta }
    const metadata = { stream_status: 'chunk', thread_run_id: turn.runId }
    const parts = { turn, id: null, type: 'assistant', llm: true, content, metadata }
    return [rowOf({ ...parts, sequenced: true })]
  },
  reasoning: () => [],
  callDelta: (turn, call, delta) => [streamed(turn, call, delta)],
  complete: (turn, id) => [complete(turn, id)],
  callStarted: (turn, call, id) => [
    status(turn, id, toolStatus(call, 'tool_started', `Starting execution of ${call.name}`)),
  ],
  callResult: result,
  turnEnd: (turn, nextId) => [
    status(turn, nextId(), { status_type: 'finish', finish_reason: finishReason(turn) }),
    status(turn, nextId(), { status_type: 'thread_run_end' }),
  ],
  runEnd,
}
