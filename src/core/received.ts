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
  /** An error that the application should see; it ends nothing. */
  | { readonly type: 'error'; readonly error: AgentStreamError }

/** One item of the queue. */
export interface Received {
  readonly cursor: string | undefined
  readonly events: readonly AgentEvent[]
  readonly mark: Mark | undefined
  /** True for a producer's event, decoded or not; false for what the wire itself says. */
  readonly counted: boolean
}

/** An item that is only a mark. */
export function marked(mark: Mark): Received {
  return { cursor: undefined, events: [], mark, counted: false }
}
