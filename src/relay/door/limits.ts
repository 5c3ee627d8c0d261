// How much a relay takes on: connections in all, connections of one client, viewers of one stream.
import { networkOf } from './client-address.ts'
import { createQuota } from './quota.ts'
import { problemReply } from '../request.ts'
import type { RelayReply, RelayRequest } from '../request.ts'

/** The most of each; 0 is no limit. */
export interface LimitsOptions {
  readonly maxConnections: number
  readonly maxConnectionsPerAddress: number
  readonly maxViewersPerStream: number
  readonly addressOf: (request: RelayRequest) => string | null
}

/** Counts what is open. */
export interface Limits {
  /** Lets a request in until it is over, or gives what to answer it. */
  admit(request: RelayRequest): RelayReply | null
  /** Lets one more see a stream; gives what counts them out again, or null where there are too many. */
  view(stream: string): (() => void) | null
  /** Connections in all. */
  count(): number
  /** True when no more of them are taken. */
  isFull(): boolean
}

/** When those that were not let in may try again. */
export const RETRY: RelayReply['headers'] = Object.freeze({ 'retry-after': '5' })

/** What is answered where a stream has no place left. */
export const CROWDED: RelayReply = problemReply(
  503,
  'overloaded',
  'too many viewers of this stream',
  RETRY,
)
const FULL = problemReply(503, 'overloaded', 'too many connections', RETRY)
const GREEDY = problemReply(429, 'overloaded', 'too many connections from your address', RETRY)

/**
 * Creates limits with nothing open.
 * @throws TypeError for a limit that is no count
 */
export function createLimits(options: LimitsOptions): Limits {
  const quota = (name: Exclude<keyof LimitsOptions, 'addressOf'>) => {
    const most = options[name]
    if (Number.isInteger(most) && most >= 0) return createQuota(most)
    throw new TypeError(`${name}: expected a count, or 0 for no limit, got ${most}`)
  }
  const connections = quota('maxConnections')
  const clients = quota('maxConnectionsPerAddress')
  const viewers = quota('maxViewersPerStream')

  function admit(request: RelayRequest): RelayReply | null {
    const leave = connections.take('')
    if (leave === null) return FULL
    request.onClose(leave)
    const address = options.addressOf(request)
    const leaveClient = address === null ? leave : clients.take(networkOf(address))
    if (leaveClient === null) return GREEDY
    request.onClose(leaveClient)
    return null
  }

  const { count, isFull } = connections
  return { admit, view: viewers.take, count: () => count(''), isFull: () => isFull('') }
}
