// A connection to Redis for commands: it must come about at once, and comes back by itself afterwards.
import { createClient } from '@redis/client'
import { CommandError, messageOf, UsageError } from './command-error.ts'

/** A connected client. */
export type RedisClient = ReturnType<typeof createClient>

const CONNECT_TIMEOUT_MS = 5000
const RECONNECT_MS = 100

/** An address as it may be shown: without its password, wherever it was written. */
export function shownRedisUrl(url: string): string {
  return url.replace(/^(rediss?:)?(\/\/)?.*@/i, '$1$2***@').replace(/[?#].*$/s, '')
}

/** @throws UsageError when the address is not one of Redis */
export function checkRedisUrl(url: string): string {
  const trouble = troubleWith(url)
  if (trouble === null) return url
  throw new UsageError(`"${shownRedisUrl(url)}" ${trouble}`)
}

// What the client would fail at later, in words of its own.
function troubleWith(url: string): string | null {
  if (!/^rediss?:\/\/[^/]/.test(url) || !URL.canParse(url)) {
    return 'is no address of a Redis; write redis://host:port or rediss://user:password@host:port'
  }
  const { username, password, pathname } = new URL(url)
  if (!isDecodable(username + password)) {
    return 'has a user or a password with a bare %; write % as %25'
  }
  const isDatabase = /^\/?\d*$/.test(pathname)
  return isDatabase ? null : 'ends in no number of a database; write redis://host:port/0'
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

/**
 * The addresses in a value: one, or those of a cluster's nodes, separated by commas. A comma may also be part of a
 * password.
 * @throws UsageError when one is none
 */
export function redisUrlsIn(text: string): readonly string[] {
  return text.split(/,(?=rediss?:\/\/)/).map(checkRedisUrl)
}

const WRONG = /^(WRONGPASS|ERR invalid password|ERR .*AUTH)/i
const NONE = /^NOAUTH/
const NO_DATABASE = /^ERR .*(DB index|invalid DB)/i
// One that speaks TLS hangs up on who does not, and one that does not waits for the end of a line.
const TLS_DOUBT = /no answer within|closed|SSL|TLS|wrong version number/i
const TLS_DOUBT_OF_TLS = /^Connection timeout/

/** True for a failure of {@link connectRedis} that no waiting mends: Redis is there, and wants another address. */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof CommandError)) return false
  const said = messageOf(error.cause)
  return [WRONG, NONE, NO_DATABASE].some((refusal) => refusal.test(said))
}

/** True for a failure of {@link connectRedis} that may come from TLS where there is none, or the other way round. */
export function isOfTls(url: string, said: string): boolean {
  return TLS_DOUBT.test(said) || (url.startsWith('rediss:') && TLS_DOUBT_OF_TLS.test(said))
}

/** Why there is no connection and what to do about it, in one sentence. */
export function connectTrouble(url: string, said: string): string {
  const where = `Redis at ${shownRedisUrl(url)}`
  if (WRONG.test(said)) {
    return `${where} refuses the password or the user: ${said}; write redis://user:password@host:port`
  }
  if (NONE.test(said)) {
    return `${where} wants a password; write redis://:password@host:port`
  }
  if (/^[A-Z]{2,} /.test(said)) return `${where} refuses: ${said}; check REDIS_URL or --redis`
  return `cannot reach ${where}: ${said}; ${remedyFor(url, said)}`
}

// Where nothing listens, nobody has to think of TLS.
function remedyFor(url: string, said: string): string {
  const another = 'start it, or name another one with --redis URL or REDIS_URL'
  if (!isOfTls(url, said)) return another
  return url.startsWith('rediss:')
    ? 'if it speaks no TLS there, write redis://'
    : 'if it speaks TLS there, write rediss://'
}

/**
 * Connects.
 * @param connectMs how long to wait for somebody to be there at all; for what they answer, it is 5 s altogether
 * @throws UsageError for an address that is none, CommandError when Redis cannot be reached, the signal's reason
 */
export async function connectRedis(
  url: string,
  signal?: AbortSignal,
  connectMs: number = CONNECT_TIMEOUT_MS,
): Promise<RedisClient> {
  let reached = false
  const reconnectStrategy = (): number | false => (reached ? RECONNECT_MS : false)
  const client: RedisClient = createClient({
    url: checkRedisUrl(url),
    socket: { reconnectStrategy, connectTimeout: connectMs },
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
    throw new CommandError(connectTrouble(url, reason), { cause: error })
  } finally {
    ends.removeEventListener('abort', giveUp)
  }
}
