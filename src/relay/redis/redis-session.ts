// A session with one Redis: `cmd` for everything that answers at once, and `live` for what comes unasked:
// subscriptions, and notices of changed keys (CLIENT TRACKING) or else the blocking read. `cmd` never subscribes, since
// Redis cuts a subscriber off whose replies pile up, as those of large pages do. They live and die together.
// The peer `@redis/client` is loaded here, with the first session, and nowhere else.
import type { createClient, RedisClientOptions } from '@redis/client'

/** What Redis answers, with payloads as bytes. Errors are thrown. */
export type Reply = Buffer | string | number | null | readonly Reply[]

/** Sends one command and resolves with its reply. */
export type Send = (...args: readonly string[]) => Promise<Reply>

type MessageListener = (message: string, channel: string) => void

/** Connections that work, until they do not. */
export interface RedisSession {
  readonly send: Send
  /** Like `send`, on the connection that may block. */
  readonly live: Send
  /** True when a key that was read is told of once it changes. */
  readonly tracking: boolean
  /** Ends a blocking read of `live`; null where Redis does not permit it. */
  readonly unblock: (() => Promise<unknown>) | null
  /** Sockets in use. */
  readonly connections: number
  isOpen(): boolean
  subscribe(channels: string[], listener: MessageListener): Promise<void>
  /** The listener is the one that subscribed: without it node-redis takes a later SUBSCRIBE for a needless one. */
  unsubscribe(channels: string[], listener: MessageListener): Promise<void>
}

/** What Redis is asked to speak. */
export interface Dialect {
  readonly resp: 2 | 3
  readonly tracking: boolean
}

/** All that is of use. Asked for anew after each loss: what was refused may be granted by then. */
export const FULL_DIALECT: Dialect = { resp: 3, tracking: true }

/** The next one to try after a refusal, or null. */
export function simplerDialect({ resp, tracking }: Dialect): Dialect | null {
  if (tracking) return { resp, tracking: false }
  return resp === 3 ? { resp: 2, tracking: false } : null
}

/** How connections end. */
export interface Ends {
  /** Ends them all. */
  readonly signal: AbortSignal
  /** Called when one of them is gone. */
  readonly lose: (error: unknown) => void
}

/** How long a blocking read waits, in ms. A dead connection is noticed by what does not come back after it. */
export const BLOCK_MS = 10_000

/**
 * Opens a session. `onChange` hears of each key that has changed since it was read, or null: any key may have.
 * @throws whatever Redis or the network says, {@link isRefusal} for what a simpler dialect may avoid
 */
export async function openSession(
  client: RedisClientOptions,
  ends: Ends,
  { resp, tracking }: Dialect,
  onChange: (key: string | null) => void,
): Promise<RedisSession> {
  const open = (more: RedisClientOptions): Promise<Client> =>
    openClient({ ...client, RESP: resp, ...more } as RedisClientOptions, ends)
  const { send } = await open({})
  const { client: pushed, send: live } = await open({ emitInvalidate: tracking })
  pushed.on('invalidate', (key: Buffer | null) => onChange(key === null ? null : String(key)))
  // Without RESP3 a subscribed connection can do nothing else.
  const bells = resp === 3 ? pushed : (await open({})).client
  if (tracking) {
    await send('CLIENT', 'TRACKING', 'ON', 'REDIRECT', String(await live('CLIENT', 'ID')))
  }
  return {
    send,
    live,
    tracking,
    unblock: tracking ? null : await unblocker(send, live),
    connections: bells === pushed ? 2 : 3,
    isOpen: () => !ends.signal.aborted,
    subscribe: async (channels, listener) => bells.subscribe(channels, listener),
    unsubscribe: async (channels, listener) => bells.unsubscribe(channels, listener),
  }
}

/** Opens a connection for one question, and closes it. Rejects after 2 s without an answer. */
export async function askOnce(given: RedisClientOptions, ...command: string[]): Promise<Reply> {
  const done = new AbortController()
  const client = { ...given, RESP: 2 } as unknown as RedisClientOptions
  const ends = { signal: done.signal, lose: () => {} }
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(late.reject, 2000, new Error('no answer within 2000 ms'))
  const answer = openClient(client, ends).then(({ send }) => send(...command))
  try {
    return await Promise.race([answer, late.promise])
  } finally {
    clearTimeout(timer)
    done.abort()
  }
}

/** True when Redis, or a proxy before it, refused a dialect: a version, a command or a right. */
export function isRefusal(error: unknown): boolean {
  const message = error instanceof Error ? error.message : ''
  return /^(NOPROTO|NOPERM|ERR) ?.*(protocol|HELLO|CLIENT|TRACKING)/i.test(message)
}

// Tells in time whether it may: UNBLOCK of a connection that is not blocked does nothing.
async function unblocker(send: Send, live: Send): Promise<RedisSession['unblock']> {
  try {
    const id = String(await live('CLIENT', 'ID'))
    const unblock = (): Promise<unknown> => send('CLIENT', 'UNBLOCK', id)
    await unblock()
    return unblock
  } catch (error) {
    if (isRefusal(error)) return null
    throw error
  }
}

interface Client {
  readonly client: ReturnType<typeof createClient>
  readonly send: Send
}

// node-redis does not retry here: a lost client is replaced by a new one, so that closing never waits for its timers.
// A client-side cache would take the notices of changed keys for itself.
async function openClient(given: RedisClientOptions, { signal, lose }: Ends): Promise<Client> {
  const { createClient, RESP_TYPES } = await loadPeer()
  signal.throwIfAborted()
  const { clientSideCache: _, ...base } = given
  const socket = { ...base.socket, reconnectStrategy: false, signal }
  const options = { ...base, disableOfflineQueue: true, maintNotifications: 'disabled', socket }
  const client = createClient(options as RedisClientOptions)
  client.on('error', lose)
  signal.addEventListener('abort', () => client.destroy(), { once: true })
  await client.connect()
  const typeMapping = { [RESP_TYPES.BLOB_STRING]: Buffer, [RESP_TYPES.MAP]: Array } as const
  const send: Send = (...args) => client.sendCommand<Reply>(args, { typeMapping })
  return { client, send }
}

async function loadPeer(): Promise<typeof import('@redis/client')> {
  try {
    return await import('@redis/client')
  } catch (cause) {
    throw new Error('the package @redis/client is not installed: npm i @redis/client', { cause })
  }
}
