// The wait before another attempt: by the clock, and over at once when somebody wakes it or it is of no use any more.
import type { Cancel, Clock } from '../core/clock.ts'

/** A wait in progress. */
export interface Pause {
  readonly over: Promise<void>
  /** Ends it now. */
  end(): void
}

/** Waits so many ms, or until `signal` aborts. */
export function createPause(ms: number, clock: Clock, signal: AbortSignal): Pause {
  let cancel: Cancel = () => {}
  let end = (): void => {}
  const over = new Promise<void>((resolve) => {
    end = (): void => {
      cancel()
      signal.removeEventListener('abort', end)
      resolve()
    }
    cancel = clock.setTimer(end, ms)
    signal.addEventListener('abort', end, { once: true })
  })
  return { over, end }
}
