// Writes a run into Redis for the commands: the stream writer behind their port, on a connection of its own.
import type { SunaLayout } from '../../testing/suna-envelope.ts'
import type { EndReason } from '../../wire/protocol.ts'
import { nameOf, sunaNames } from '../../wire/redis-names.ts'
import type { RedisNames } from '../../wire/redis-names.ts'
import { createStreamWriter } from '../../writer/index.ts'
import { CONTROL_WORD, endReasonOfEvent } from '../../writer/payload.ts'
import { CommandError, messageOf } from '../command-error.ts'
import { RUN_TTL_SECONDS } from './event-writer.ts'
import type { EventWriter } from './event-writer.ts'
import { connectRedis } from '../redis-client.ts'
import type { RedisClient } from '../redis-client.ts'

export { shownRedisUrl } from '../redis-client.ts'

/** Which run to write, and where. */
export interface RedisWriterOptions {
  readonly url: string
  readonly layout: SunaLayout
  readonly id: string
  /** @default Suna's names */
  readonly keys?: RedisNames | undefined
  /** Seconds from the last write until Redis forgets the run. @default 600 */
  readonly ttlSeconds?: number | undefined
  /** Bytes under way before `write` asks to wait. @default 1 MiB */
  readonly maxBytes?: number | undefined
  /** How long a Redis that has gone away is waited for, in ms. @default 10_000 */
  readonly giveUpMs?: number | undefined
  /** Called when the run is asked to stop. */
  readonly onStop?: (() => void) | undefined
  /** Gives up connecting. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Connects to Redis and makes a writer.
 * @throws UsageError for an address that is none, CommandError when Redis cannot be reached or the run has ended,
 *   the signal's reason
 */
export async function createRedisWriter(options: RedisWriterOptions): Promise<EventWriter> {
  const client = await connectRedis(options.url, options.signal)
  try {
    return await openRun(client, options)
  } catch (error) {
    client.destroy()
    throw error
  }
}

async function openRun(client: RedisClient, options: RedisWriterOptions): Promise<EventWriter> {
  const { layout, id, keys = sunaNames, maxBytes, giveUpMs = 10_000 } = options
  const { ttlSeconds = RUN_TTL_SECONDS } = options
  const abort = new AbortController()
  const writer = createStreamWriter(client, id, {
    layout,
    keys,
    ttlMs: ttlSeconds * 1000,
    maxUnacknowledgedBytes: maxBytes,
    giveUpMs,
    onStop: options.onStop,
    signal: abort.signal,
  })
  let ending: Promise<void> | null = null

  const failed = (cause: unknown): never => {
    throw new CommandError(`run ${id} cannot be written: ${messageOf(cause)}`, { cause })
  }
  const take = (payload: string): boolean => {
    try {
      if (endReasonOfEvent(payload) === null) return writer.write(payload)
      ending = writer.end(payload)
      ending.catch(() => {}) // told by end()
      return true
    } catch (error) {
      return failed(error)
    }
  }
  // What readers of a list are told when its log itself does not say it.
  const tellEnd = (reason: EndReason): Promise<unknown> | null =>
    ending === null && layout === 'suna-list'
      ? client.publish(nameOf(keys.control, id), CONTROL_WORD[reason])
      : null

  await writer.ready().catch(failed)
  return {
    write: (payload) => (take(payload) ? undefined : writer.ready().catch(failed)),
    async end(reason) {
      try {
        await ending
        await writer.close()
        await tellEnd(reason)
      } catch (error) {
        failed(error)
      }
      await client.close()
    },
    abandon() {
      abort.abort()
      client.destroy()
    },
  }
}
