import { expect, it, vi } from 'vitest'
import { batchFrames } from '../../src/frame/batch-frames.ts'
import { createManualClock } from '../../src/testing/manual-clock.ts'

async function* numbers(count: number, wait: (index: number) => Promise<void>) {
  for (let index = 0; index < count; index++) {
    await wait(index)
    yield index
  }
}

async function collect<T>(source: AsyncIterable<readonly T[]>): Promise<T[][]> {
  const batches: T[][] = []
  for await (const batch of source) batches.push([...batch])
  return batches
}

it('gives everything in order, in fewer batches than items', async () => {
  const clock = createManualClock()
  const collected = collect(
    batchFrames(
      numbers(400, () => clock.advance(2.5)),
      { clock },
    ),
  )
  const batches = await collected
  expect(batches.flat()).toEqual(Array.from({ length: 400 }, (_, index) => index))
  expect(batches.length).toBeLessThanOrEqual(64)
})

it('gives what waits when the source ends, without waiting for a frame', async () => {
  const clock = createManualClock()
  const batches = await collect(
    batchFrames(
      numbers(3, async () => {}),
      { clock },
    ),
  )
  expect(batches).toEqual([[0, 1, 2]])
})

it('merges within a batch', async () => {
  const clock = createManualClock()
  const sum = (batch: readonly number[]): number[] => [batch.reduce((a, b) => a + b, 0)]
  const batches = await collect(
    batchFrames(
      numbers(5, async () => {}),
      { clock, merge: sum },
    ),
  )
  expect(batches.flat()).toEqual([10])
})

it('throws the error of its source after everything before it', async () => {
  const clock = createManualClock()
  async function* failing() {
    yield 1
    yield 2
    throw new Error('gone')
  }
  const batches: number[][] = []
  const read = async (): Promise<void> => {
    for await (const batch of batchFrames(failing(), { clock })) batches.push([...batch])
  }
  await expect(read()).rejects.toThrow('gone')
  expect(batches.flat()).toEqual([1, 2])
})

it('stops reading its source when the reader breaks off or the signal aborts', async () => {
  const clock = createManualClock()
  let closed = 0
  async function* endless() {
    try {
      for (let index = 0; ; index++) {
        await clock.advance(1)
        yield index
      }
    } finally {
      closed++
    }
  }
  for await (const batch of batchFrames(endless(), { clock })) if (batch.length > 0) break
  const controller = new AbortController()
  for await (const batch of batchFrames(endless(), { clock, signal: controller.signal })) {
    if (batch.length > 0) controller.abort()
  }
  await clock.advance(10)
  expect(closed).toBe(2)
})

it('gives a slow reader all that waits at once, so that it does not fall behind', async () => {
  const clock = createManualClock()
  const sizes: number[] = []
  for await (const batch of batchFrames(
    numbers(400, () => clock.advance(2.5)),
    { clock, schedule: 'frame' },
  )) {
    sizes.push(batch.length)
    await clock.advance(200)
  }
  expect(sizes.reduce((a, b) => a + b)).toBe(400)
  // A second of events, read five times a second.
  expect(sizes.length).toBeLessThanOrEqual(8)
})

it('throws to its reader what merging throws', async () => {
  const clock = createManualClock()
  const merge = (): never => {
    throw new Error('cannot merge')
  }
  const source = numbers(3, async () => {})
  await expect(collect(batchFrames(source, { clock, merge }))).rejects.toThrow('cannot merge')
})

it('leaves a source whose clean-up fails without a word', async () => {
  const clock = createManualClock()
  const source: AsyncIterable<number> = {
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        await clock.advance(1)
        return { done: false, value: 1 }
      },
      return: async () => {
        throw new Error('clean-up failed')
      },
    }),
  }
  const rejected = vi.fn()
  process.on('unhandledRejection', rejected)
  for await (const batch of batchFrames(source, { clock })) if (batch.length > 0) break
  await clock.advance(10)
  process.off('unhandledRejection', rejected)
  expect(rejected).not.toHaveBeenCalled()
})
