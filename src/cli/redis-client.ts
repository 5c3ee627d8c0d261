// A connection to Redis for commands: it must come about at once, and comes back by itself afterwards.
import { createClient } from '@redis/client'
import { CommandError, messageOf, UsageError } from './command-error.ts'

/** A connected client. */
export type RedisClient = ReturnType<typeof createClient>

const CONNECT_TIMEOUT_MS = 5000
const RECONNECT_MS = 100

/** An address as it may be shown: without its password. */
export function shownRedisUrl(url: string): string {
  return url.replace(/^(rediss?:)?(\/\/)?.*@/i, '$1$2***@')
}

/** @throws UsageError when the address is not one of Redis */
export function checkRedisUrl(url: string): string {
  if (/^rediss?:\/\/[^/]/.test(url) && URL.canParse(url)) return url
  throw new UsageError(
    `"${shownRedisUrl(url)}" is no address of a Redis; write redis://host:port or rediss://user:password@host:port`,
  )
}

/**
 * Connects.
 * @throws UsageError for an address that is none, CommandError when Redis cannot be reached, the signal's reason
 */
export async function connectRedis(url: string, signal?: AbortSignal): Promise<RedisClient> {
  let reached = false
  const reconnectStrategy = (): number | false => (reached ? RECONNECT_MS : false)
  const client: RedisClient = createClient({
    url: checkRedisUrl(url),
    socket: { reconnectStrategy, connectTimeout: CONNECT_TIMEOUT_MS },
  })
  // Failures are told by the promises of what was sent.
  client.on('error', () => {})
  // Its own timeout is over once the socket is open: who answers there may be no Redis.
  const late = AbortSignal.timeout(CONNECT_TIMEOUT_MS)
  const giveUp = (): void => client.destroy()
  const ends = AbortSignal.any([late, ...(signal ? [signal] : [])])
  ends.addEventListener('abort', giveUp)
  try {
    signal?.throwIfAborted()
    await client.connect()
    reached = true
    return client
  } catch (error) {
    signal?.throwIfAborted()
    const reason = late.aborted ? `no answer within ${CONNECT_TIMEOUT_MS} ms` : messageOf(error)
    throw new CommandError(
      `cannot reach Redis at ${shownRedisUrl(url)}: ${reason}; start it, or name another one with --redis URL or REDIS_URL`,
      { cause: error },
    )
  } finally {
    ends.removeEventListener('abort', giveUp)
  }
}
