// How long a task waits for the main thread, and whether anybody can see the page, by pings.
import { createRate, type Rate } from '../rate.ts'
import { createSamples } from '../samples.ts'
import type { Spread } from '../snapshot.ts'
import { IDLE_LATE_MS, LOST_MS } from './lateness.ts'

/** What pings say. */
export interface LoopLag {
  /** A task asked for at `from` to run at `due` ran at `at`; `isHidden` is 1 where nobody could see the page. */
  ping(at: number, from: number, due: number, isHidden: number): void
  spread(now: number): Spread
  /**
   * Time that the thread stood still and nothing says why. What was lost while scripts were so long at work was not: that
   * is lag from here on.
   */
  lostMs(now: number, scriptMs: number): number
  /** Part of the watched time that nobody could see the page; null while nothing was watched. */
  hiddenShare(now: number): number | null
  /** Part of the time that pings found the thread busy; null without a ping. */
  busyShare(now: number): number | null
}

const PINGS = 64

/** Makes a book of pings. */
export function createLoopLag(windowMs: number): LoopLag {
  const lag = createSamples(windowMs, PINGS)
  const lost = createSamples(windowMs, PINGS)
  const seen = createRate(windowMs)
  const hidden = createRate(windowMs)
  // Pings come closer together where some were late: each stands for the time it waited for.
  const watched = createRate(windowMs)
  const busy = createRate(windowMs)
  const share = (one: Rate, whole: Rate) => (now: number) => {
    const ms = whole.sum(now)
    return ms > 0 ? one.sum(now) / ms : null
  }
  return {
    ping(at, from, due, isHidden) {
      if (!isHidden && at - from > LOST_MS) return lost.add(at, at - due)
      seen.add(at, at - from)
      // The timers of a hidden page are late by rule.
      if (isHidden) return hidden.add(at, at - from)
      lag.add(at, Math.max(0, at - due))
      watched.add(at, due - from)
      if (at - due >= IDLE_LATE_MS) busy.add(at, due - from)
    },
    spread: lag.spread,
    lostMs(now, scriptMs) {
      const { sum } = lost.spread(now)
      if (sum === 0 || scriptMs < sum / 2) return sum
      for (const book of [lag, watched, busy]) book.add(now, sum)
      lost.clear()
      return 0
    },
    hiddenShare: share(hidden, seen),
    busyShare: share(busy, watched),
  }
}
