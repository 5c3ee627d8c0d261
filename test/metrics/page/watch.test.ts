import { expect, it } from 'vitest'
import { createWatch } from '../../../src/metrics/page/watch.ts'
import { createManualClock } from '../../../src/testing/manual-clock.ts'

const FRAME_MS = 1000 / 60

interface Ping {
  readonly at: number
  readonly from: number
  readonly due: number
  readonly isHidden: boolean
}

function setUp(clock = createManualClock()) {
  const frames: { at: number; isLast: boolean }[] = []
  const pings: Ping[] = []
  const watch = createWatch(clock, {
    frame: (at, isLast) => frames.push({ at, isLast }),
    ping: (at, from, due, isHidden) => pings.push({ at, from, due, isHidden }),
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
  expect(lengths.length).toBeGreaterThanOrEqual(8)
  expect(lengths.length).toBeLessThanOrEqual(22)
  for (const length of lengths) expect([3, 4]).toContain(length)
  expect(pings.length).toBeGreaterThan(28)
  expect(pings.length).toBeLessThan(40)
})

it('pings twice as often once one was late, and for a while', async () => {
  const { clock, pings, stream } = setUp()
  await stream(5000)
  const before = pings.length
  await stream(2000)
  expect(pings.length - before).toBeLessThan(12)
  await clock.freeze(400)
  const late = pings.length
  await stream(2000)
  expect(pings.length - late).toBeGreaterThan(13)
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
  expect(frames.at(-1)?.at).toBeLessThan(end + 2400)
  expect(frames.at(-1)?.isLast).toBe(true)
})

it('takes a ping that was armed before the page slept for one of a hidden page', async () => {
  const { clock, pings, stream } = setUp()
  await stream(1000)
  const before = pings.length
  await clock.freeze(3_600_000)
  await stream(1000)
  const late = pings.filter(({ isHidden }) => isHidden)
  expect(late).toEqual([pings[before]])
  expect(Number(late[0]?.at) - Number(late[0]?.from)).toBeLessThanOrEqual(5000)
})

it('tells of a thread that was lost before it goes on with the stream, and of no hidden page', async () => {
  const manual = createManualClock()
  let heldMs = 0
  const { pings, watch, stream } = setUp({ ...manual, now: () => manual.now() + heldMs })
  await stream(1000)
  const before = pings.length
  heldMs = 5600
  watch.active(manual.now() + heldMs)
  expect(pings).toHaveLength(before + 1)
  const { at, from, due, isHidden } = pings[before] ?? { at: NaN, from: NaN, due: NaN }
  expect(at - from).toBeGreaterThan(5600)
  expect(at - due).toBeGreaterThan(5300)
  expect(isHidden).toBe(false)
  // It is told once.
  await stream(1000)
  expect(pings.filter((one) => one.at - one.from > 5000)).toHaveLength(1)
})

it('takes a ping during which the page was hidden for one of a hidden page', async () => {
  const { clock, pings, stream } = setUp()
  await stream(1000)
  const before = pings.length
  clock.setHidden(true)
  clock.setHidden(false)
  await stream(1000)
  expect(pings.slice(before).map(({ isHidden }) => isHidden)).toEqual([
    true,
    ...pings.slice(before + 1).map(() => false),
  ])
})

it('waits in such a way that coarse timers of a system do not look like a busy page', async () => {
  const clock = createManualClock()
  // Windows: exact below 32 ms only.
  const coarse = (ms: number): number => (ms < 32 ? ms : Math.ceil(ms / 15.625) * 15.625)
  const { pings, stream } = setUp({
    ...clock,
    setTimer: (callback, ms) => clock.setTimer(callback, coarse(ms)),
  })
  await stream(6000)
  // One in so many finds out that nothing is late but long timers.
  const late = pings.filter(({ at, due }) => at - due > 1)
  expect(late.length).toBeLessThanOrEqual(pings.length / 16)
  expect(pings.length).toBeGreaterThan(40)
})
