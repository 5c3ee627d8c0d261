// Looks at the page ten times a second at the most, while the stream brings something: how long a task waits for the
// main thread, and whether anybody can see the page.
import type { Cancel, Clock } from '../core/clock.ts'
import { createRate } from './rate.ts'
import { createSamples, type Samples } from './samples.ts'

/** Watches a page. */
export interface Watch {
  readonly lag: Samples
  /** The stream brought something by `now`: watches on for a while. */
  active(now: number): void
  stop(): void
  hiddenShare(now: number): number | null
  /** Part of the pings that found the thread busy; null without a ping. */
  busyShare(now: number): number | null
}

const PERIOD_MS = 100
const REST_MS = 2000
const PINGS = 64
// A timer of an idle page is up to this late by itself.
const BUSY_FROM_MS = 2

/** @param onHidden called while nobody can see the page */
export function createWatch(clock: Clock, windowMs: number, onHidden: () => void): Watch {
  const lag = createSamples(windowMs, PINGS)
  const busy = createSamples(windowMs, PINGS)
  const seen = createRate(windowMs)
  const hidden = createRate(windowMs)
  let activeUntil = -Infinity
  let cancel: Cancel | null = null
  let count = 0
  // Never in step with frames, or it would always meet the thread at the same moment.
  const period = (): number => PERIOD_MS * (1 + ((count++ * 0.618) % 1) / 2)
  const tick = (from: number, due: number): void => {
    const now = clock.now()
    cancel = null
    seen.add(now, now - from)
    // The timers of a hidden page are late by rule.
    if (clock.hidden()) {
      hidden.add(now, now - from)
      onHidden()
    } else {
      lag.add(now, Math.max(0, now - due))
      busy.add(now, now - due >= BUSY_FROM_MS ? 1 : 0)
    }
    if (now < activeUntil) arm()
  }
  const arm = (): void => {
    const from = clock.now()
    const ms = period()
    // A message after the timer: behind whatever else waits for the thread.
    cancel = clock.setTimer(() => {
      cancel = clock.requestTask(() => tick(from, from + ms))
    }, ms)
  }
  return {
    lag,
    active(now) {
      activeUntil = now + REST_MS
      if (cancel === null) arm()
    },
    stop() {
      cancel?.()
      cancel = null
    },
    hiddenShare(now) {
      const watched = seen.sum(now)
      return watched > 0 ? hidden.sum(now) / watched : null
    },
    busyShare: (now) => busy.spread(now).mean,
  }
}
