// Callbacks to an iteration: whatever brings reads is never held back, and nothing loses its place.
import type { AgentStreamError } from '../core/errors.ts'
import type { Read } from './transport.ts'

/** A box that one side fills and the other iterates. */
export interface Inbox {
  put(read: Read): void
  /** Ends the iteration once it is emptied, with an error or in peace. Only the first call counts. */
  end(error?: AgentStreamError): void
  /** What was put, in order; waits for more until the end. */
  reads(): AsyncGenerator<Read>
}

/** Makes an empty box. Aborting `signal` ends it in peace. */
export function createInbox(signal: AbortSignal): Inbox {
  let waiting: Read[] = []
  let ended = false
  let failure: AgentStreamError | undefined
  let wake = (): void => {}
  const end = (error?: AgentStreamError): void => {
    if (!ended) failure = error
    ended = true
    wake()
  }
  const abort = (): void => end()
  signal.addEventListener('abort', abort, { once: true })
  if (signal.aborted) end()
  return {
    put(read) {
      if (ended) return
      waiting.push(read)
      wake()
    },
    end,
    async *reads() {
      try {
        for (;;) {
          const batch = waiting
          waiting = []
          yield* batch
          if (waiting.length > 0) continue
          if (ended) break
          await new Promise<void>((resolve) => (wake = resolve))
        }
        if (failure !== undefined) throw failure
      } finally {
        signal.removeEventListener('abort', abort)
      }
    },
  }
}
