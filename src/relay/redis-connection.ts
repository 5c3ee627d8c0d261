// The relay's connections to one Redis: `cmd` for everything that answers at once, and `live` for what comes unasked:
// subscriptions, and notices of changed keys (CLIENT TRACKING) or else the blocking read. `cmd` never subscribes, since
// Redis cuts a subscriber off whose replies pile up, as those of large pages do. They live and die together as a
// session. While there is none the relay tries again with jitter, and says so once, not once per try.
import { createClient, ErrorReply, RESP_TYPES } from '@redis/client'
import type { RedisClientOptions } from '@redis/client'
import { BackendUnavailableError } from './backend.ts'
import type { Logger } from './backend.ts'
import { createSeldom } from './seldom.ts'

/** What Redis answers, with payloads as bytes. Errors are thrown. */
export type Reply = Buffer | string | number | null | readonly Reply[]

/** Sends one command and resolves with its reply. */
export type Send = (...args: readonly string[]) => Promise<Reply>

/** Hears what is published on a channel. */
export type MessageListener = (message: string, channel: string) => void

/** Connections that work, until they do not. */
export interface RedisSession {
  readonly send: Send
  /** True when a key that was read is told of once it changes. */
  readonly tracking: boolean
  /** Like `send`, on the connection that may block. */
  readonly block: Send
  /** Id of the connection that may block, for CLIENT UNBLOCK; null where Redis does not tell. */
  readonly blockId: number | null
  subscribe(channels: string[], listener: MessageListener): Promise<void>
  /** The listener is the one that subscribed: without it node-redis takes a later SUBSCRIBE for a needless one. */
  unsubscribe(channels: string[], listener: MessageListener): Promise<void>
}

/** Options of {@link createRedisConnection}. */
export interface RedisConnectionOptions {
  /** As given to a node-redis client: `url`, or `socket` and credentials. */
  readonly client: RedisClientOptions
  readonly logger: Logger
  readonly random: () => number
  /** Called with every new session; its subscriptions are empty. */
  readonly onSession: (session: RedisSession) => void
  /** Called with a key that has changed since it was read, or with null: any key may have. */
  readonly onChange: (key: string | null) => void
}

/** A connection that comes back by itself. */
export interface RedisConnection {
  /** @throws BackendUnavailableError while there is no session */
  session(): RedisSession
  isCurrent(session: RedisSession): boolean
  isReady(): boolean
  close(): void
}

const ANSWER_MS = 10_000
const BLOB_AS_BUFFER = { [RESP_TYPES.BLOB_STRING]: Buffer, [RESP_TYPES.MAP]: Array } as const

/** Starts connecting and never gives up until it is closed. */
export function createRedisConnection(options: RedisConnectionOptions): RedisConnection {
  const { logger, random } = options
  const name = nameOf(options.client)
  let current: RedisSession | null = null
  let abort = new AbortController() // of the session or attempt under way
  let attempt = 0
  let dialect = FULL
  const isTime = createSeldom()
  let told = false // of this outage
  let timer: NodeJS.Timeout | undefined
  let closed = false

  async function connect(): Promise<void> {
    abort = new AbortController()
    const { signal } = abort
    const late = setTimeout(lose, ANSWER_MS, new Error(`no answer within ${ANSWER_MS} ms`))
    try {
      const session = await openSession(options, dialect, signal, lose)
      if (signal.aborted) return
      current = session
      if (told) logger.info(`Redis at ${name} is back`)
      attempt = 0
      told = false
      options.onSession(session)
    } catch (error) {
      if (!signal.aborted) lose(error)
    } finally {
      clearTimeout(late)
    }
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
    dialect = FULL // what was refused may be granted by then
    const ceiling = Math.min(2000, 50 * 2 ** attempt++)
    timer = setTimeout(() => void connect(), ceiling * (0.5 + random() / 2))
  }

  function tell(error: unknown): void {
    if (!isTime()) return
    told = true
    const hint = 'Viewers wait and nothing is lost; check REDIS_URL, or start Redis.'
    logger.warn(`Redis at ${name} cannot be reached (${reasonOf(error)}), trying again. ${hint}`)
  }

  function session(): RedisSession {
    if (current === null) throw new BackendUnavailableError(`Redis at ${name} cannot be reached`)
    return current
  }

  function close(): void {
    closed = true
    clearTimeout(timer)
    current = null
    abort.abort()
  }

  void connect()
  return { session, isCurrent: (one) => one === current, isReady: () => current !== null, close }
}

/** What Redis is asked to speak: the most first, and less once that is refused. */
interface Dialect {
  readonly resp: 2 | 3
  readonly tracking: boolean
}

const FULL: Dialect = { resp: 3, tracking: true }

type Lose = (error: unknown) => void
type Client = ReturnType<typeof newClient>

async function openSession(
  { client, logger, onChange }: RedisConnectionOptions,
  dialect: Dialect,
  signal: AbortSignal,
  lose: Lose,
): Promise<RedisSession> {
  const { resp, tracking } = dialect
  const open = (emitInvalidate = false): Promise<Client> =>
    openClient({ ...client, RESP: resp, emitInvalidate } as RedisClientOptions, signal, lose)
  const cmd = await open()
  const live = await open(tracking)
  live.on('invalidate', (key: Buffer | string | null) =>
    onChange(key === null ? null : String(key)),
  )
  // Without RESP3 a subscribed connection can do nothing else.
  const push = resp === 3 ? live : await open()
  const send = sender(cmd)
  const block = sender(live)
  const blockId = await idOf(block, tracking)
  if (tracking) await send('CLIENT', 'TRACKING', 'ON', 'REDIRECT', String(blockId))
  return {
    send: timed(answered(send, lose), logger),
    tracking,
    block,
    blockId,
    subscribe: (channels, listener) => push.subscribe(channels, listener),
    unsubscribe: (channels, listener) => push.unsubscribe(channels, listener),
  }
}

async function idOf(send: Send, needed: boolean): Promise<number | null> {
  try {
    return Number(await send('CLIENT', 'ID'))
  } catch (error) {
    if (!needed && error instanceof ErrorReply) return null
    throw error
  }
}

// node-redis does not retry here: a lost client is replaced by a new one, so that closing never waits for its timers.
// A client-side cache would take the notices of changed keys for itself.
function newClient({ clientSideCache: _, ...base }: RedisClientOptions, signal: AbortSignal) {
  const socket = { ...base.socket, connectTimeout: 5000, socketTimeout: 75_000, signal }
  return createClient({
    ...base,
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
    pingInterval: 60_000,
    socket: { ...socket, reconnectStrategy: false },
  } as RedisClientOptions)
}

async function openClient(
  base: RedisClientOptions,
  signal: AbortSignal,
  lose: Lose,
): Promise<Client> {
  signal.throwIfAborted()
  const client = newClient(base, signal)
  client.on('error', lose)
  client.on('end', () => lose(new Error('connection closed')))
  signal.addEventListener('abort', () => client.destroy(), { once: true })
  await client.connect()
  return client
}

function sender(client: Client): Send {
  return (...args) => client.sendCommand<Reply>([...args], { typeMapping: BLOB_AS_BUFFER })
}

// A link can go silent and tell nobody, and what is written into it keeps its socket from timing out.
function answered(send: Send, lose: Lose): Send {
  return async (...args) => {
    const late = setTimeout(lose, ANSWER_MS, new Error(`no answer within ${ANSWER_MS} ms`))
    return send(...args).finally(() => clearTimeout(late))
  }
}

function timed(send: Send, logger: Logger): Send {
  if (logger.debug === undefined) return send
  return async (...args) => {
    const begun = performance.now()
    const reply = await send(...args)
    const items = Array.isArray(reply) ? ` for ${reply.length} items` : ''
    logger.debug?.(`${args[0]?.toLowerCase()} ${(performance.now() - begun).toFixed(1)} ms${items}`)
    return reply
  }
}

// Redis before 6 has no HELLO, some proxies refuse its version; and tracking, or all of CLIENT, may be unknown or not
// permitted.
function simplerDialect({ resp, tracking }: Dialect, error: unknown): Dialect | null {
  const message = error instanceof Error ? error.message : ''
  if (resp === 3 && /^NOPROTO|unknown command.*HELLO/i.test(message)) {
    return { resp: 2, tracking: false }
  }
  const refused = /tracking|^(ERR|NOPERM)\b.*\bclient\b/i.test(message)
  return tracking && refused ? { resp, tracking: false } : null
}

function nameOf({ url, socket }: RedisClientOptions): string {
  if (url !== undefined && URL.canParse(url)) return new URL(url).host // never the password
  const { host = '127.0.0.1', port = 6379 } = (socket ?? {}) as { host?: string; port?: number }
  return `${host}:${port}`
}

function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string }
  return code ?? message ?? String(error)
}
