import { describe, expect, it, vi } from 'vitest'
import { createBatcher } from '../../src/frame/batcher.ts'
import type { Schedule } from '../../src/frame/scheduler.ts'
import { createManualClock } from '../../src/testing/manual-clock.ts'

function setUp(schedule: Schedule, maxBacklog?: number) {
  const clock = createManualClock()
  const batches: number[][] = []
  const paints: number[] = []
  const flushed: number[] = []
  const batcher = createBatcher<number>({
    schedule,
    clock,
    maxBacklog,
    onBatch: (batch) => batches.push([...batch]),
    onFlushed: ({ batch }) => flushed.push(batch.length),
    onPaint: ({ at }) => paints.push(at),
  })
  return { clock, batcher, batches, paints, flushed }
}

it('gives a burst of one read as one batch', async () => {
  const { clock, batcher, batches } = setUp('adaptive')
  for (let index = 0; index < 5000; index++) batcher.push(index)
  await clock.settle()
  expect(batches).toHaveLength(1)
  expect(batches[0]).toHaveLength(5000)
})

it('keeps order and loses nothing under a steady stream', async () => {
  const { clock, batcher, batches } = setUp('adaptive')
  for (let index = 0; index < 1000; index++) {
    batcher.push(index)
    await clock.advance(2)
  }
  await clock.advance(1000)
  expect(batches.flat()).toEqual(Array.from({ length: 1000 }, (_, index) => index))
  expect(batcher.backlog).toBe(0)
})

it('gives one item per task under immediate', async () => {
  const { clock, batcher, batches } = setUp('immediate')
  for (let index = 0; index < 50; index++) batcher.push(index)
  await clock.settle()
  expect(batches).toEqual(Array.from({ length: 50 }, (_, index) => [index]))
})

it('flushes everything in the very call of flush, also under immediate', () => {
  for (const schedule of ['immediate', 'adaptive'] as const) {
    const { batcher, batches } = setUp(schedule)
    batcher.push(1)
    batcher.push(2)
    batcher.flush()
    expect(batches).toEqual([[1, 2]])
  }
})

it('does not let a backlog grow beyond its limit while a frame is far', async () => {
  const { clock, batcher, batches } = setUp({ throttle: 60_000 }, 100)
  batcher.push(0)
  await clock.settle()
  for (let index = 1; index <= 101; index++) batcher.push(index)
  await clock.settle()
  expect(batches.map((batch) => batch.length)).toEqual([1, 101])
})

it('hurries a long backlog with one task, however far it is beyond its limit', async () => {
  const clock = createManualClock()
  const requestTask = vi.spyOn(clock, 'requestTask')
  const batches: number[] = []
  const batcher = createBatcher<number>({
    schedule: 'adaptive',
    clock,
    onBatch: (batch) => batches.push(batch.length),
    maxBacklog: 10,
  })
  for (let index = 0; index < 1000; index++) batcher.push(index)
  expect(requestTask.mock.calls.length).toBeLessThanOrEqual(2)
  await clock.settle()
  expect(batches).toEqual([1000])
})

it('does nothing on flush when nothing waits', () => {
  const { batcher, batches } = setUp('adaptive')
  batcher.flush()
  expect(batches).toEqual([])
})

describe('the cost of a flush', () => {
  it('is told once the frame that shows it was painted', async () => {
    const { clock, batcher, paints, flushed } = setUp('adaptive')
    batcher.push(1)
    await clock.settle()
    expect(flushed).toEqual([1])
    expect(paints).toEqual([])
    await clock.advance(17)
    expect(paints).toHaveLength(1)
  })

  it('is one paint for all the flushes of a frame', async () => {
    const { clock, batcher, paints, flushed } = setUp('immediate')
    for (let index = 0; index < 20; index++) batcher.push(index)
    await clock.advance(17)
    expect(flushed).toHaveLength(20)
    expect(paints).toHaveLength(1)
  })
})

it('delivers nothing after close', async () => {
  const { clock, batcher, batches } = setUp('frame')
  batcher.push(1)
  batcher.close()
  await clock.advance(5000)
  expect(batches).toEqual([])
  expect(clock.pendingFrames).toBe(0)
})
