import { expect, it } from 'vitest'
import { createManualClock } from '../../src/testing/manual-clock.ts'
import { createWatchdog } from '../../src/transport/watchdog.ts'

function setUp(periodMs: () => number | null = () => 37_500) {
  const clock = createManualClock()
  const silences: number[] = []
  const watchdog = createWatchdog(clock, periodMs, (ms) => silences.push(ms))
  return { clock, silences, watchdog }
}

it('tells of silence once it has lasted', async () => {
  const { clock, silences } = setUp()
  await clock.advance(37_499)
  expect(silences).toEqual([])
  await clock.advance(100_000)
  expect(silences).toEqual([37_500])
})

it('is fed by signs of life, of which none sets a timer', async () => {
  const { clock, silences, watchdog } = setUp()
  for (let beat = 0; beat < 20; beat++) {
    await clock.advance(15_000)
    watchdog.heard()
  }
  expect(silences).toEqual([])
})

it('gives a page that was frozen a moment to read what waits', async () => {
  const { clock, silences, watchdog } = setUp()
  await clock.freeze(600_000)
  await clock.advance(1000)
  expect(silences).toEqual([])
  watchdog.heard()
  await clock.advance(30_000)
  expect(silences).toEqual([])
})

it('forgives a freeze, but not the silence after it', async () => {
  const { clock, silences } = setUp()
  await clock.freeze(600_000)
  await clock.advance(5000)
  expect(silences).toHaveLength(1)
})

it('learns the period while it watches, and never tells where there is none', async () => {
  let period: number | null = null
  const { clock, silences } = setUp(() => period)
  await clock.advance(3_600_000)
  expect(silences).toEqual([])
  period = 20_000
  await clock.advance(15_000)
  expect(silences).toHaveLength(1)
})

it('is silent itself once it is closed', async () => {
  const { clock, silences, watchdog } = setUp()
  watchdog.close()
  await clock.advance(100_000)
  expect(silences).toEqual([])
})
