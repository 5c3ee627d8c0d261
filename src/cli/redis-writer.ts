// Writes a run into Redis as Suna's workers do, but on one ordered, pipelined connection that is never
// awaited: the pace of a run must not depend on how far away Redis is. The key expires from the first write on.
import { createClient } from '@redis/client'
import { sunaKeys } from '../relay/index.ts'
import type { RedisKeys } from '../relay/index.ts'
import type { SunaLayout } from '../testing/suna-envelope.ts'
import type { EndReason } from '../wire/protocol.ts'
import { CommandError, messageOf, UsageError } from './command-error.ts'
import { RUN_TTL_SECONDS } from './event-writer.ts'
import type { EventWriter } from './event-writer.ts'
import { createPendingReplies } from './pending-replies.ts'

/** Which run to write, and where. */
export interface RedisWriterOptions {
  readonly url: string
  readonly layout: SunaLayout
  readonly id: string
  /** @default Suna's names */
  readonly keys?: RedisKeys | undefined
  /** Seconds from the last write until Redis forgets the run. @default 600 */
  readonly ttlSeconds?: number | undefined
  /** Writes under way before `write` asks to wait. @default 2000 */
  readonly maxInFlight?: number | undefined
  /** Gives up connecting. */
  readonly signal?: AbortSignal | undefined
}

const CONNECT_TIMEOUT_MS = 5000
// The expiry is renewed by every so-many-th write, and by the last.
const EXPIRE_EVERY = 50

/**
 * Connects to Redis and makes a writer.
 * @throws UsageError for an address that is none, CommandError when Redis cannot be reached, the signal's reason
 */
export async function createRedisWriter(options: RedisWriterOptions): Promise<EventWriter> {
  const client = await connect(options.url, options.signal)
  return writerOn(client, options)
}

/** An address as it may be shown: without its password. */
export function shownRedisUrl(url: string): string {
  return url.replace(/^(rediss?:)?(\/\/)?.*@/i, '$1$2***@')
}

/** @throws UsageError when the address is not one of Redis */
export function checkRedisUrl(url: string): string {
  if (/^rediss?:\/\/[^/]/.test(url) && URL.canParse(url)) return url
  throw new UsageError(
    `"${shownRedisUrl(url)}" is no address of a Redis; write redis://host:port or rediss://user:password@host:port`,
  )
}

interface RedisConnection {
  send(...command: string[]): Promise<unknown>
  close(): Promise<void>
  destroy(): void
}

async function connect(url: string, signal?: AbortSignal): Promise<RedisConnection> {
  const client = createClient({
    url: checkRedisUrl(url),
    // A write that waits for a broken connection would come late and out of pace: fail instead.
    socket: { reconnectStrategy: false, connectTimeout: CONNECT_TIMEOUT_MS },
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
  } catch (error) {
    signal?.throwIfAborted()
    const reason = late.aborted ? `no answer within ${CONNECT_TIMEOUT_MS} ms` : messageOf(error)
    throw new CommandError(
      `cannot reach Redis at ${shownRedisUrl(url)}: ${reason}; start it, or name another one with --redis URL or REDIS_URL`,
      { cause: error },
    )
  } finally {
    ends.removeEventListener('abort', giveUp)
  }
  return {
    send: (...command) => client.sendCommand(command),
    close: () => client.close(),
    destroy: () => client.destroy(),
  }
}

function writerOn(redis: RedisConnection, options: RedisWriterOptions): EventWriter {
  const { layout, id, keys = sunaKeys } = options
  const { ttlSeconds = RUN_TTL_SECONDS, maxInFlight = 2000 } = options
  const named = (template: string): string => template.replaceAll('{id}', id)
  const key = named(layout === 'suna-list' ? keys.list : keys.stream)
  const pending = createPendingReplies()
  let written = 0

  const store = (payload: string): Promise<unknown> =>
    layout === 'suna-list'
      ? redis.send('RPUSH', key, payload)
      : redis.send('XADD', key, '*', keys.field, payload)
  const expire = (): void => pending.add(redis.send('EXPIRE', key, String(ttlSeconds)))
  const ring = (channel: string, word: string): void =>
    pending.add(redis.send('PUBLISH', named(channel), word))

  return {
    write(payload) {
      pending.check()
      pending.add(store(payload))
      if (written++ % EXPIRE_EVERY === 0) expire()
      if (layout === 'suna-list') ring(keys.doorbell, 'new')
      return pending.size() < maxInFlight ? undefined : pending.drained()
    },
    async end(reason) {
      if (written > 0) expire()
      if (layout === 'suna-list') ring(keys.control, CONTROL[reason])
      await pending.drained()
      await redis.close()
    },
    abandon: () => redis.destroy(),
  }
}

// What Suna's worker says on the control channel when a run is over.
const CONTROL: Readonly<Record<EndReason, string>> = {
  completed: 'END_STREAM',
  stopped: 'STOP',
  failed: 'ERROR',
}
