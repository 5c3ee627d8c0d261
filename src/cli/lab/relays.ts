// Where lab runs are written and read: in memory, and under keys of their own in Redis. Each place has a relay of its
// own below /lab/, so that neither a lab run can touch a product's key nor the product's relay a lab run's.
import { createRelay, memoryBackend, redisBackend } from '../../relay/index.ts'
import type { Relay, RedisNames } from '../../relay/index.ts'
import { RUN_TTL_SECONDS } from '../play/event-writer.ts'
import type { EventWriter } from '../play/event-writer.ts'
import { MAX_RECORDING_BYTES } from './request.ts'
import type { LabRequest } from './request.ts'
import { noRedis } from '../http/local-route.ts'
import type { Logger } from '../logger.ts'
import { createRedisWriter } from '../play/redis-writer.ts'
import { memoryRunStore } from '../play/run-store.ts'

/** Replays at once. */
export const LAB_RUNS = 4

/** Names in Redis, all of them below `framewise:lab:`. */
export const labKeys: RedisNames = Object.freeze({
  list: 'framewise:lab:{id}:responses',
  doorbell: 'framewise:lab:{id}:new_response',
  control: 'framewise:lab:{id}:control',
  stop: 'framewise:lab:{id}:stop',
  stream: 'framewise:lab:{id}:stream',
  field: 'data',
})

/** What the relays read from. */
export interface LabRelaysOptions {
  /** Address of the Redis; undefined where there is none. */
  readonly url: string | undefined
  readonly logger: Logger
}

/** The relays of the lab. */
export interface LabRelays {
  /** The relay that reads what was replayed from there. */
  relay(source: LabRequest['source']): Relay
  /** Opens a log for a replay. */
  open(id: string, request: LabRequest): Promise<EventWriter>
  close(): Promise<void>
}

/** Creates the relays; the one on Redis connects when it is needed first. */
export function createLabRelays({ url, logger }: LabRelaysOptions): LabRelays {
  const idleTtlMs = RUN_TTL_SECONDS * 1000
  const backend = memoryBackend({ idleTtlMs, maxBytes: 2 * LAB_RUNS * MAX_RECORDING_BYTES })
  const memory = createRelay({ backend, logger })
  const store = memoryRunStore(backend, logger)
  let redis: Relay | null = null

  function onRedis(): { readonly url: string; readonly relay: Relay } {
    if (url === undefined) throw noRedis()
    redis ??= createRelay({ backend: redisBackend({ url, keys: labKeys, logger }), logger })
    return { url, relay: redis }
  }

  return {
    relay: (source) => (source === 'memory' ? memory : onRedis().relay),
    open(id, { source, layout }) {
      if (source === 'memory') return store.open(id)
      return createRedisWriter({ url: onRedis().url, layout, id, keys: labKeys })
    },
    async close() {
      await Promise.all([memory.close(), redis?.close()])
    },
  }
}
