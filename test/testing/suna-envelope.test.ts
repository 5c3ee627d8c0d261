import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AgentEvent } from '../../src/core/events.ts'
import { scenario, textOf } from '../../src/testing/scenario.ts'
import { sunaRows, writeSunaRow } from '../../src/testing/suna-envelope.ts'
import type { SunaLayout, WriteRowOptions } from '../../src/testing/suna-envelope.ts'
import { endReasonOf } from '../../src/wire/terminal.ts'

const LAYOUTS: readonly SunaLayout[] = ['suna-list', 'suna-stream']
const AT = Date.UTC(2025, 6, 29, 14, 26, 29, 123)

interface Payload {
  readonly [key: string]: unknown
  readonly type: string
  readonly sequence?: number
  readonly content?: Record<string, unknown>
  readonly metadata?: Record<string, unknown>
}

const write = (
  events: readonly AgentEvent[],
  layout: SunaLayout,
  options?: WriteRowOptions,
): string[] =>
  sunaRows(events, { layout, runId: 'r1', threadId: 't1' }).map((row) =>
    writeSunaRow(row, AT, options),
  )

// Parses JSON in JSON, as any reader of these formats has to.
const read = (text: string): Payload => {
  const row = JSON.parse(text) as Record<string, unknown>
  for (const field of ['content', 'metadata']) {
    if (typeof row[field] === 'string') row[field] = JSON.parse(row[field])
  }
  return row as Payload
}

const contentOf = (row: Payload): string => String(row.content?.['content'])
const isStatus =
  (status: string) =>
  (row: Payload): boolean =>
    row.type === 'assistant' && row.metadata?.['stream_status'] === status
const statusTypes = (rows: readonly Payload[]): unknown[] =>
  rows.flatMap((row) => row.content?.['status_type'] ?? [])

const runs = fc.record({
  seed: fc.integer({ min: 0, max: 1e6 }),
  events: fc.integer({ min: 8, max: 300 }),
  chunk: fc.integer({ min: 1, max: 40 }),
})

describe.each(LAYOUTS)('Suna rows of %s', (layout) => {
  it('hold the whole text twice: in chunks, and in the rows that complete each turn', () => {
    fc.assert(
      fc.property(runs, fc.boolean(), (asked, ascii) => {
        const events = scenario(asked)
        const rows = write(events, layout, { ascii }).map(read)
        expect(rows.filter(isStatus('chunk')).map(contentOf).join('')).toBe(textOf(events))
        expect(rows.filter(isStatus('complete')).map(contentOf).join('')).toBe(textOf(events))
      }),
    )
  })

  it('count sequence from 0 in every turn, without a hole', () => {
    let expected = 0
    let turns = 0
    for (const row of write(scenario({ events: 200 }), layout).map(read)) {
      if (row.content?.['status_type'] === 'thread_run_start') {
        expected = 0
        turns++
      }
      if (row.sequence !== undefined) expect(row.sequence).toBe(expected++)
    }
    expect(turns).toBe(3)
  })

  it('end the run with one bare status, and nothing ends it earlier', () => {
    const reasons = write(scenario(), layout).map((text) => endReasonOf(JSON.parse(text)))
    expect(reasons.at(-1)).toBe('completed')
    expect(reasons.slice(0, -1).every((reason) => reason === null)).toBe(true)
  })

  it('tell that a run was stopped or has failed', () => {
    const stopped = write([{ type: 'RUN_FINISHED', reason: 'stopped' }], layout)
    const failed = write([{ type: 'RUN_ERROR', message: 'LLM timeout' }], layout)
    expect(endReasonOf(JSON.parse(stopped.at(-1) ?? ''))).toBe('stopped')
    expect(endReasonOf(JSON.parse(failed.at(-1) ?? ''))).toBe('failed')
    expect(failed.at(-1)).toContain('LLM timeout')
  })

  it('leave out what users say and what the format has no place for', () => {
    const rows = write(
      [
        { type: 'TEXT_MESSAGE_START', messageId: 'u', role: 'user' },
        { type: 'TEXT_MESSAGE_CONTENT', messageId: 'u', delta: 'question' },
        { type: 'TEXT_MESSAGE_END', messageId: 'u' },
        { type: 'STATE_SNAPSHOT', snapshot: {} },
        { type: 'TOOL_CALL_ARGS', toolCallId: 'never opened', delta: '{' },
      ],
      layout,
    )
    expect(rows).toEqual([])
  })

  it('open a new turn for text after a tool was answered, though the message is the same', () => {
    const delta = (text: string): AgentEvent => ({
      type: 'TEXT_MESSAGE_CONTENT',
      messageId: 'a',
      delta: text,
    })
    const events: readonly AgentEvent[] = [
      delta('first'),
      { type: 'TOOL_CALL_START', toolCallId: 'c', toolCallName: 'look' },
      { type: 'TOOL_CALL_END', toolCallId: 'c' },
      { type: 'TOOL_CALL_RESULT', messageId: 'r', toolCallId: 'c', content: 'not JSON' },
      delta('second'),
      { type: 'RUN_FINISHED' },
    ]
    const rows = write(events, layout).map(read)
    expect(rows.filter(isStatus('complete')).map(contentOf)).toEqual(['first', 'second'])
    expect(rows.filter(({ type }) => type === 'tool').map(contentOf)).toEqual(['not JSON'])
  })

  it('write ASCII alone when asked to, as Python does by default', () => {
    const events = scenario({ events: 120 })
    const texts = write(events, layout, { ascii: true })
    expect(texts.every((text) => /^[ -~]*$/.test(text))).toBe(true)
    expect(texts.map(read)).toEqual(write(events, layout).map(read))
  })
})

describe('Suna rows, byte for byte', () => {
  const hello: readonly AgentEvent[] = [
    { type: 'TEXT_MESSAGE_CONTENT', messageId: 'a', delta: ' o "site"\n' },
  ]
  const chunk =
    '{"sequence": 0, "message_id": null, "thread_id": "t1", "type": "assistant", "is_llm_message": true, ' +
    '"content": "{\\"role\\": \\"assistant\\", \\"content\\": \\" o \\\\\\"site\\\\\\"\\\\n\\"}", ' +
    '"metadata": "{\\"stream_status\\": \\"chunk\\", \\"thread_run_id\\": \\"RUN\\"}", ' +
    '"created_at": "2025-07-29T14:26:29.123000+00:00", "updated_at": "2025-07-29T14:26:29.123000+00:00"}'

  it.each([
    ['suna-list', 'r1-1'],
    ['suna-stream', 'r1'],
  ] as const)('spaces and nests a chunk of %s as Python does', (layout, run) => {
    expect(write(hello, layout).at(-1)).toBe(chunk.replace('RUN', run))
  })

  it('keeps reasoning for the stream layout', () => {
    const events = scenario({ events: 100 })
    const reasoning = (layout: SunaLayout): Payload[] =>
      write(events, layout)
        .map(read)
        .filter(({ type }) => type === 'reasoning')
    expect(reasoning('suna-list')).toHaveLength(0)
    expect(reasoning('suna-stream')[0]).toMatchObject({
      message_id: null,
      content: { reasoning_content: 'Voil' },
      metadata: { stream_status: 'reasoning_chunk' },
    })
  })

  it('tells a turn of the list layout in the order of its workers', () => {
    const types = statusTypes(write(scenario({ events: 100, chunk: 40 }), 'suna-list').map(read))
    expect(types.filter((type) => type !== 'tool_call_chunk').slice(0, 7)).toEqual([
      'thread_run_start',
      'assistant_response_start',
      'tool_started',
      'tool_completed',
      'finish',
      'thread_run_end',
      'thread_run_start',
    ])
  })
})
