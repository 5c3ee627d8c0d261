// Time for a player that passes only when it sleeps, so that what it does is a matter of order alone.
import type { PlayerClock } from '../../src/cli/play/player.ts'

export interface ManualPlayerClock extends PlayerClock {
  /** Lets time pass without a sleep, as slow work does. */
  pass(ms: number): void
}

export function createManualPlayerClock(): ManualPlayerClock {
  let time = 0
  return {
    now: () => time,
    date: () => 1_000_000 + time,
    sleep(ms, signal) {
      if (!signal.aborted) time += ms
      return Promise.resolve()
    },
    breathe: () => Promise.resolve(),
    pass: (ms) => void (time += ms),
  }
}
