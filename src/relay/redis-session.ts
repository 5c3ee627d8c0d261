// One session with one Redis: `cmd` for everything that answers at once, and `live` for what comes unasked:
// subscriptions, and notices of changed keys (CLIENT TRACKING) or else the blocking read. `cmd` never subscribes, since
// Redis cuts a subscriber off whose replies pile up, as those of large pages do. They live and die together.
import type { RedisClientOptions } from '@redis/client'
import type { Logger } from './backend.ts'

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
  /** How many there are. */
  readonly connections: number
  subscribe(channels: string[], listener: MessageListener): Promise<void>
  /** The listener is the one that subscribed: without it node-redis takes a later SUBSCRIBE for a needless one. */
  unsubscribe(channels: string[], listener: MessageListener): Promise<void>
}

/** What Redis is asked to speak: the most first, and less once that is refused. */
export interface Dialect {
  readonly resp: 2 | 3
  readonly tracking: boolean
}

/** What a session needs. */
export interface SessionOptions {
  /** As given to a node-redis client: `url`, or `socket` and credentials. */
  readonly client: RedisClientOptions
  readonly dialect: Dialect
  readonly logger: Logger
  /** Aborted when the session is over. */
  readonly signal: AbortSignal
  /** Called with what ends the session. */
  readonly lose: (error: unknown) => void
  /** Called with a key that has changed since it was read, or with null: any key may have. */
  readonly onChange: (key: string | null) => void
}

/** The most that a Redis may speak. */
export const FULL_DIALECT: Dialect = Object.freeze({ resp: 3, tracking: true })

/** Time in which a command must be answered, in ms. */
export const ANSWER_MS = 10_000

type Redis = typeof import('@redis/client')
type Client = Awaited<ReturnType<typeof openClient>>

/**
 * Opens a session.
 * @throws Error when the peer `@redis/client` is not installed, or with what Redis says
 */
export async function openSession(options: SessionOptions): Promise<RedisSession> {
  const { resp, tracking } = options.dialect
  const redis = await loadRedis()
  const cmd = await openClient(redis, options)
  const live = await openClient(redis, options, tracking)
  live.on('invalidate', (key: Buffer | string | null) =>
    options.onChange(key === null ? null : String(key)),
  )
  // Without RESP3 a subscribed connection can do nothing else.
  const push = resp === 3 ? live : await openClient(redis, options)
  const send = logged(sender(redis, cmd), answered(options), options.logger)
  const heard = answered(options)
  const block = sender(redis, live)
  const blockId = await idOf(redis, block, tracking)
  if (tracking) await send('CLIENT', 'TRACKING', 'ON', 'REDIRECT', String(blockId))
  return {
    send,
    tracking,
    block,
    blockId,
    connections: push === live ? 2 : 3,
    subscribe: (channels, listener) => heard(() => push.subscribe(channels, listener)),
    unsubscribe: (channels, listener) => push.unsubscribe(channels, listener),
  }
}

/**
 * What to ask for after a refusal, or null when it was none. Redis before 6 has no HELLO, some proxies refuse its
 * version; and tracking, or all of CLIENT, may be unknown or not permitted.
 */
export function simplerDialect({ resp, tracking }: Dialect, error: unknown): Dialect | null {
  const message = error instanceof Error ? error.message : ''
  if (resp === 3 && /^NOPROTO|unknown command.*HELLO/i.test(message)) {
    return { resp: 2, tracking: false }
  }
  const refused = /tracking|^(ERR|NOPERM)\b.*\bclient\b/i.test(message)
  return tracking && refused ? { resp, tracking: false } : null
}

/**
 * Asks one server one thing, over a connection of its own.
 * @throws Error with what it says
 */
export async function askOnce(
  client: RedisClientOptions,
  signal: AbortSignal,
  ...args: readonly string[]
): Promise<Reply> {
  const redis = await loadRedis()
  const done = new AbortController()
  const either = AbortSignal.any([signal, done.signal])
  const dialect: Dialect = { resp: 2, tracking: false }
  const failed = Promise.withResolvers<never>()
  const options = { client, dialect, signal: either, lose: failed.reject }
  try {
    const one = openClient(redis, options).then((asked) => sender(redis, asked)(...args))
    return await Promise.race([one, failed.promise])
  } finally {
    done.abort()
  }
}

async function loadRedis(): Promise<Redis> {
  try {
    return await import('@redis/client')
  } catch (cause) {
    throw new Error('the package @redis/client is missing: npm i @redis/client', { cause })
  }
}

async function idOf(redis: Redis, send: Send, needed: boolean): Promise<number | null> {
  try {
    return Number(await send('CLIENT', 'ID'))
  } catch (error) {
    if (!needed && error instanceof redis.ErrorReply) return null
    throw error
  }
}

// node-redis does not retry here: a lost client is replaced by a new one, so that closing never waits for its timers.
// A client-side cache would take the notices of changed keys for itself.
async function openClient(
  redis: Redis,
  options: Pick<SessionOptions, 'client' | 'dialect' | 'signal' | 'lose'>,
  emitInvalidate = false,
) {
  const { signal, lose, dialect } = options
  const { clientSideCache: _, ...base } = options.client
  signal.throwIfAborted()
  const socket = { ...base.socket, connectTimeout: 5000, socketTimeout: 75_000, signal }
  const client = redis.createClient({
    ...base,
    RESP: dialect.resp,
    emitInvalidate,
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
    pingInterval: 60_000,
    socket: { ...socket, reconnectStrategy: false },
  } as RedisClientOptions)
  client.on('error', lose)
  client.on('end', () => lose(new Error('connection closed')))
  signal.addEventListener('abort', () => client.destroy(), { once: true })
  await client.connect()
  return client
}

function sender({ RESP_TYPES }: Redis, client: Client): Send {
  const typeMapping = { [RESP_TYPES.BLOB_STRING]: Buffer, [RESP_TYPES.MAP]: Array }
  return (...args) => client.sendCommand<Reply>([...args], { typeMapping })
}

type Answered = <T>(ask: () => Promise<T>) => Promise<T>

// A server that is stopped, or behind a wire that is dead, keeps the socket open and says nothing. One for each
// connection, since one may be dead while another answers.
function answered({ signal, lose }: SessionOptions): Answered {
  let pending = 0
  let heardAt = 0
  const watch = setInterval(() => {
    if (pending === 0 || performance.now() - heardAt < ANSWER_MS) return
    lose(new Error(`no answer within ${ANSWER_MS} ms`))
  }, 1000)
  signal.addEventListener('abort', () => clearInterval(watch), { once: true })
  return async (ask) => {
    if (pending++ === 0) heardAt = performance.now()
    try {
      return await ask()
    } finally {
      pending--
      heardAt = performance.now()
    }
  }
}

function logged(send: Send, heard: Answered, logger: Logger): Send {
  return async (...args) => {
    const begun = performance.now()
    const reply = await heard(() => send(...args))
    const items = Array.isArray(reply) ? ` for ${reply.length} items` : ''
    const tookMs = (performance.now() - begun).toFixed(1)
    logger.debug?.(`${args[0]?.toLowerCase()} ${tookMs} ms${items}`)
    return reply
  }
}
