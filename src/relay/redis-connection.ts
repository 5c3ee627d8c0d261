// A session with one Redis that comes back by itself: while there is none the relay tries again with jitter, and says so
// once, not once per try.
import type { RedisClientOptions } from '@redis/client'
import { BackendUnavailableError } from './backend.ts'
import type { Logger } from './backend.ts'
import { ANSWER_MS, FULL_DIALECT, openSession, simplerDialect } from './redis-session.ts'
import type { RedisSession, Reply, Send } from './redis-session.ts'
import { createSeldom } from './seldom.ts'

/** Which server is wanted. */
export interface RedisAddress {
  /** For people; never with a password. */
  readonly name: string
  /** Where it is now, as options of a node-redis client. */
  locate(signal: AbortSignal): Promise<RedisClientOptions>
  /** Rejects when this is not, or no longer, the server that is wanted. Asked now and then. */
  verify(send: Send): Promise<void>
}

/** Options of {@link createRedisConnection}. */
export interface RedisConnectionOptions {
  readonly address: RedisAddress
  readonly logger: Logger
  readonly random: () => number
  /** Called with every new session; its subscriptions are empty. */
  readonly onSession: (session: RedisSession) => void
  /** Called when a session, or the attempt at one, is over. */
  readonly onLoss?: (() => void) | undefined
  /** Called with a key that has changed since it was read, or with null: any key may have. */
  readonly onChange: (key: string | null) => void
}

/** Counted since the start, over all sessions. */
export interface RedisCounts {
  commands: number
  sessions: number
  /** Mean time of a command, the recent ones weighing more, in ms; null before the first. */
  rttMs: number | null
  /** Redis' clock minus this one, in ms, to within half a round trip; null before it was asked. */
  clockOffsetMs: number | null
}

/** A connection that comes back by itself. */
export interface RedisConnection {
  readonly counts: Readonly<RedisCounts>
  /** Sends one command. Rejects with BackendUnavailableError where the session is away, or goes away meanwhile. */
  readonly send: Send
  /** Null while there is none. */
  session(): RedisSession | null
  isCurrent(session: RedisSession): boolean
  close(): void
}

const VERIFY_MS = 10_000
const CLOCK_MS = 60_000
const RTT_WEIGHT = 0.05

/** Starts connecting and never gives up until it is closed. */
export function createRedisConnection(options: RedisConnectionOptions): RedisConnection {
  const { address, logger, random, onChange } = options
  const counts: RedisCounts = { commands: 0, sessions: 0, rttMs: null, clockOffsetMs: null }
  let current: RedisSession | null = null
  let abort = new AbortController() // of the session or attempt under way
  let attempt = 0
  let dialect = FULL_DIALECT
  const isTime = createSeldom()
  let told = false // of this outage
  let timer: NodeJS.Timeout | undefined
  let closed = false

  async function connect(): Promise<void> {
    abort = new AbortController()
    const { signal } = abort
    const late = setTimeout(lose, ANSWER_MS, new Error(`no answer within ${ANSWER_MS} ms`))
    try {
      const client = await address.locate(signal)
      const session = await openSession({ client, dialect, logger, signal, lose, onChange })
      await address.verify(session.send)
      if (signal.aborted) return
      begin({ ...session, send: counted(session.send) }, signal)
    } catch (error) {
      if (!signal.aborted) lose(error)
    } finally {
      clearTimeout(late)
    }
  }

  function begin(session: RedisSession, signal: AbortSignal): void {
    current = session
    counts.sessions++
    if (told) logger.info(`Redis at ${address.name} is back`)
    attempt = 0
    told = false
    repeat(VERIFY_MS, signal, () => address.verify(session.send))
    repeat(CLOCK_MS, signal, () => readClock(session.send))
    readClock(session.send).catch(() => {}) // not permitted, or gone again
    options.onSession(session)
  }

  function repeat(everyMs: number, signal: AbortSignal, task: () => Promise<void>): void {
    const repeated = setInterval(() => void task().catch(lose), everyMs)
    signal.addEventListener('abort', () => clearInterval(repeated), { once: true })
  }

  function counted(send: Send): Send {
    return async (...args) => {
      counts.commands++
      const begun = performance.now()
      const reply = await send(...args)
      const tookMs = performance.now() - begun
      counts.rttMs =
        counts.rttMs === null ? tookMs : counts.rttMs + (tookMs - counts.rttMs) * RTT_WEIGHT
      return reply
    }
  }

  async function readClock(send: Send): Promise<void> {
    const asked = performance.timeOrigin + performance.now()
    const reply = await send('TIME').catch(() => null)
    if (!Array.isArray(reply)) return
    const heard = performance.timeOrigin + performance.now()
    const [seconds, micros] = reply.map(Number)
    counts.clockOffsetMs = (seconds ?? 0) * 1000 + (micros ?? 0) / 1000 - (asked + heard) / 2
  }

  function lose(error: unknown): void {
    if (abort.signal.aborted) return
    abort.abort()
    current = null
    if (closed) return
    const simpler = simplerDialect(dialect, error)
    if (simpler !== null) {
      dialect = simpler
      return void connect()
    }
    tell(error)
    options.onLoss?.()
    dialect = FULL_DIALECT // what was refused may be granted by then
    const ceiling = Math.min(2000, 50 * 2 ** attempt++)
    timer = setTimeout(() => void connect(), ceiling * (0.5 + random() / 2))
  }

  function tell(error: unknown): void {
    if (!isTime()) return
    told = true
    const hint = 'Viewers wait and nothing is lost; check REDIS_URL, or start Redis.'
    const reason = reasonOf(error)
    logger.warn(`Redis at ${address.name} cannot be reached (${reason}), trying again. ${hint}`)
  }

  async function send(...args: readonly string[]): Promise<Reply> {
    const session = current
    try {
      if (session !== null) return await session.send(...args)
    } catch (error) {
      if (session === current) throw error
    }
    throw new BackendUnavailableError(`Redis at ${address.name} cannot be reached`)
  }

  function close(): void {
    closed = true
    clearTimeout(timer)
    current = null
    abort.abort()
  }

  void connect()
  const isCurrent = (one: RedisSession): boolean => one === current
  return { counts, send, session: () => current, isCurrent, close }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string }
  return code ?? message ?? String(error)
}
