// Rows of the stream layout (XADD, field `data`). Text, reasoning, tool deltas, `complete` and tool
// results all take a `sequence`, so text alone has gaps in it.
import { finishReason, rowOf } from './suna-dialect.ts'
import type { RowParts, SunaCall, SunaDialect, SunaEnd, SunaRow, SunaTurn } from './suna-dialect.ts'
import type { JsonValue } from './python-json.ts'

const NO_AGENT = { agent_id: null, agent_version_id: null, created_by_user_id: null }

const chunk = (turn: SunaTurn, type: string, content: SunaRow, metadata: SunaRow): SunaRow =>
  rowOf({ turn, id: null, type, llm: true, content, metadata, sequenced: true })

// Rows that Suna has saved first name the agent that they belong to.
const saved = (parts: RowParts): SunaRow => ({ ...rowOf(parts), ...NO_AGENT })

const status = (turn: SunaTurn, id: string, content: SunaRow, metadata?: SunaRow): SunaRow =>
  saved({ turn, id, type: 'status', llm: false, content, metadata })

const toolStatus = (call: SunaCall, word: string): SunaRow => ({
  tool_index: call.index,
  status_type: word,
  tool_call_id: call.id,
  function_name: call.name,
})

function streamed(turn: SunaTurn, call: SunaCall, delta: string): SunaRow {
  const streamedCall = {
    tool_call_id: call.id,
    function_name: call.name,
    arguments_delta: delta,
    is_delta: true,
    source: 'native',
  }
  const metadata = {
    thread_run_id: turn.runId,
    stream_status: 'tool_call_chunk',
    tool_calls: [streamedCall],
  }
  return chunk(turn, 'assistant', { role: 'assistant', content: '' }, metadata)
}

function complete(turn: SunaTurn, id: string): SunaRow {
  const content = {
    role: 'assistant',
    content: turn.text,
    ...(turn.calls.length > 0 && { tool_calls: turn.calls.map(asCalled) }),
  }
  const metadata = {
    text_content: turn.text,
    thread_run_id: turn.runId,
    stream_status: 'complete',
    ...(turn.calls.length > 0 && { tool_calls: turn.calls.map(asUnderstood) }),
  }
  return saved({ turn, id, type: 'assistant', llm: true, content, metadata, sequenced: true })
}

const asCalled = ({ id, name, args }: SunaCall): SunaRow => ({
  id,
  type: 'function',
  function: { name, arguments: args },
})

const asUnderstood = ({ id, name, args }: SunaCall): SunaRow => ({
  source: 'native',
  arguments: parsed(args),
  tool_call_id: id,
  function_name: name,
  _original_function_name: null,
})

function result(turn: SunaTurn, call: SunaCall, content: string, nextId: () => string): SunaRow[] {
  const id = nextId()
  const answer = { name: call.name, role: 'tool', content, tool_call_id: call.id }
  const metadata = {
    result: { error: null, output: parsed(content), success: true },
    tool_call_id: call.id,
    function_name: call.name,
    return_format: 'native',
    assistant_message_id: turn.completeId,
  }
  const linked = { thread_run_id: turn.runId, linked_tool_result_message_id: id }
  return [
    saved({ turn, id, type: 'tool', llm: true, content: answer, metadata, sequenced: true }),
    status(turn, nextId(), toolStatus(call, 'tool_completed'), linked),
  ]
}

// What is not JSON stays the text it is.
function parsed(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    return text
  }
}

function turnStart(turn: SunaTurn, nextId: () => string): SunaRow[] {
  const response = {
    llm_response_id: nextId(),
    auto_continue_count: 0,
    model: 'framewise/synthetic',
  }
  const metadata = { thread_run_id: turn.runId, llm_response_id: response.llm_response_id }
  const content = { ...response, timestamp: '' }
  const started = { status_type: 'thread_run_start' }
  return [
    rowOf({ turn, id: null, type: 'status', llm: false, content: started }),
    rowOf({ turn, id: null, type: 'llm_response_start', llm: false, content, metadata }),
  ]
}

function turnEnd(turn: SunaTurn, nextId: () => string): SunaRow[] {
  const finish = {
    status_type: 'finish',
    finish_reason: finishReason(turn),
    tools_executed: turn.calls.length > 0,
  }
  return [
    status(turn, nextId(), finish),
    { type: 'llm_response_end', timestamp: '', thread_run_id: turn.runId },
  ]
}

function runEnd({ status, message = 'The run failed' }: SunaEnd): SunaRow[] {
  if (status === 'failed') {
    return [
      { type: 'error', error: message, error_code: 'RUN_FAILED' },
      { type: 'status', status, message },
    ]
  }
  const words = status === 'completed' ? 'Completed successfully' : 'Cancelled'
  return [{ type: 'status', status, message: words }]
}

/** Rows of the `suna-stream` layout. */
export const sunaStreamDialect: SunaDialect = {
  turnRunId: (runId) => runId,
  runStart: () => [{ type: 'status', status: 'initializing', message: 'Starting execution...' }],
  turnStart,
  text: (turn, delta) => {
    const metadata = { stream_status: 'chunk', thread_run_id: turn.runId }
    return [chunk(turn, 'assistant', { role: 'assistant', content: delta }, metadata)]
  },
  reasoning: (turn, delta) => {
    const metadata = { stream_status: 'reasoning_chunk', thread_run_id: turn.runId }
    return [chunk(turn, 'reasoning', { reasoning_content: delta }, metadata)]
  },
  callDelta: (turn, call, delta) => [streamed(turn, call, delta)],
  complete: (turn, id) => [complete(turn, id)],
  callStarted: (turn, call, id) => [status(turn, id, toolStatus(call, 'tool_started'))],
  callResult: result,
  turnEnd,
  runEnd,
}
