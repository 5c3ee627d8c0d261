// Where a relay reads from, by its flags: Redis or memory; and where runs can be written for it.
import { memoryBackend, redisBackend } from '../relay/index.ts'
import type { Backend, RedisKeys } from '../relay/index.ts'
import { withChunkLog } from './chunk-log.ts'
import type { CommandContext } from './command.ts'
import { RELAY_LAYOUTS } from './flags.ts'
import { checkRedisUrl, shownRedisUrl } from './redis-writer.ts'
import { memoryRunStore, redisRunStore } from './run-store.ts'
import type { RunStore } from './run-store.ts'

/** A source. */
export interface RelaySource {
  readonly backend: Backend
  readonly store: RunStore
  /** For people. */
  readonly source: string
}

/** Opens it; a Redis that is not there is waited for. */
export function openSource(
  { flags, logger }: Pick<CommandContext, 'flags' | 'logger'>,
  keys?: Partial<RedisKeys>,
): RelaySource {
  const { debug } = logger
  const told = (backend: Backend): Backend => (debug ? withChunkLog(backend, debug) : backend)
  const url = flags.text('redis')
  if (url === undefined) {
    const backend = memoryBackend()
    return { backend: told(backend), store: memoryRunStore(backend, logger), source: 'memory' }
  }
  const layout = flags.choice('layout', RELAY_LAYOUTS)
  const backend = redisBackend({ url: checkRedisUrl(url), layout, keys, logger })
  const source = `redis ${shownRedisUrl(url)}`
  return { backend: told(backend), store: redisRunStore(url, layout), source }
}
