import { expect, it } from 'vitest'
import { createManualClock } from '../../src/testing/manual-clock.ts'
import { type ChunkSource, fromAsyncIterable } from '../../src/transport/from-async-iterable.ts'

async function read(source: ChunkSource, signal = new AbortController().signal) {
  const data: string[][] = []
  const open = { after: null, signal, clock: createManualClock() }
  for await (const { frames } of fromAsyncIterable(source).open(open)) {
    data.push(frames.map((frame) => frame.data))
  }
  return data
}

it('takes texts, frames and lists of frames', async () => {
  async function* source() {
    yield 'a'
    yield { event: 'message', id: '2', data: 'b' }
    yield [
      { event: 'message', id: '3', data: 'c' },
      { event: 'message', id: '4', data: 'd' },
    ]
  }
  expect(await read(source())).toEqual([[], ['a'], ['b'], ['c', 'd']])
})

it('tells what the iterable threw', async () => {
  async function* source() {
    yield 'a'
    throw new Error('worker died')
  }
  await expect(read(source())).rejects.toMatchObject({
    code: 'connection-failed',
    message: 'the iterable threw: worker died',
  })
})

it('ends at once on abort, although the iterable never gives anything again', async () => {
  const controller = new AbortController()
  async function* source() {
    yield 'a'
    controller.abort()
    await new Promise(() => {})
  }
  expect(await read(source(), controller.signal)).toEqual([[], ['a']])
})
