// What the agent does, kept apart from what the wire does: folded from events like the messages are.
import type { AgentEvent } from './events.ts'
import { AgentStreamError } from './errors.ts'

/** Status of the run. */
export type RunStatus =
  | 'idle'
  | 'submitted'
  | 'streaming'
  | 'finished'
  | 'truncated'
  | 'stopped'
  | 'failed'

/** State of the run. */
export interface RunState {
  readonly status: RunStatus
  /** Why the run is over, or null while it is not. */
  readonly finish: { readonly reason: string } | null
  readonly error: AgentStreamError | null
}

/** No run yet. */
export const NO_RUN: RunState = Object.freeze({ status: 'idle', finish: null, error: null })

/** True once a run is over, however it ended. */
export function isOver(status: RunStatus): boolean {
  return status !== 'idle' && status !== 'submitted' && status !== 'streaming'
}

/** The run after these events; the same object when they change nothing about it. */
export function reduceRun(run: RunState, events: readonly AgentEvent[]): RunState {
  return events.reduce(afterEvent, run)
}

function afterEvent(run: RunState, event: AgentEvent): RunState {
  switch (event.type) {
    case 'RUN_FINISHED': {
      const reason = event.reason ?? 'completed'
      return { ...run, status: reason === 'stopped' ? 'stopped' : 'finished', finish: { reason } }
    }
    case 'RUN_ERROR':
      return {
        status: 'failed',
        finish: { reason: event.code ?? 'failed' },
        error: new AgentStreamError('run-failed', event.message),
      }
    case 'RUN_STARTED':
      return run.status === 'streaming' ? run : { ...NO_RUN, status: 'streaming' }
    default:
      return run.status === 'streaming' || isOver(run.status)
        ? run
        : { ...run, status: 'streaming' }
  }
}
