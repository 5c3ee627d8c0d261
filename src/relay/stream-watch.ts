// One blocking XREAD for all watched streams. It only wakes: after a wake a stream is left out until its hub has read
// and says where it stands, so nothing is ever read from `$`. A set that changed while Redis blocks is re-armed by
// CLIENT UNBLOCK, which also lets waiting SUBSCRIBEs through; where that is refused, blocks are short instead.
import type { Logger } from './backend.ts'
import { pause } from './pause.ts'
import type { RedisSession, Reply } from './redis-session.ts'

/** The blocking reader. */
export interface StreamWatch {
  /** Wakes when the key has an entry after this one. `anew`: the log is another than before. */
  arm(key: string, entryId: string, wake: () => void, anew: boolean): void
  disarm(key: string): void
  /** Makes a blocked connection take what was queued behind the read. */
  release(): void
  /** Serves a new session until it is lost. */
  run(session: RedisSession): Promise<void>
}

const BLOCK_MS = 30_000
const SHORT_BLOCK_MS = 200
const SETTLE_MS = 20

/** Creates a blocking reader that watches nothing yet. */
export function createStreamWatch(
  isCurrent: (session: RedisSession) => boolean,
  logger: Logger,
): StreamWatch {
  const arms = new Map<string, { entryId: string; wake: () => void }>()
  let blocked: ReadonlySet<string> | null = null // keys of the read under way
  let stale = false
  let releasing = false
  let blockMs = BLOCK_MS
  let changed = Promise.withResolvers<void>()
  let session: RedisSession | null = null

  function touch(): void {
    changed.resolve()
    changed = Promise.withResolvers()
  }

  function arm(key: string, entryId: string, wake: () => void, anew: boolean): void {
    arms.set(key, { entryId, wake })
    touch()
    if (blocked !== null && (anew || !blocked.has(key))) release()
  }

  function release(): void {
    stale = true
    if (!releasing && session !== null && blockMs === BLOCK_MS) void unblock(session)
  }

  // A read that is still on its way to Redis is not blocked yet, and UNBLOCK says 0: try until it has come back.
  async function unblock(current: RedisSession): Promise<void> {
    releasing = true
    for (let waitMs = 1; stale && blocked !== null && current === session; waitMs *= 2) {
      await sendUnblock(current)
      if (stale) await pause(Math.min(waitMs, 50))
    }
    releasing = false
  }

  async function sendUnblock(current: RedisSession): Promise<void> {
    try {
      if (current.blockId === null) throw new Error('it does not tell CLIENT ID')
      await current.send('CLIENT', 'UNBLOCK', String(current.blockId))
    } catch (error) {
      if (!isCurrent(current) || blockMs === SHORT_BLOCK_MS) return
      blockMs = SHORT_BLOCK_MS
      logger.warn(
        `Redis refuses CLIENT UNBLOCK (${String(error)}): reading in short blocks instead`,
      )
    }
  }

  async function run(current: RedisSession): Promise<void> {
    session = current
    await sendUnblock(current) // tells in time whether it may
    while (isCurrent(current)) {
      stale = false
      if (arms.size === 0) {
        await Promise.race([changed.promise, pause(1000)])
        continue
      }
      try {
        await wakeAll(await read(current))
      } catch (error) {
        if (isCurrent(current)) await recover(current, error)
      }
    }
    if (session === current) session = null
  }

  async function read(current: RedisSession): Promise<Reply> {
    const keys = [...arms.keys()]
    const ids = [...arms.values()].map(({ entryId }) => entryId)
    blocked = new Set(keys)
    try {
      return await current.block(
        'XREAD',
        'COUNT',
        '1',
        'BLOCK',
        String(blockMs),
        'STREAMS',
        ...keys,
        ...ids,
      )
    } finally {
      blocked = null
      stale = false
    }
  }

  async function wakeAll(reply: Reply): Promise<void> {
    const woken = keysOf(reply)
    for (const key of woken) {
      const { wake } = arms.get(key) ?? {}
      arms.delete(key)
      wake?.()
    }
    // Give their hubs the time of one read to stand in line again; else every event costs an UNBLOCK.
    const limit = performance.now() + SETTLE_MS
    while (woken.some((key) => !arms.has(key)) && performance.now() < limit) {
      await Promise.race([changed.promise, pause(SETTLE_MS)])
    }
  }

  // One key of another type fails the whole read: leave it out, its own reads will tell.
  async function recover(current: RedisSession, error: unknown): Promise<void> {
    if (!String(error).includes('WRONGTYPE')) {
      logger.warn(`streams cannot be watched: ${String(error)}`)
      return pause(1000)
    }
    for (const key of arms.keys()) {
      const type = String(await current.send('TYPE', key).catch(() => 'none'))
      if (type !== 'stream' && type !== 'none') arms.delete(key)
    }
  }

  function disarm(key: string): void {
    arms.delete(key)
    touch()
  }

  return { arm, disarm, release, run }
}

// RESP3 maps arrive flat (key, entries, key, entries), RESP2 as pairs.
function keysOf(reply: Reply): string[] {
  if (!Array.isArray(reply)) return []
  const pairs = Buffer.isBuffer(reply[0])
    ? reply.filter((_, at) => at % 2 === 0)
    : reply.map((pair) => pair[0])
  return pairs.map(String)
}
