// One connection in the hand of whoever drives it: can be cut from this side, and is watched for silence.
import type { Clock } from '../core/clock.ts'
import { AgentStreamError } from '../core/errors.ts'
import { createWatchdog } from './watchdog.ts'

/** One connection, from its request to its end. */
export interface Link {
  /** Aborts when the connection is cut from this side, whoever does it. */
  readonly signal: AbortSignal
  /** Why the driver itself cut it; null while it did not. */
  readonly cut: 'renew' | AgentStreamError | null
  /** A sign of life. */
  heard(): void
  /** Cuts it for the sake of another one. */
  renew(): void
  close(): void
}

/** Makes a link. @param idleMs longest silence, in ms, as of now; null for any */
export function createLink(outer: AbortSignal, clock: Clock, idleMs: () => number | null): Link {
  const controller = new AbortController()
  let cut: Link['cut'] = null
  const end = (why: Link['cut']): void => {
    cut ??= why
    controller.abort()
  }
  const abort = (): void => end(null)
  const watchdog = createWatchdog(clock, idleMs, (silentMs) =>
    end(
      new AgentStreamError(
        'idle-timeout',
        `nothing was heard for ${Math.round(silentMs / 1000)} s`,
      ),
    ),
  )
  outer.addEventListener('abort', abort, { once: true })
  if (outer.aborted) abort()
  return {
    signal: controller.signal,
    get cut() {
      return cut
    },
    heard: watchdog.heard,
    renew: () => end('renew'),
    close() {
      watchdog.close()
      outer.removeEventListener('abort', abort)
      // A transport that is only left, and not read to its end, closes as well.
      controller.abort()
    },
  }
}
