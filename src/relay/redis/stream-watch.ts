// One blocking XREAD for all watched streams, where Redis does not tell of changes by itself. It only wakes: after a
// wake a stream is left out until its hub has read and says where it stands, so nothing is ever read from `$`. A set
// that changed while Redis blocks is re-armed by CLIENT UNBLOCK, which also lets waiting SUBSCRIBEs through; where that
// is refused, blocks are short instead.
import type { Logger } from '../backend.ts'
import { pause } from '../pause.ts'
import { BLOCK_MS } from './redis-session.ts'
import type { RedisSession, Reply } from './redis-session.ts'
import { createSeldom } from '../seldom.ts'

/** The blocking reader. */
export interface StreamWatch {
  /** Wakes when the key has an entry after this one. */
  arm(key: string, entryId: string, wake: () => void): void
  disarm(key: string): void
  /** Makes a blocked connection take what was queued behind the read. */
  release(): void
  /** Serves a new session until it is lost. */
  run(session: RedisSession): Promise<void>
}

const SHORT_BLOCK_MS = 200
const SETTLE_MS = 20
const RECOVER_MS = 500

/** Creates a blocking reader that watches nothing yet. */
export function createStreamWatch(logger: Logger): StreamWatch {
  const arms = new Map<string, { entryId: string; wake: () => void }>()
  let session: RedisSession | null = null
  let reading: ReadonlyMap<string, string> | null = null // keys and ids of the read under way
  let releasing: ReadonlyMap<string, string> | null = null
  let told = false
  const isTime = createSeldom()
  let changed = Promise.withResolvers<void>()

  function touch(): void {
    changed.resolve()
    changed = Promise.withResolvers()
  }

  function arm(key: string, entryId: string, wake: () => void): void {
    arms.set(key, { entryId, wake })
    touch()
    if (reading !== null && reading.get(key) !== entryId) release()
  }

  // A read that is still on its way to Redis is not blocked yet, and UNBLOCK then does nothing: try until it is back.
  function release(): void {
    if (reading !== null && reading !== releasing) void unblock(reading)
  }

  async function unblock(read: ReadonlyMap<string, string>): Promise<void> {
    releasing = read
    for (let waitMs = 1; reading === read && session?.unblock; waitMs = Math.min(waitMs * 2, 50)) {
      await session.unblock().catch(() => {}) // a lost session blocks nothing
      await pause(waitMs)
    }
  }

  async function run(current: RedisSession): Promise<void> {
    session = current
    if (current.unblock === null && !told) {
      told = true
      logger.warn('Redis refuses CLIENT UNBLOCK: reading streams in short blocks instead')
    }
    while (current.isOpen()) {
      if (arms.size === 0) await changed.promise
      else await round(current)
    }
  }

  async function round(current: RedisSession): Promise<void> {
    const read = new Map([...arms].map(([key, { entryId }]) => [key, entryId]))
    reading = read
    const blockMs = current.unblock === null ? SHORT_BLOCK_MS : BLOCK_MS
    const how = ['COUNT', '1', 'BLOCK', String(blockMs), 'STREAMS']
    try {
      const reply = await current.live('XREAD', ...how, ...read.keys(), ...read.values())
      reading = null
      await wakeAll(keysOf(reply))
    } catch (error) {
      reading = null
      if (current.isOpen()) await recover(error)
    }
  }

  async function wakeAll(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      const { wake } = arms.get(key) ?? {}
      arms.delete(key)
      wake?.()
    }
    // Give their hubs the time of one read to stand in line again; else every event costs an UNBLOCK.
    const limit = performance.now() + SETTLE_MS
    while (keys.some((key) => !arms.has(key)) && performance.now() < limit) {
      await Promise.race([changed.promise, pause(SETTLE_MS)])
    }
  }

  // One key that is no stream fails the whole read: all are to read for themselves, and those that can come back.
  async function recover(error: unknown): Promise<void> {
    if (isTime()) logger.warn(`streams cannot be watched together: ${String(error)}`)
    const all = [...arms.values()]
    arms.clear()
    for (const { wake } of all) wake()
    await pause(RECOVER_MS)
  }

  return { arm, disarm: (key) => void arms.delete(key), release, run }
}

// RESP3 maps arrive flat (key, entries, key, entries), RESP2 as pairs: one level down the keys alone are bytes in both.
function keysOf(reply: Reply): string[] {
  return Array.isArray(reply) ? reply.flat().filter(Buffer.isBuffer).map(String) : []
}
