// What the queue holds: one item per frame, in the order of the wire, whatever it decoded to.
import type { EndReason, RelayGap } from '../wire/protocol.ts'
import type { AgentStreamError } from './errors.ts'
import type { AgentEvent } from './events.ts'

/** Something other than an agent's event that has its place in the order of events. */
export type Mark =
  /** Events are missing here. */
  | { readonly type: 'gap'; readonly gap: RelayGap }
  /** The relay says that nothing follows; null when it does not say why. */
  | { readonly type: 'end'; readonly reason: EndReason | null }
  /** No further connection will be tried. */
  | { readonly type: 'given-up'; readonly error: AgentStreamError | null }
  /** Somebody on this side stopped reading. */
  | { readonly type: 'stopped' }
  /** Another connection goes on with what counted as over on this side only. */
  | { readonly type: 'resumed' }
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

/** An item that is only a mark. */
export function marked(mark: Mark, errors: readonly AgentStreamError[] = NO_ERRORS): Received {
  return { cursor: undefined, events: [], mark, counted: false, errors }
}

/** True for the relay's word that nothing follows on this connection. */
export function isLast({ mark }: Received): boolean {
  return mark?.type === 'end' || mark?.type === 'given-up'
}
