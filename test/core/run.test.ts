import { expect, it } from 'vitest'
import type { AgentEvent } from '../../src/core/events.ts'
import { isOver, NO_RUN, reduceRun } from '../../src/core/run.ts'

const content: AgentEvent = { type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta: 'x' }

it('streams from the first event, whatever it is', () => {
  expect(reduceRun(NO_RUN, [content]).status).toBe('streaming')
  expect(reduceRun(NO_RUN, [{ type: 'RUN_STARTED' }]).status).toBe('streaming')
})

it('tells a finished run from a stopped one', () => {
  expect(reduceRun(NO_RUN, [{ type: 'RUN_FINISHED' }])).toMatchObject({
    status: 'finished',
    finish: { reason: 'completed' },
  })
  expect(reduceRun(NO_RUN, [{ type: 'RUN_FINISHED', reason: 'stopped' }]).status).toBe('stopped')
})

it('keeps what a failed run said of itself', () => {
  const run = reduceRun(NO_RUN, [content, { type: 'RUN_ERROR', message: 'no credit', code: 'E1' }])
  expect(run).toMatchObject({ status: 'failed', finish: { reason: 'E1' } })
  expect(run.error).toMatchObject({ code: 'run-failed', message: 'no credit' })
})

it('stays over when stragglers follow, and begins anew with another run', () => {
  const over = reduceRun(NO_RUN, [{ type: 'RUN_FINISHED' }])
  expect(reduceRun(over, [content])).toBe(over)
  expect(reduceRun(over, [{ type: 'RUN_STARTED' }])).toEqual({ ...NO_RUN, status: 'streaming' })
  expect(isOver(over.status)).toBe(true)
})

it('is the same object when nothing about it changes', () => {
  const streaming = reduceRun(NO_RUN, [content])
  expect(reduceRun(streaming, [content, content])).toBe(streaming)
})
