// The port for whatever brings frames: each `open` is one connection, from its request to its end.
import type { Clock } from '../core/clock.ts'
import type { AgentStreamError } from '../core/errors.ts'
import type { Frame, Protocol } from '../core/protocol.ts'
import type { Arrival } from '../core/tap.ts'

/** Why a connection is opened: the first time, after a cut, or after a 401 asked for new credentials. */
export type OpenReason = 'connect' | 'unauthorized'

/** What a connection needs to know. */
export interface OpenOptions {
  /** Go on after this cursor; null for the whole stream. */
  readonly after: string | null
  /** Aborting closes the connection at once; the iteration then ends without an error. */
  readonly signal: AbortSignal
  /** Stamps arrivals. */
  readonly clock: Clock
  /** Reads bodies that are no server-sent events. @default none can be read */
  readonly body?: Protocol['body']
  /** Query name of the cursor. @default 'after' */
  readonly afterParam?: string | undefined
  /** Told when the browser seems to hold the request back; it goes on waiting. */
  readonly onStall?: ((error: AgentStreamError) => void) | undefined
  /** Longest event, in characters. @default 16 Mi */
  readonly maxEventChars?: number | undefined
  /** Ask the other side, where that is a relay, for `relay.timing`. @default false */
  readonly timing?: boolean | undefined
}

/** What one network read brought. */
export interface Read extends Arrival {
  /** When it arrived, by the clock; stamped before anything is parsed. */
  readonly at: number
  /** Every frame that became complete with it, in order; none for a sign of life. */
  readonly frames: readonly Frame[]
  /** The wait before a next attempt, in ms, where the other side named one. */
  readonly retryMs?: number | undefined
}

/**
 * A source of frames. The iteration's first step has no frames and says that the other side answered;
 * later ones without frames are heartbeats. It ends when the other side ends the stream, and throws
 * AgentStreamError when the stream cannot be had. Between two steps a transport awaits its network only.
 */
export interface Transport {
  /** What it reads, say an address: the identity of a stream that is given none. */
  readonly name: string
  /** Makes one connection, and closes it when the iteration is left. */
  open(options: OpenOptions): AsyncIterable<Read>
  /** True where it can be opened but once: a cut is final. @default false */
  readonly once?: boolean | undefined
  /** True while what is open is worth more than another connection: a wake does not renew it. @default false */
  readonly keep?: boolean | undefined
  /** Asks the other side to end the run; missing where there is no way to ask. */
  readonly cancel?: (() => Promise<void>) | undefined
  /**
   * Asks the other side for its clock: the JSON of `GET /v1/time`, and the `url` that gave it: streams with one `url` share
   * what is known. Missing where that is no relay.
   */
  readonly time?: (() => Promise<unknown>) | undefined
}
