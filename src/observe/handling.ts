// One delivery at a time of one stream: from before its handlers run until they, and their microtasks, have.
import type { Frame } from '../core/protocol.ts'
import { followMicrotasks } from './follow-microtasks.ts'
import { createGuard } from './guard.ts'
import type { Observed } from './observed-stream.ts'
import type { Watcher } from './watcher.ts'

/** The deliveries of one stream. */
export interface Handling {
  /** Handlers are about to run. @param framesOf what was delivered, asked for when they have */
  begin(at: number, framesOf: () => readonly Frame[]): void
  /** They have run, and their microtasks as well. */
  end(): void
  /** They have run, or will in a microtask: ends when no microtask follows any more. */
  endWithMicrotasks(): void
}

/** Makes the deliveries of a stream. */
export function createHandling(watcher: Watcher, observed: Observed): Handling {
  const { attribution, clock, guard } = watcher
  // A stream whose events cannot be read is given up, and not all of them.
  const own = createGuard()
  let current: { readonly at: number; readonly framesOf: () => readonly Frame[] } | null = null
  let unfollow = (): void => {}
  const end = (): void => {
    if (current === null) return
    const { at, framesOf } = current
    unfollow()
    current = null
    unfollow = () => {}
    attribution.end(own(() => observed.received(framesOf(), at)) ?? 0)
  }
  return {
    begin(at, framesOf) {
      end()
      attribution.begin(observed, end)
      current = { at, framesOf }
    },
    end,
    endWithMicrotasks() {
      const worked = (): void => void guard(attribution.worked)
      unfollow = followMicrotasks(clock.now, worked, () => guard(end))
    },
  }
}
