import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { endReasonOf, endReasonOfStatus } from '../../src/wire/terminal.ts'

it.for([
  ['completed', 'completed'],
  ['END_STREAM', 'completed'],
  ['stopped', 'stopped'],
  ['STOP', 'stopped'],
  ['failed', 'failed'],
  ['error', 'failed'],
  ['ERROR', 'failed'],
  ['initializing', null],
  ['COMPLETED', null],
] as const)('ends a run by a bare status: %s → %s', ([status, reason]) => {
  expect(endReasonOf({ type: 'status', status, message: 'any' })).toBe(reason)
  expect(endReasonOfStatus(status)).toBe(reason)
})

it("ends a run by AG-UI's own events", () => {
  expect(endReasonOf({ type: 'RUN_FINISHED' })).toBe('completed')
  expect(endReasonOf({ type: 'RUN_FINISHED', reason: 'stopped' })).toBe('stopped')
  expect(endReasonOf({ type: 'RUN_ERROR', message: 'x' })).toBe('failed')
})

it.for([
  { type: 'error', error: 'Rate limited', error_code: 'LLM_RATE' },
  { type: 'status', content: '{"status_type": "error"}' },
  { type: 'summarizing context', status: 'completed' },
  { status: 'completed' },
  'completed',
  null,
  42,
])('does not end a run by %j', (payload) => {
  expect(endReasonOf(payload)).toBe(null)
})

it('finds the terminal lines of the fixtures and no others', () => {
  const ends = (name: string): (string | null)[] =>
    readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8')
      .trim()
      .split('\n')
      .map((line) => endReasonOf(JSON.parse(line)))
      .filter((reason) => reason !== null)
  expect(ends('suna-list-events.jsonl')).toEqual([
    'completed',
    'stopped',
    'failed',
    'completed',
    'completed',
  ])
  expect(ends('suna-stream-events.jsonl')).toEqual(['completed', 'stopped', 'failed'])
})
