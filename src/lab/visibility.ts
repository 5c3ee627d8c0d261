// A hidden page paints nothing: the lab waits until it is seen, and trusts no run during which it was not.
import type { Clock } from '../core/clock.ts'

/** Whether the page was hidden, from now on. */
export interface Visibility {
  /** True when it was, if only for a moment. */
  happened(): boolean
  close(): void
}

/** Watches until it is closed. */
export function watchVisibility(clock: Clock): Visibility {
  let hidden = clock.hidden()
  const close = clock.onVisibilityChange(() => (hidden ||= clock.hidden()))
  return { happened: () => hidden, close }
}

/**
 * Resolves as soon as somebody can see the page.
 * @throws the reason of the signal
 */
export function seen(clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = clock.onVisibilityChange(() => done())
    function done(): void {
      if (clock.hidden() && !signal.aborted) return
      cancel()
      signal.removeEventListener('abort', done)
      if (signal.aborted) reject(signal.reason as Error)
      else resolve()
    }
    signal.addEventListener('abort', done)
    done()
  })
}
