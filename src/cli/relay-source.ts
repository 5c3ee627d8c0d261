// Where a relay reads from: Redis or memory; and where runs can be written for it.
import { memoryBackend, redisBackend } from '../relay/index.ts'
import type { Backend, RedisBackendOptions } from '../relay/index.ts'
import { withChunkLog } from './chunk-log.ts'
import type { CommandContext } from './command.ts'
import { RELAY_LAYOUTS } from './flags.ts'
import { shownRedisUrl } from './redis-client.ts'
import { memoryRunStore, redisRunStore } from './run-store.ts'
import type { RunStore } from './run-store.ts'

/** A source. */
export interface RelaySource {
  readonly backend: Backend
  readonly store: RunStore
  /** For people. */
  readonly source: string
}

/**
 * Opens it; a Redis that is not there is waited for.
 * @param redis where it is; null for memory
 */
export function openSource(
  { flags, logger }: Pick<CommandContext, 'flags' | 'logger'>,
  redis: RedisBackendOptions | null,
): RelaySource {
  const { debug } = logger
  const told = (backend: Backend): Backend => (debug ? withChunkLog(backend, debug) : backend)
  if (redis === null) {
    const backend = memoryBackend()
    return { backend: told(backend), store: memoryRunStore(backend, logger), source: 'memory' }
  }
  const layout = flags.choice('layout', RELAY_LAYOUTS)
  const { url = 'redis://127.0.0.1:6379', sentinel } = redis
  const backend = redisBackend({ ...redis, layout, logger })
  const where = sentinel === undefined ? shownRedisUrl(url) : `${sentinel.name}, by Sentinels`
  return { backend: told(backend), store: redisRunStore(url, layout), source: `redis ${where}` }
}
