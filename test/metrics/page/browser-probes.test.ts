import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import {
  createBrowserProbes,
  type BrowserProbes,
} from '../../../src/metrics/page/browser-probes.ts'
import { createManualClock, type ManualClock } from '../../../src/testing/manual-clock.ts'

type See = (list: { getEntries(): readonly object[] }) => void

let clock: ManualClock
let probes: BrowserProbes
let tell: (interactionId: number, duration: number) => void
let draw: (blockingDuration: number, ...scripts: Script[]) => void

interface Script {
  readonly duration: number
  readonly forcedStyleAndLayoutDuration: number
}

/** Chromium, as far as probes ask it. */
beforeEach(() => {
  const watching = new Map<string, See>()
  class Observer {
    static readonly supportedEntryTypes = ['event', 'long-animation-frame']
    readonly #see: See
    constructor(see: See) {
      this.#see = see
    }
    observe({ type }: { readonly type: string }): void {
      watching.set(type, this.#see)
    }
    disconnect(): void {}
  }
  vi.stubGlobal('document', {})
  vi.stubGlobal('PerformanceObserver', Observer)
  clock = createManualClock()
  probes = createBrowserProbes(clock, 5000)
  probes.start()
  tell = (interactionId, duration) =>
    watching.get('event')?.({ getEntries: () => [{ interactionId, duration }] })
  draw = (blockingDuration, ...scripts) =>
    watching.get('long-animation-frame')?.({
      getEntries: () => [{ duration: 50 + blockingDuration, blockingDuration, scripts }],
    })
})
afterEach(() => vi.unstubAllGlobals())

const answers = () => probes.interactions(clock.now())

it('takes the events of one click for one interaction, as late as the latest of them', () => {
  tell(7, 24)
  tell(7, 96)
  tell(7, 40)
  tell(14, 32)
  expect(answers()).toEqual({ count: 2, p95: 96, worstMs: 96 })
})

it('counts no event that is part of no interaction', () => {
  tell(0, 500)
  expect(answers()).toEqual({ count: 0, p95: null, worstMs: 0 })
})

it('forgets an interaction a window after its last event', async () => {
  tell(7, 96)
  await clock.advance(3000)
  tell(14, 40)
  tell(7, 16)
  await clock.advance(4999)
  expect(answers()).toEqual({ count: 2, p95: 96, worstMs: 96 })
  await clock.advance(1)
  expect(answers()).toEqual({ count: 0, p95: null, worstMs: 0 })
})

it('holds no more than the newest 256', () => {
  for (let id = 1; id <= 1000; id++) tell(id, id)
  expect(answers()).toEqual({ count: 256, p95: 988, worstMs: 1000 })
})

it('adds up what long frames took, the scripts that are named in them and the layout that these forced', async () => {
  const nothing = { blockingMs: 0, longestMs: 0, scriptMs: 0, forcedLayoutMs: 0 }
  expect(probes.longFrames(clock.now())).toEqual({ count: 0, ...nothing })
  draw(30)
  draw(
    70,
    { duration: 60, forcedStyleAndLayoutDuration: 45 },
    { duration: 20, forcedStyleAndLayoutDuration: 0 },
  )
  await clock.advance(100)
  draw(10, { duration: 55, forcedStyleAndLayoutDuration: 5 })
  expect(probes.longFrames(clock.now())).toEqual({
    count: 3,
    blockingMs: 110,
    longestMs: 120,
    scriptMs: 135,
    forcedLayoutMs: 50,
  })
  await clock.advance(5100)
  expect(probes.longFrames(clock.now())).toEqual({ count: 0, ...nothing })
})

it('knows nothing of long frames where the browser does not tell', () => {
  vi.stubGlobal('PerformanceObserver', undefined)
  expect(createBrowserProbes(clock, 5000).longFrames(clock.now())).toBeNull()
})
