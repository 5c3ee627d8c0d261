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

/** Chromium, as far as probes ask it. */
beforeEach(() => {
  const watching = new Map<string, See>()
  class Observer {
    static readonly supportedEntryTypes = ['event']
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
