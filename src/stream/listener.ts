// The application's callbacks, kept from hurting the stream: what they throw is told, and the stream goes on.
import { type AgentStreamError, callbackThrew } from '../core/errors.ts'
import type { RunState } from '../core/run.ts'
import type { StreamCounts } from '../core/tap.ts'
import type { AgentStreamOptions, FlushInfo, ReceivedEvent } from './options.ts'
import type { RelayGap } from '../wire/protocol.ts'

/** Calls the application. None of these throws. */
export interface Listener {
  event(received: ReceivedEvent): void
  flush(flush: FlushInfo): void
  gap(gap: RelayGap): void
  error(error: AgentStreamError): void
  finish(run: RunState): void
  /** Runs foreign code. */
  guard(run: () => void): void
}

/** Makes the listener of one stream. Callbacks are looked up when they are called: their holder may change them. */
export function createListener<State, Snapshot extends StreamCounts, Input>(
  options: AgentStreamOptions<State, Snapshot, Input>,
): Listener {
  // The last resort: where nobody is left to be told, the page's own error handler is.
  const surface = (cause: unknown): void => void Promise.reject(cause)
  const error = (problem: AgentStreamError): void => {
    const { onError } = options
    if (onError === undefined && problem.code === 'callback-threw') return surface(problem.cause)
    try {
      onError?.(problem)
    } catch (cause) {
      surface(cause)
    }
  }
  const guard = (run: () => void): void => {
    try {
      run()
    } catch (cause) {
      error(callbackThrew('a callback', cause))
    }
  }
  return {
    event: (received) => guard(() => options.onEvent?.(received)),
    flush: (flush) => guard(() => options.onFlush?.(flush)),
    gap: (gap) => guard(() => options.onGap?.(gap)),
    finish: (run) => guard(() => options.onFinish?.(run)),
    error,
    guard,
  }
}
