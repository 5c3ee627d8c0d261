// Every line of the fixtures, one by one, with what it has to become.
import { describe, expect, it } from 'vitest'
import type { AgentEvent } from '../../src/core/events.ts'
import { suna } from '../../src/protocols/suna.ts'
import { eventsOf, fixtureLines, reading } from './streams.ts'

const custom = (name: string, value: object): AgentEvent[] => [
  { type: 'CUSTOM', name, value: expect.objectContaining(value) as unknown },
]

const chunk = (messageId: string, delta: string): AgentEvent[] => [
  { type: 'TEXT_MESSAGE_CONTENT', messageId, delta },
]

const failed = (message: string): AgentEvent[] => [{ type: 'RUN_ERROR', message }]

const LIST: readonly (readonly AgentEvent[])[] = [
  chunk('turn:1-0', 'Vou'),
  chunk('turn:1-0', ' abrir'),
  chunk('turn:1-0', ' o "site"\n'),
  [
    {
      type: 'MESSAGE_SNAPSHOT',
      replaces: 'turn:1-0',
      message: {
        id: 'm10',
        role: 'assistant',
        runId: 'r1',
        text: 'Vou abrir o "site"\n',
        parts: [{ id: 'm10:0', type: 'text', text: 'Vou abrir o "site"\n', state: 'done' }],
      },
    },
  ],
  [{ type: 'RUN_STARTED', runId: 'r1' }],
  [{ type: 'STEP_STARTED', stepName: 'assistant_response' }],
  custom('finish', { finish_reason: 'stop' }),
  custom('error', { message: 'LLM timeout' }),
  [{ type: 'STEP_FINISHED', stepName: 'thread_run' }],
  custom('tool_started', { function_name: 'web_search', tool_call_id: null }),
  custom('tool_completed', { function_name: 'web_search' }),
  custom('tool_completed', { function_name: 'ask' }),
  [
    {
      type: 'TOOL_CALL_START',
      toolCallId: 'call_1',
      toolCallName: 'web_search',
      parentMessageId: 'turn:1-12',
    },
    { type: 'TOOL_CALL_ARGS', toolCallId: 'call_1', delta: '{"que' },
  ],
  [
    {
      type: 'TOOL_CALL_RESULT',
      messageId: 'm8',
      toolCallId: 'm8',
      content: expect.stringContaining('"output": {"hits": 3}') as string,
    },
  ],
  [{ type: 'TOOL_CALL_RESULT', messageId: 'm11', toolCallId: 'call_1', content: '3 hits' }],
  [
    {
      type: 'TOOL_CALL_RESULT',
      messageId: 'm12',
      toolCallId: 'm12',
      content: 'fallback str(result)',
    },
  ],
  [{ type: 'RUN_FINISHED', reason: 'completed' }],
  [{ type: 'RUN_FINISHED', reason: 'stopped' }],
  failed('Error running thread: ...'),
  [{ type: 'RUN_FINISHED', reason: 'completed' }],
  [{ type: 'RUN_FINISHED', reason: 'completed' }],
]

const STREAM: readonly (readonly AgentEvent[])[] = [
  chunk('turn:1-0', 'I will'),
  [{ type: 'REASONING_MESSAGE_CONTENT', messageId: 'turn:1-0', delta: 'The user wants' }],
  [
    {
      type: 'TOOL_CALL_START',
      toolCallId: 'call_1',
      toolCallName: 'web_search',
      parentMessageId: 'turn:1-0',
    },
    { type: 'TOOL_CALL_ARGS', toolCallId: 'call_1', delta: '{"que' },
  ],
  [
    {
      type: 'MESSAGE_SNAPSHOT',
      replaces: 'turn:1-0',
      message: {
        id: 'm20',
        role: 'assistant',
        runId: 'r1',
        text: 'I will search',
        parts: [
          { id: 'm20:0', type: 'text', text: 'I will search', state: 'done' },
          {
            id: 'm20:1',
            type: 'tool-call',
            toolCallId: 'call_1',
            name: 'web_search',
            args: '{"query":"redis"}',
            state: 'done',
          },
        ],
      },
    },
  ],
  [{ type: 'TOOL_CALL_RESULT', messageId: 'm21', toolCallId: 'call_1', content: '{"hits": 3}' }],
  [{ type: 'RUN_STARTED', runId: 'r1' }],
  [{ type: 'STEP_STARTED', stepName: 'llm_response' }],
  [
    { type: 'TOOL_CALL_END', toolCallId: 'call_1' },
    ...custom('tool_started', { tool_call_id: 'call_1', function_name: 'web_search' }),
  ],
  custom('tool_completed', { function_name: 'complete', finish_reason: 'agent_terminated' }),
  custom('finish', { finish_reason: 'tool_calls', tools_executed: true }),
  [{ type: 'STEP_FINISHED', stepName: 'llm_response' }],
  custom('status', { status: 'initializing' }),
  custom('ack', { agent_run_id: 'run1' }),
  custom('estimate', { estimated_seconds: 12.5 }),
  custom('prep_stage', { stage: 'ready', progress: 100 }),
  custom('thinking', { message: 'AI is processing your request...' }),
  custom('degradation', { component: 'mcp' }),
  custom('timing', { first_response_ms: 812.4 }),
  custom('llm_ttft', { ttft_seconds: 0.61 }),
  custom('context_usage', { current_tokens: 18211 }),
  custom('summarizing context', { tokens_after: 21000 }),
  custom('tool_output_stream', { tool_call_id: 'call_1', output: 'npm install\n' }),
  [{ type: 'RUN_FINISHED', reason: 'completed' }],
  [{ type: 'RUN_FINISHED', reason: 'stopped' }],
  failed('Setup failed: ...'),
  custom('error', { error_code: 'NO_MESSAGES' }),
  custom('error', { error: 'Rate limited', recoverable: true }),
  [],
]

describe.each([
  ['suna-list-events.jsonl', LIST],
  ['suna-stream-events.jsonl', STREAM],
])('%s', (name, expected) => {
  const lines = fixtureLines(name)
  const read = reading(suna())
  const decodedLines = lines.map((line, index) => eventsOf(read(line, `1-${index}`)))

  it('has an expectation for every line', () => {
    expect(expected).toHaveLength(lines.length)
  })

  it.each(lines.map((line, index) => [index + 1, line.slice(0, 90)] as const))(
    'decodes line %i: %s',
    (number) => {
      expect(decodedLines[number - 1]).toEqual(expected[number - 1])
    },
  )
})
