import type { Protocol } from 'framewise'
import { suna } from 'framewise/protocols'

export interface Endpoint {
  readonly protocol: Protocol
  readonly url: (run: string) => string
  readonly idleTimeoutMs?: number
}

const own = (run: string): string => `/api/agent-run/${run}/stream`

/** The relay, in front of Suna's Redis. */
export const relay: Endpoint = {
  protocol: suna(),
  url: (run) => `/v1/streams/${run}/events`,
}

/** Suna's own endpoint while runs are lists: every connection brings all of the run once more. */
export const ownList: Endpoint = { protocol: suna(), url: own }

/** Suna's own endpoint since runs are Redis Streams: it goes on after `?last_id=`, and pings every 5 to 30 s. */
export const ownStream: Endpoint = {
  protocol: suna({ endpoint: 'own' }),
  url: own,
  idleTimeoutMs: 75_000,
}
