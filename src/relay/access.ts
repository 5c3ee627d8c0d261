// Who may read or stop which stream.
import type { RelayRequest } from './request.ts'

/** What is asked for. */
export type Right = 'read' | 'stop'

/** What was allowed. */
export interface Grant {
  /** When it ends, as ms since 1970; null for never. */
  readonly untilMs: number | null
}

/**
 * What was not allowed: `unauthorized` without a valid token, `not-found` with one for other streams,
 * `stop-not-permitted` with one that may only read.
 */
export type Denial = 'unauthorized' | 'not-found' | 'stop-not-permitted'

/** Decides. */
export interface Access {
  /** @param token as a WebSocket's message gave it; null takes what the request itself carries */
  check(
    request: RelayRequest,
    token: string | null,
    stream: string,
    right: Right,
  ): Promise<Grant | Denial>
}

const FOREVER: Grant = Object.freeze({ untilMs: null })

/** Everyone may do everything: for a relay that only this machine can reach. */
export const openAccess: Access = Object.freeze({ check: () => Promise.resolve(FOREVER) })
