// Logs in Redis, as agents write them: the list layout (RPUSH and a doorbell), the stream layout (XADD), or whichever
// of the two a stream turns out to have. It reads, and writes nothing but the request to stop; a few connections serve
// any number of viewers and streams.
import type { RedisClientOptions } from '@redis/client'
import { nameOf as nameIn, sunaNames } from '../../wire/redis-names.ts'
import type { RedisNames } from '../../wire/redis-names.ts'
import { silentLogger, StopNotPermittedError, UnreadableLogError } from '../backend.ts'
import type { Backend, BackendInfo, Logger, Page, ReadOptions, StreamStat } from '../backend.ts'
import { parseCursor } from '../cursor.ts'
import { nameOf, parseAddress } from './address.ts'
import { readList, statList } from './list-log.ts'
import { createRedisCluster } from './redis-cluster.ts'
import { createRedisConnection, reasonOf } from './redis-connection.ts'
import type { Redis } from './redis-connection.ts'
import { sentinelLocator } from './redis-sentinel.ts'
import type { SentinelOptions } from './redis-sentinel.ts'
import { createRedisWatches } from './redis-watches.ts'
import type { RedisWatches } from './redis-watches.ts'
import { readStream, statStream } from './stream-log.ts'

/** Where a stream's log is in Redis; `auto` watches both layouts. */
export type RedisLayout = 'auto' | 'suna-list' | 'suna-stream'

/** Options of {@link redisBackend}. */
export interface RedisBackendOptions {
  /** `redis://` or `rediss://`. @default 'redis://127.0.0.1:6379' */
  readonly url?: string | undefined
  /** A node-redis client whose options are used instead of `url`; the relay opens its own connections. */
  readonly client?: { readonly options?: RedisClientOptions | undefined } | undefined
  /** Sentinels to ask for the master; the host in `url` is then of no account. @default none */
  readonly sentinel?: SentinelOptions | undefined
  /**
   * True, or more seeds as `host:port`: the server at `url` is one of a Redis Cluster, and all its masters are used.
   * @default false
   */
  readonly cluster?: boolean | readonly string[] | undefined
  /** @default 'auto' */
  readonly layout?: RedisLayout | undefined
  /** @default Suna's names */
  readonly keys?: Partial<RedisNames> | undefined
  /**
   * A `STOP` on the control channel may be a request as well as the end: the run is over once nothing was written for
   * this long after it, in ms. @default 5000
   */
  readonly stopGraceMs?: number | undefined
  /** @default says nothing */
  readonly logger?: Logger | undefined
  /** Jitter of reconnects. @default Math.random */
  readonly random?: (() => number) | undefined
}

const STOP_TTL_SECONDS = '300'
const ABSENT: StreamStat = { length: 0, first: null, last: null, ended: false, layout: null }

/**
 * Creates a backend and begins to connect. A Redis that is not there is waited for; the logger is told once.
 * @throws TypeError for an address that is none, or a template without `{id}`
 */
export function redisBackend(options: RedisBackendOptions = {}): Backend {
  const { layout = 'auto', logger = silentLogger, stopGraceMs = 5000 } = options
  const keys = checkKeys({ ...sunaNames, ...options.keys })
  const hasList = layout !== 'suna-stream'
  const hasStream = layout !== 'suna-list'
  const isCluster = Boolean(options.cluster)
  const counts = { commands: 0, reconnects: 0 }
  const name = (of: keyof RedisNames, id: string): string => nameIn(keys[of], id)
  const tracks = (key: string): boolean => redis.tracks(key)
  const has = { hasList, hasStream, isCluster }
  const watches = createRedisWatches({ ...has, name, tracks, stopGraceMs, logger })
  const redis = connect(options, watches, counts)

  async function read(id: string, after: string | null, how: ReadOptions): Promise<Page> {
    try {
      const page = await readFrom(id, after, how)
      if (how.follow) watches.follow(id, page)
      return page
    } catch (error) {
      if (!/^(WRONGTYPE|NOPERM)/.test(reasonOf(error))) throw error
      throw new UnreadableLogError(`the log of ${id}: ${String(error)}`, { cause: error })
    }
  }

  async function readFrom(id: string, after: string | null, how: ReadOptions): Promise<Page> {
    const cursor = after === null ? null : parseCursor(after)
    const [listKey, key] = [name('list', id), name('stream', id)]
    const list = (): Promise<Page> => readList(redis.at(listKey), listKey, cursor, how)
    const stream = (): Promise<Page> =>
      readStream(redis.at(key), { key, field: keys.field }, cursor, how)
    if (!hasStream) return list()
    if (!hasList) return stream()
    const { form } = parseCursor(how.beside ?? '') ?? cursor ?? {}
    const [first, second] = form === 'stream' ? [stream, list] : [list, stream]
    const page = await first()
    if (page.exists) return page
    // The other layout, from its start: a new log under an old cursor, or the first one.
    const other = await second()
    return other.exists ? other : page
  }

  async function stat(id: string): Promise<StreamStat> {
    const [list, key] = [name('list', id), name('stream', id)]
    const found = hasList ? await statList(redis.at(list), list) : null
    if (found !== null || !hasStream) return found ?? ABSENT
    return (await statStream(redis.at(key), { key, field: keys.field })) ?? ABSENT
  }

  async function stop(id: string): Promise<void> {
    const exists = async (key: string): Promise<boolean> =>
      (await redis.at(key)('EXISTS', key)) === 1
    const isAuto = hasList && hasStream
    const inList = isAuto ? await exists(name('list', id)) : hasList
    const inStream = isAuto ? await exists(name('stream', id)) : hasStream
    const [control, key] = [name('control', id), name('stop', id)]
    // Who writes in neither of them yet is asked in both ways.
    try {
      if (inList || !inStream) await redis.at(control)('PUBLISH', control, 'STOP')
      if (inStream || !inList) await redis.at(key)('SET', key, '1', 'EX', STOP_TTL_SECONDS)
    } catch (error) {
      if (!/^(NOPERM|READONLY)/.test(reasonOf(error))) throw error
      const why = `Redis does not let the relay stop runs: ${String(error)}`
      throw new StopNotPermittedError(why, { cause: error })
    }
  }

  function info(): BackendInfo {
    const fallback = !hasStream ? 'doorbells' : isCluster ? 'polling' : 'blocking'
    return { ...counts, ...redis.info(), wakes: tracks('') ? 'tracking' : fallback }
  }

  async function close(): Promise<void> {
    redis.close()
    watches.close()
  }

  return { read, stat, watch: watches.watch, stop, isReady: redis.isReady, info, close }
}

function connect(
  options: RedisBackendOptions,
  { onHome, onChange }: RedisWatches,
  counts: { commands: number; reconnects: number },
): Redis {
  const { cluster, sentinel, logger = silentLogger, random = Math.random } = options
  const client = clientOptions(options)
  const settings = { client, logger, random, counts, onChange }
  if (cluster) {
    const seeds = [nameOf(client), ...(cluster === true ? [] : cluster)].map(parseAddress)
    return createRedisCluster({ ...settings, seeds, onHome })
  }
  const locate = sentinel && sentinelLocator(sentinel, client)
  const place = sentinel && `${sentinel.name} (by Sentinels ${sentinel.nodes.join(', ')})`
  return createRedisConnection({ ...settings, locate, place, onSession: onHome })
}

function clientOptions({
  url = 'redis://127.0.0.1:6379',
  client,
}: RedisBackendOptions): RedisClientOptions {
  if (client !== undefined) return client.options ?? {}
  if (/^rediss?:\/\//.test(url) && URL.canParse(url)) return { url }
  throw new TypeError('expected a url as redis://[user:password@]host[:port][/db], or rediss://')
}

function checkKeys(keys: RedisNames): RedisNames {
  for (const [name, template] of Object.entries(keys)) {
    if (name !== 'field' && !template.includes('{id}')) {
      throw new TypeError(`keys.${name}: expected a template with {id}, got "${template}"`)
    }
  }
  return keys
}
