// What the queue holds: one item per frame, in the order of the wire, whatever it decoded to.
import type { EndReason, RelayGap } from '../wire/protocol.ts'
import type { ChatMessage } from './chat-message.ts'
import type { AgentStreamError } from './errors.ts'
import type { AgentEvent } from './events.ts'
import type { RunState } from './run.ts'

/** Something other than an agent's event that has its place in the order of events. */
export type Mark =
  /** Events are missing here. */
  | { readonly type: 'gap'; readonly gap: RelayGap }
  /** The relay says that nothing follows; null when it does not say why. */
  | { readonly type: 'end'; readonly reason: EndReason | null }
  /** No further connection will be tried. */
  | { readonly type: 'given-up'; readonly error: AgentStreamError | null }
  /** There is no run to be read. */
  | { readonly type: 'nothing' }
  /** Nobody on this side will read on; whoever has left is not told. */
  | { readonly type: 'abandoned' }
  /** Somebody on this side stopped reading. */
  | { readonly type: 'stopped' }
  /** Another connection goes on with what counted as over on this side only. */
  | { readonly type: 'resumed' }
  /** What somebody said is on its way to the agent; `message` shows it meanwhile. */
  | { readonly type: 'submitted'; readonly message: ChatMessage | null }
  /** The agent has it, and a run begins; `fresh` when it has a log of its own. */
  | { readonly type: 'accepted'; readonly runId: string | null; readonly fresh: boolean }
  /** The agent does not have it. */
  | { readonly type: 'unsent'; readonly error: AgentStreamError | null }
  /** The application knows better what had been said up to here. */
  | { readonly type: 'hydrated'; readonly messages: readonly ChatMessage[] }
  /** Another page had come this far. */
  | { readonly type: 'restored'; readonly state: unknown; readonly run: RunState }
  /** An error that the application should see; it ends nothing. */
  | { readonly type: 'error'; readonly error: AgentStreamError }

/** One item of the queue. */
export interface Received {
  /** Where a resume goes on after this item; undefined when it changes nothing about that. */
  readonly cursor: string | null | undefined
  readonly events: readonly AgentEvent[]
  readonly mark: Mark | undefined
  /** True for a producer's event, decoded or not; false for what the wire itself says. */
  readonly counted: boolean
  /** What the application is told about it. */
  readonly errors: readonly AgentStreamError[]
}

/** No errors, without making a list for every event. */
export const NO_ERRORS: readonly AgentStreamError[] = Object.freeze([])

/** An item without events. */
export function marked(
  mark: Mark | undefined,
  errors: readonly AgentStreamError[] = NO_ERRORS,
): Received {
  return { cursor: undefined, events: [], mark, counted: false, errors }
}

/** True for what says that nothing follows on this connection. */
export function isLast({ mark }: Received): boolean {
  return mark?.type === 'end' || mark?.type === 'given-up' || mark?.type === 'nothing'
}
