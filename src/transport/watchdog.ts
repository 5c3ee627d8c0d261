// Tells that nothing was heard for too long. A page that was frozen, or whose timers are held back, hears late and not
// nothing: a timer that comes late is given a moment for what waits to be read.
import type { Cancel, Clock } from '../core/clock.ts'

/** How long what waits may take to be read once the page runs again, in ms. */
export const GRACE_MS = 5000
// A timer that comes this much late, in ms, says that the page did not run in between.
const LATE_MS = 2000

/** Watches one connection. */
export interface Watchdog {
  /** A sign of life. Costs one assignment. */
  heard(): void
  close(): void
}

/** Makes a watchdog that calls `onSilence` once. @param periodMs longest silence, in ms, as of now; null for any */
export function createWatchdog(
  clock: Clock,
  periodMs: () => number | null,
  onSilence: (silentMs: number) => void,
): Watchdog {
  let heardAt = clock.now()
  let cancel: Cancel = () => {}
  const arm = (ms: number, forgiven: boolean): void => {
    const due = clock.now() + ms
    cancel = clock.setTimer(() => look(due, forgiven), ms)
  }
  const look = (due: number, forgiven: boolean): void => {
    const now = clock.now()
    const silence = now - heardAt
    const period = periodMs() ?? Infinity
    if (silence < period) arm(nextLook(period - silence), false)
    else if (now - due > LATE_MS && !forgiven) arm(GRACE_MS, true)
    else onSilence(silence)
  }
  arm(nextLook(periodMs() ?? Infinity), false)
  return {
    heard() {
      heardAt = clock.now()
    },
    close: () => cancel(),
  }
}

// The period may be named later, by the first words of the relay.
const nextLook = (ms: number): number => Math.min(ms, 15_000)
