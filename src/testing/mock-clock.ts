// The time of a mocked relay: the platform's timers, looked up at every call, so that fake ones of a test runner work.
import type { Clock } from '../core/clock.ts'

/** What a mocked relay needs of a clock; `createManualClock()` has it. */
export type MockClock = Pick<Clock, 'now' | 'setTimer'>

/** Timers of the platform. */
export const platformClock: MockClock = Object.freeze({
  now: () => performance.now(),
  setTimer(callback: () => void, ms: number) {
    const handle = setTimeout(callback, ms)
    return () => clearTimeout(handle)
  },
})
