// Where a run comes from: one source, and a transport of its own for every reader of it.
import type { Protocol, ReconnectPolicy, Transport } from 'framewise'

/** A run that has begun, or begins when the first reader connects. */
export interface Feed {
  readonly protocol: Protocol
  /** What readers do after a cut. */
  readonly reconnect: ReconnectPolicy
  /** One for each reader that was asked for; all of them bring the very same events. */
  readonly transports: readonly Transport[]
  /** Frees what the source holds, once the run is over. */
  close(): void
  /** Ends the source before its time, and frees it. */
  cancel(): void
}
