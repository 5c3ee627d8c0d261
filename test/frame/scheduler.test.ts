import { describe, expect, it } from 'vitest'
import {
  createScheduler,
  HIDDEN_WAIT_MS,
  LOST_FRAME_MS,
  MAX_WAIT_MS,
  type Schedule,
  type Scheduler,
} from '../../src/frame/scheduler.ts'
import { createManualClock, type ManualClock } from '../../src/testing/manual-clock.ts'

interface Bench {
  readonly clock: ManualClock
  readonly scheduler: Scheduler
  readonly runs: { at: number; inFrame: boolean }[]
  /** Requests every `everyMs` for `ms`. */
  feed(ms: number, everyMs: number): Promise<void>
}

function bench(schedule: Schedule): Bench {
  const clock = createManualClock()
  const runs: { at: number; inFrame: boolean }[] = []
  let waiting = false
  const scheduler = createScheduler({
    schedule,
    clock,
    run(inFrame) {
      waiting = false
      return runs.push({ at: clock.now(), inFrame })
    },
    waiting: () => waiting,
  })
  return {
    clock,
    runs,
    scheduler,
    async feed(ms, everyMs) {
      const until = clock.now() + ms
      while (clock.now() < until) {
        waiting = true
        scheduler.request()
        await clock.advance(everyMs)
      }
    },
  }
}

describe('adaptive', () => {
  it('flushes the first request after a rest in the next task, without waiting for a frame', async () => {
    const { clock, scheduler, runs } = bench('adaptive')
    await clock.advance(5)
    scheduler.request()
    expect(runs).toHaveLength(0)
    await clock.settle()
    expect(runs).toEqual([{ at: 5, inFrame: false }])
  })

  it('flushes once a frame under a steady stream, never starved and never more often', async () => {
    const { feed, runs } = bench('adaptive')
    await feed(2000, 5)
    expect(runs.length).toBeGreaterThanOrEqual(115)
    expect(runs.length).toBeLessThanOrEqual(122)
  })

  it('waits twice what a flush costs', async () => {
    const { scheduler, feed, runs } = bench('adaptive')
    scheduler.cost(40)
    await feed(2000, 5)
    const gaps = runs.slice(1).map(({ at }, index) => at - (runs[index]?.at ?? 0))
    for (const gap of gaps) {
      expect(gap).toBeGreaterThanOrEqual(80 - 1000 / 120)
      expect(gap).toBeLessThanOrEqual(80 + 1000 / 60)
    }
  })

  it('never waits longer than its cap, whatever a flush costs', async () => {
    const { scheduler, feed, runs } = bench('adaptive')
    scheduler.cost(10_000)
    await feed(3000, 5)
    const longest = Math.max(...runs.slice(1).map(({ at }, index) => at - (runs[index]?.at ?? 0)))
    expect(longest).toBeLessThanOrEqual(MAX_WAIT_MS + 17)
  })

  it('flushes by timer when a frame does not come', async () => {
    const clock = createManualClock({ frameMs: 1e9 })
    const runs: number[] = []
    const scheduler = createScheduler({
      schedule: 'adaptive',
      clock,
      run: () => runs.push(clock.now()),
      waiting: () => true,
    })
    scheduler.request()
    await clock.settle()
    scheduler.request()
    await clock.advance(LOST_FRAME_MS + 1)
    expect(runs).toHaveLength(2)
    expect(clock.pendingFrames).toBe(0)
  })
})

describe('a hidden page', () => {
  it('flushes at most once a second, and once on return', async () => {
    const { clock, feed, runs } = bench('adaptive')
    clock.setHidden(true)
    await feed(60_000, 20)
    expect(runs.length).toBeLessThanOrEqual(60_000 / HIDDEN_WAIT_MS + 1)
    expect(runs.length).toBeGreaterThanOrEqual(59)

    await feed(40, 20)
    const before = runs.length
    clock.setHidden(false)
    await clock.advance(16)
    expect(runs.length - before).toBe(1)
  })

  it('publishes what waits for a frame at the moment of hiding, once', async () => {
    const { clock, scheduler, feed, runs } = bench('frame')
    await feed(20, 1)
    const before = runs.length
    scheduler.request()
    clock.setHidden(true)
    await clock.settle()
    expect(runs.length - before).toBe(1)
    expect(clock.pendingFrames).toBe(0)
  })
})

it('runs one task per request under immediate', async () => {
  const { clock, scheduler, runs } = bench('immediate')
  for (let index = 0; index < 5; index++) {
    scheduler.request()
    scheduler.request()
    await clock.settle()
  }
  expect(runs).toHaveLength(5)
})

it('keeps the pace of a throttle', async () => {
  const { feed, runs } = bench({ throttle: 200 })
  await feed(2000, 7)
  expect(runs.length).toBeGreaterThanOrEqual(9)
  expect(runs.length).toBeLessThanOrEqual(11)
})

it('does not wait for a frame when asked urgently', async () => {
  const { clock, scheduler, feed, runs } = bench('adaptive')
  await feed(20, 1)
  const before = runs.length
  scheduler.request()
  scheduler.urgent()
  await clock.settle()
  expect(runs.length - before).toBe(1)
  await clock.advance(50)
  expect(runs.length - before).toBe(1)
})

it('holds one frame at the most, however often it is asked', async () => {
  const { clock, scheduler } = bench('frame')
  scheduler.request()
  await clock.settle()
  for (let index = 0; index < 100; index++) scheduler.request()
  expect(clock.pendingFrames).toBe(1)
  scheduler.close()
  expect(clock.pendingFrames).toBe(0)
})

it('waits no longer than usual when its clock is set back', async () => {
  const clock = createManualClock({ now: 1_000_000 })
  let back = 0
  const runs: number[] = []
  const scheduler = createScheduler({
    schedule: 'adaptive',
    clock: { ...clock, now: () => clock.now() - back },
    run: () => runs.push(clock.now()),
    waiting: () => true,
  })
  scheduler.request()
  await clock.settle()
  back = 900_000
  scheduler.request()
  await clock.advance(MAX_WAIT_MS)
  expect(runs).toHaveLength(2)
})
