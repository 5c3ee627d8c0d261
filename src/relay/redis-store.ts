// The Redis that the logs are in, as the backend sees it: one server, or the masters of a cluster.
import type { Logger } from './backend.ts'
import { createRedisConnection } from './redis-connection.ts'
import type { RedisAddress, RedisCounts } from './redis-connection.ts'
import type { RedisSession, Send } from './redis-session.ts'

/** Where the logs are. */
export interface RedisStore {
  /** Sends commands that concern one key. Rejects with BackendUnavailableError while its server is away. */
  sendFor(key: string): Send
  /** True when changes of a key that was read are told. */
  tracks(key: string): boolean
  /** The session that hears channels, or null. */
  bells(): RedisSession | null
  isCurrent(session: RedisSession): boolean
  isReady(): boolean
  /** Open connections, and what was counted on all there were. */
  counts(): RedisCounts & { readonly connections: number }
  close(): void
}

/** What a store needs. */
export interface RedisStoreOptions {
  readonly logger: Logger
  readonly random: () => number
  /** A server can be asked again: whatever was watched there has to be read anew. */
  readonly onSession: (session: RedisSession) => void
  /** Channels are to be heard on this session from now on. */
  readonly onBells: (session: RedisSession) => void
  /** A key has changed since it was read; null for any. */
  readonly onChange: (key: string | null) => void
}

/** One server. */
export function singleStore(address: RedisAddress, options: RedisStoreOptions): RedisStore {
  const { counts, send, session, isCurrent, close } = createRedisConnection({
    ...options,
    address,
    onSession(fresh) {
      options.onSession(fresh)
      options.onBells(fresh)
    },
  })
  return {
    sendFor: () => send,
    tracks: () => session()?.tracking ?? false,
    bells: session,
    isCurrent,
    isReady: () => session() !== null,
    counts: () => ({ ...counts, connections: session()?.connections ?? 0 }),
    close,
  }
}
