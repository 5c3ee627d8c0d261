// Where a relay reads from, by its flags: Redis or memory; and where runs can be written for it.
import { memoryBackend, redisBackend } from '../../relay/index.ts'
import type { Backend, RedisNames } from '../../relay/index.ts'
import { withChunkLog } from './chunk-log.ts'
import type { CommandContext } from '../command.ts'
import type { FlagValues } from '../flags/flag-values.ts'
import { RELAY_LAYOUTS } from '../flags/flags.ts'
import { messageOf } from '../command-error.ts'
import { connectRedis, isOfTls, isRefusal, redisUrlsIn, shownRedisUrl } from '../redis-client.ts'
import { memoryRunStore, redisRunStore } from '../play/run-store.ts'
import type { RunStore } from '../play/run-store.ts'
import { sentinelIn } from '../flags/sentinel-flag.ts'

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
  const urls = redisUrlsIn(url ?? 'redis://127.0.0.1:6379')
  const [first = '', ...others] = urls
  const cluster = flags.on('cluster') && others.map(hostOf)
  const backend = redisBackend({ url: first, sentinel, cluster, layout, keys, logger })
  const shown = urls.map(shownRedisUrl).join(', ')
  const source = sentinel ? `redis ${sentinel.name}` : `redis ${shown}`
  return { backend: told(backend), store: redisRunStore(first, layout), source }
}

// A Redis that is not there must not keep a relay from listening. One that is has longer to say no.
const THERE_MS = 1000

/**
 * Asks a single server whether it takes the password and has the database. A Redis that is not there is no matter here:
 * it is waited for.
 * @throws CommandError when it does not
 */
export async function checkAddress({
  flags,
  logger,
}: Pick<CommandContext, 'flags' | 'logger'>): Promise<void> {
  const url = flags.text('redis')
  if (url === undefined || flags.text('sentinel') !== undefined) return
  const [first = ''] = redisUrlsIn(url)
  try {
    const client = await connectRedis(first, undefined, THERE_MS)
    client.destroy()
  } catch (error) {
    if (isRefusal(error)) throw error
    if (isOfTls(first, messageOf((error as Error).cause))) logger.warn(messageOf(error))
  }
}

/** What is wrong with flags that do not go together. */
export function storeMistakes(flags: FlagValues): readonly string[] {
  const url = flags.text('redis')
  const isOfSentinels = flags.text('sentinel-user') ?? flags.text('sentinel-password')
  if (isOfSentinels !== undefined && flags.text('sentinel') === undefined) {
    return ['--sentinel-user and --sentinel-password need --sentinel']
  }
  if (!flags.on('cluster')) {
    return /,rediss?:\/\//.test(url ?? '') ? ['several urls in --redis need --cluster'] : []
  }
  if (url === undefined) return ['--cluster needs --redis with the url of a node']
  return flags.text('sentinel') ? ['--sentinel and --cluster do not go together'] : []
}

function hostOf(url: string): string {
  const { hostname, port } = new URL(url)
  return `${hostname}:${port || 6379}`
}

function sentinelOf(flags: FlagValues) {
  const text = flags.text('sentinel')
  if (text === undefined) return undefined
  const [username, password] = [flags.text('sentinel-user'), flags.text('sentinel-password')]
  return { ...sentinelIn(text), username, password }
}
