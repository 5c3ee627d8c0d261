// Asks the agent to end its run. Reading has stopped already: whatever comes of it, nobody waits.
import { type AgentStreamError, failedBy } from '../core/errors.ts'
import type { CancelContext } from './options.ts'
import type { Transport } from '../transport/transport.ts'

/** How a run can be asked to end. */
export interface CancelWays {
  /** The application's own way; it goes first. */
  readonly cancel: ((run: CancelContext) => void | Promise<void>) | undefined
  readonly transport: Transport | null
  readonly onError: (error: AgentStreamError) => void
}

/** Asks in the first way there is; a failure is told and not thrown. */
export async function cancelRun(run: CancelContext, ways: CancelWays): Promise<void> {
  const { cancel = ways.transport?.cancel, onError } = ways
  try {
    if (cancel === undefined) {
      throw new TypeError('expected a `cancel` option, or the address of a relay, got neither')
    }
    await cancel(run)
  } catch (cause) {
    onError(failedBy('cancel-failed', 'the run could not be asked to end', cause))
  }
}
