// Where a relay reads from, by its flags: Redis or memory; and where runs can be written for it.
import { memoryBackend, redisBackend } from '../relay/index.ts'
import type { Backend, RedisNames } from '../relay/index.ts'
import { withChunkLog } from './chunk-log.ts'
import type { CommandContext } from './command.ts'
import type { FlagValues } from './flag-values.ts'
import { RELAY_LAYOUTS } from './flags.ts'
import { checkRedisUrl, shownRedisUrl } from './redis-writer.ts'
import { memoryRunStore, redisRunStore } from './run-store.ts'
import type { RunStore } from './run-store.ts'
import { sentinelIn } from './sentinel-flag.ts'

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
  keys?: Partial<RedisNames>,
): RelaySource {
  const { debug } = logger
  const told = (backend: Backend): Backend => (debug ? withChunkLog(backend, debug) : backend)
  const url = flags.text('redis')
  const sentinel = sentinelOf(flags)
  if (url === undefined && sentinel === undefined) {
    const backend = memoryBackend()
    return { backend: told(backend), store: memoryRunStore(backend, logger), source: 'memory' }
  }
  const layout = flags.choice('layout', RELAY_LAYOUTS)
  const urls = (url ?? 'redis://127.0.0.1:6379').split(',')
  for (const one of urls) checkRedisUrl(one)
  const cluster = isCluster(flags)
  const backend = redisBackend({ url: urls.join(','), sentinel, cluster, layout, keys, logger })
  const shown = urls.map(shownRedisUrl).join(', ')
  const source = sentinel ? `redis ${sentinel.name}` : `redis ${shown}`
  return { backend: told(backend), store: redisRunStore(urls[0] ?? '', layout), source }
}

/** What is wrong with flags that do not go together. */
export function storeMistakes(flags: FlagValues): readonly string[] {
  if (!isCluster(flags)) return []
  if (flags.text('redis') === undefined) return ['--cluster needs --redis with the url of a node']
  return sentinelOf(flags) ? ['--sentinel and --cluster do not go together'] : []
}

const isCluster = (flags: FlagValues): boolean =>
  !['', 'false', '0'].includes(flags.text('cluster') ?? '')

function sentinelOf(flags: FlagValues) {
  const text = flags.text('sentinel')
  return text === undefined ? undefined : sentinelIn(text)
}
