// What the agent does, kept apart from what the wire does: folded from events like the messages are.
import type { AgentEvent } from './events.ts'
import { AgentStreamError } from './errors.ts'

/** Status of the run. */
export type RunStatus =
  /** No event yet. */
  | 'idle'
  /** Asked for; its first event has not come. */
  | 'submitted'
  /** Events come, or may come. */
  | 'streaming'
  /** Complete: its terminal event has come. */
  | 'finished'
  /** Over without a terminal event: what is missing is not known. */
  | 'truncated'
  /** Somebody stopped it, or the reading of it. */
  | 'stopped'
  /** Its terminal event says so, or it could not be read at all. */
  | 'failed'

/** State of the run. */
export interface RunState {
  /** How far it is. */
  readonly status: RunStatus
  /** Id of the run, or null where none is known. */
  readonly runId: string | null
  /** Why the run is over, as far as it said so: null while it is not over, and where it was cut. */
  readonly finish: { readonly reason: string } | null
  /** The last thing that went wrong, or null. It may have ended nothing: `status` says. */
  readonly error: AgentStreamError | null
}

/** No run yet. */
export const NO_RUN: RunState = Object.freeze({
  status: 'idle',
  runId: null,
  finish: null,
  error: null,
})

/** True once a run is over, however it ended. */
export function isOver(status: RunStatus): boolean {
  return status !== 'idle' && status !== 'submitted' && status !== 'streaming'
}

/**
 * The run after these events; the same object when they change nothing about it.
 * @param over is given every run that ends with them, in order
 */
export function reduceRun(
  before: RunState,
  events: readonly AgentEvent[],
  over: RunState[] = [],
): RunState {
  let run = before
  for (const event of events) {
    const next = afterEvent(run, event)
    if (next !== run && isOver(next.status)) over.push(next)
    run = next
  }
  return run
}

// What is over stays as it ended, whatever is told about it later; only another run begins anew.
function afterEvent(run: RunState, event: AgentEvent): RunState {
  if (isOver(run.status) && event.type !== 'RUN_STARTED') return run
  switch (event.type) {
    case 'RUN_FINISHED': {
      const reason = event.reason ?? 'completed'
      return { ...run, status: reason === 'stopped' ? 'stopped' : 'finished', finish: { reason } }
    }
    case 'RUN_ERROR':
      return {
        ...run,
        status: 'failed',
        finish: { reason: event.code ?? 'failed' },
        error: new AgentStreamError('run-failed', event.message),
      }
    case 'RUN_STARTED': {
      // A run that goes on keeps the name that it got first: whoever started it knows it by that.
      const runId = (isOver(run.status) ? null : run.runId) ?? event.runId ?? null
      return run.status === 'streaming' && run.runId === runId
        ? run
        : { ...NO_RUN, status: 'streaming', runId }
    }
    default:
      return run.status === 'streaming' ? run : { ...run, status: 'streaming' }
  }
}
