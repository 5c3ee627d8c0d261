import { expect, it } from 'vitest'
import { createWatch } from '../../src/metrics/watch.ts'
import { createManualClock } from '../../src/testing/manual-clock.ts'

const FRAME_MS = 1000 / 60

function setUp() {
  const clock = createManualClock()
  const frames: { at: number; isLast: boolean }[] = []
  const pings: number[] = []
  const watch = createWatch(clock, {
    frame: (at, isLast) => frames.push({ at, isLast }),
    ping: (at) => pings.push(at),
  })
  const stream = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 10) {
      watch.active(clock.now())
      await clock.advance(10)
    }
  }
  return { clock, frames, pings, watch, stream }
}

/** Lengths of the stretches of frames that were looked at in a row. */
function stretches(frames: readonly { at: number; isLast: boolean }[]): readonly number[] {
  const lengths: number[] = []
  let length = 0
  let before = NaN
  for (const { at, isLast } of frames) {
    if (length > 0) expect(at - before).toBeCloseTo(FRAME_MS, 6)
    before = at
    length++
    if (isLast) lengths.push(length)
    if (isLast) length = 0
  }
  return lengths
}

it('looks at a few frames in a row, now and then, while all are in time', async () => {
  const { frames, pings, stream } = setUp()
  await stream(6000)
  const lengths = stretches(frames)
  expect(lengths.length).toBeGreaterThanOrEqual(12)
  expect(lengths.length).toBeLessThanOrEqual(22)
  for (const length of lengths) expect([3, 4]).toContain(length)
  expect(pings.length).toBeGreaterThan(40)
})

it('looks at every frame as soon as one is late, and for a while', async () => {
  const { clock, frames, stream } = setUp()
  await stream(20)
  expect(frames).toHaveLength(1)
  await clock.freeze(50)
  await stream(500)
  const from = clock.now() - 480
  const seen = frames.filter(({ at }) => at > from)
  expect(seen.length).toBeGreaterThanOrEqual(27)
  expect(seen.filter(({ isLast }) => isLast)).toHaveLength(0)
  await stream(500)
  expect(frames.filter(({ at }) => at > from + 480).length).toBeLessThan(20)
})

it('rests with the stream', async () => {
  const { clock, frames, stream } = setUp()
  await stream(1000)
  const end = clock.now()
  await clock.advance(60_000)
  expect(clock.pendingFrames).toBe(0)
  expect(frames.at(-1)?.at).toBeLessThan(end + 2200)
  expect(frames.at(-1)?.isLast).toBe(true)
})
