// The relay's way to one Redis: a session, and a new one with jitter whenever it is lost. A Redis that answers but serves
// nothing yet is lost, too: the session that follows wakes who waits. An outage is told once, not once per try. Where
// the address can change (Sentinel), it is asked for before each session and with each beat.
import type { RedisClientOptions } from '@redis/client'
import { BackendUnavailableError } from '../backend.ts'
import type { BackendInfo, Logger } from '../backend.ts'
import { atAddress, nameOf } from './address.ts'
import type { Address } from './address.ts'
import { startPulse } from './redis-pulse.ts'
import type { Pulse } from './redis-pulse.ts'
import { FULL_DIALECT, isRefusal, openSession, simplerDialect } from './redis-session.ts'
import type { RedisSession, Reply, Send } from './redis-session.ts'
import { createSeldom } from '../seldom.ts'

/** What all connections of a backend have in common. */
export interface RedisSettings {
  /** As given to a node-redis client: `url`, or `socket` and credentials. */
  readonly client: RedisClientOptions
  readonly logger: Logger
  readonly random: () => number
  readonly counts: { commands: number; reconnects: number }
  /** Called with a key that has changed since it was read, or with null: any key may have. */
  readonly onChange: (key: string | null) => void
}

/** What a backend asks of its Redis, be it one server or many. */
export interface Redis {
  /** Sends to whoever keeps the key; fails with BackendUnavailableError while that one is away. */
  at(key: string): Send
  /** True while the changes of that key are told of once it was read. */
  tracks(key: string): boolean
  isReady(): boolean
  info(): Pick<BackendInfo, 'connections' | 'rttMs' | 'clockOffsetMs'>
  close(): void
}

/** A connection that comes back by itself. */
export interface RedisConnection extends Redis {
  readonly send: Send
  session(): RedisSession | null
}

/** Options of {@link createRedisConnection}. */
export interface RedisConnectionOptions extends RedisSettings {
  /** Called with every new session: what was read before may be out of date. */
  readonly onSession: (session: RedisSession) => void
  readonly onLost?: (() => void) | undefined
  /** Finds the server where it moves; whoever is found must be a master. */
  readonly locate?: (() => Promise<Address>) | undefined
  /** For people, where the address says too little. @default the address */
  readonly place?: string | undefined
}

const ANSWER_MS = 10_000
// What Redis says while it serves nothing at all, and what it says of some keys alone.
const ASIDE = /^(LOADING|MASTERDOWN)\b/
const ANSWER = /^[A-Z]{3,} / // an error that Redis itself sent
const PASSING = /^(CLUSTERDOWN|TRYAGAIN)\b/

/** Starts connecting and never gives up until it is closed. */
export function createRedisConnection(options: RedisConnectionOptions): RedisConnection {
  const { logger, random, locate, counts } = options
  let { client } = options
  let current: RedisSession | null = null
  let pulse: Pulse | null = null // of the last session; none before the first
  let abort = new AbortController() // of the session or attempt under way
  let dialect = FULL_DIALECT
  let attempt = 0
  let told = false // of this outage
  let timer: NodeJS.Timeout | undefined
  const isTime = createSeldom()

  const place = (): string => options.place ?? nameOf(client)

  async function connect(): Promise<void> {
    abort = new AbortController()
    const { signal } = abort
    const late = setTimeout(lose, ANSWER_MS, new Error(`no answer within ${ANSWER_MS} ms`))
    try {
      if (locate !== undefined) client = atAddress(client, await locate())
      signal.throwIfAborted()
      const session = await openSession(client, { signal, lose }, dialect, options.onChange)
      if (locate !== undefined) await checkMaster(session)
      await checkServing(session)
      if (!signal.aborted) begin(session)
    } catch (error) {
      if (!signal.aborted) lose(error)
    } finally {
      clearTimeout(late)
    }
  }

  function begin(session: RedisSession): void {
    if (told) logger.info(`Redis at ${place()} is back`)
    if (pulse !== null) counts.reconnects++
    told = false
    current = session
    pulse = startPulse(session, lose, () => void checkPlace())
    options.onSession(session)
  }

  // Also a master that was deposed unseen answers on: only Sentinel knows.
  async function checkPlace(): Promise<void> {
    const at = await locate?.().catch(() => null)
    if (!at || current === null) return
    const name = nameOf(atAddress(client, at))
    if (name !== nameOf(client)) lose(new Error(`the master is ${name} now`))
  }

  function lose(error: unknown): void {
    if (abort.signal.aborted) return
    const lost = current !== null
    end()
    if (lost) options.onLost?.()
    const simpler = isRefusal(error) ? simplerDialect(dialect) : null
    dialect = simpler ?? FULL_DIALECT
    if (simpler !== null) return void connect()
    const ceiling = Math.min(2000, 50 * 2 ** attempt++)
    timer = setTimeout(() => void connect(), ceiling * (0.5 + random() / 2))
    tell(error) // last of all: who hears of it may close this
  }

  function end(): void {
    abort.abort()
    pulse?.stop()
    current = null
  }

  function tell(error: unknown): void {
    if (!isTime()) return
    told = true
    const reason = reasonOf(error)
    const [what, advice] = ANSWER.test(reason)
      ? ['answers but does not serve', '']
      : ['cannot be reached', '; check REDIS_URL, or start Redis']
    logger.warn(
      `Redis at ${place()} ${what} (${reason}), trying again. Viewers wait and nothing is lost${advice}.`,
    )
  }

  async function send(...args: readonly string[]): Promise<Reply> {
    const session = current
    if (session === null) throw new BackendUnavailableError(`no Redis at ${place()}`)
    counts.commands++
    const begun = performance.now()
    try {
      const reply = await session.send(...args)
      attempt = 0
      const items = Array.isArray(reply) ? ` for ${reply.length} items` : ''
      const tookMs = (performance.now() - begun).toFixed(1)
      logger.debug?.(`${args[0]?.toLowerCase()} ${tookMs} ms${items}`)
      return reply
    } catch (error) {
      if (session === current && ASIDE.test(reasonOf(error))) lose(error)
      if (session.isOpen() && !PASSING.test(reasonOf(error))) throw error
      throw new BackendUnavailableError('Redis went away', { cause: error })
    }
  }

  function close(): void {
    clearTimeout(timer)
    end()
  }

  void connect()
  return {
    session: () => current,
    at: () => send,
    tracks: () => current?.tracking ?? false,
    send,
    isReady: () => current !== null,
    info: () => ({
      connections: current?.connections ?? 0,
      ...(pulse?.times() ?? { rttMs: null, clockOffsetMs: null }),
    }),
    close,
  }
}

async function checkMaster(session: RedisSession): Promise<void> {
  const [role] = (await session.send('ROLE')) as readonly unknown[]
  if (String(role) !== 'master') throw new Error(`it is no master but a ${String(role)}`)
}

// Before Redis 7 it answers a PING where its master is down, and not the first read.
async function checkServing(session: RedisSession): Promise<void> {
  await session.send('PING').catch((error: unknown) => {
    if (!session.isOpen() || ASIDE.test(reasonOf(error))) throw error
  })
}

/** What an error says, in short. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string }
  return code ?? message ?? String(error)
}
