// When the panel looks: never more often than every 250 ms, not while anything speaks against it, and not once the
// numbers can no longer change.
import type { Cancel, Clock } from '../core/clock.ts'

/** Why it does not look. */
export type Reason = 'paused' | 'collapsed' | 'unseen' | 'hidden'

/** Looks now and then. */
export interface Looks {
  /** Something speaks against looking, or no longer does. */
  hold(reason: Reason, holds: boolean): void
  /** Something happened: numbers move for a while. */
  wake(): void
  close(): void
}

const PERIOD_MS = 250
// Rates are of five seconds: so long after the last change they still move.
const LIVE_MS = 5500

/** @param look may throw: then it is looked at again all the same */
export function createLooks(clock: Clock, look: () => void): Looks {
  const reasons = new Set<Reason>()
  let timer: Cancel | null = null
  let lastAt = -Infinity
  let liveUntil = clock.now() + LIVE_MS
  const arm = (): void => {
    if (timer !== null || reasons.size > 0) return
    timer = clock.setTimer(tick, Math.max(0, lastAt + PERIOD_MS - clock.now()))
  }
  const tick = (): void => {
    timer = null
    lastAt = clock.now()
    try {
      look()
    } finally {
      if (lastAt < liveUntil) arm()
    }
  }
  const rest = (): void => {
    timer?.()
    timer = null
  }
  const looks: Looks = {
    hold(reason, holds) {
      if (holds === reasons.has(reason)) return
      if (holds) reasons.add(reason)
      else reasons.delete(reason)
      if (reasons.size > 0) rest()
      else looks.wake()
    },
    wake() {
      liveUntil = clock.now() + LIVE_MS
      arm()
    },
    close() {
      rest()
      reasons.add('unseen')
    },
  }
  return looks
}
