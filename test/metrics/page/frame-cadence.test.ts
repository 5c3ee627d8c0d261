import { expect, it } from 'vitest'
import { createFrameCadence } from '../../../src/metrics/page/frame-cadence.ts'

const LAST = 1

it('takes frames between two looks for made, and for in time', () => {
  const cadence = createFrameCadence(5000)
  for (const at of [0, 20]) cadence.frame(at, 0)
  cadence.frame(40, LAST)
  const { overrun } = cadence
  expect(overrun(300)).toBe(overrun(40))
  cadence.frame(340, 0)
  cadence.frame(360, LAST)
  // By the interval of 60 Hz, which stands until fifteen were measured.
  expect(cadence.seen(360, 360)).toMatchObject({ frames: 3 + 18 + 1, droppedFrames: 0 })
  expect(cadence.seen(360, 360).frame.droppedShare).toBe(0)
})

it('counts as dropped, and as overrun, what is late in a look', () => {
  const cadence = createFrameCadence(5000)
  cadence.frame(0, 0)
  cadence.frame(100, LAST)
  expect(cadence.seen(100, 100)).toMatchObject({ frames: 2, droppedFrames: 5 })
  expect(cadence.seen(100, 100).frame.droppedShare).toBeCloseTo(5 / 7, 6)
  expect(cadence.overrun(100)).toBeCloseTo(100 - 1000 / 60, 6)
})

it.each([
  ['a rest of the stream', () => {}, 61_000],
  ['a page that nobody sees', (cadence: { pause(): void }) => cadence.pause(), 500],
])('makes no frames of %s', (_what, rest, until) => {
  const cadence = createFrameCadence(5000)
  cadence.frame(0, LAST)
  rest(cadence)
  cadence.frame(until, LAST)
  expect(cadence.seen(until, until)).toMatchObject({ frames: 2, droppedFrames: 0 })
})
