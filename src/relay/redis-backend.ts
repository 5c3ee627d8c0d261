// Logs in Redis, as agents write them: the list layout (RPUSH and a doorbell), the stream layout (XADD), or whichever
// of the two a stream turns out to have. It only reads; a few connections serve any number of viewers and streams.
import type { RedisClientOptions } from '@redis/client'
import type { EndReason } from '../wire/protocol.ts'
import { nameOf, sunaNames } from '../wire/redis-names.ts'
import type { RedisNames } from '../wire/redis-names.ts'
import { endReasonOfStatus } from '../wire/terminal.ts'
import { silentLogger, StopNotPermittedError } from './backend.ts'
import type {
  Backend,
  BackendInfo,
  Logger,
  Page,
  ReadOptions,
  StreamStat,
  Wake,
  Watch,
} from './backend.ts'
import { parseCursor } from './cursor.ts'
import { createDoorbells } from './doorbells.ts'
import { readList, statList } from './list-log.ts'
import { createFalseAlarms } from './false-alarms.ts'
import { fixedAddress, sentinelAddress } from './redis-address.ts'
import type { SentinelOptions } from './redis-address.ts'
import { clusterStore } from './redis-cluster.ts'
import { singleStore } from './redis-store.ts'
import type { RedisStore, RedisStoreOptions } from './redis-store.ts'
import { readStream, statStream } from './stream-log.ts'
import { createStreamWatch } from './stream-watch.ts'

/** Where a stream's log is in Redis; `auto` watches both layouts. */
export type RedisLayout = 'auto' | 'suna-list' | 'suna-stream'

/** Options of {@link redisBackend}. */
export interface RedisBackendOptions {
  /** `redis://` or `rediss://`; several, as seeds of a cluster, separated by commas. @default 'redis://127.0.0.1:6379' */
  readonly url?: string | undefined
  /** Ask these Sentinels for the master; `url` or `client` then give credentials and TLS alone. */
  readonly sentinel?: SentinelOptions | undefined
  /** The url is that of a node of a Redis Cluster. @default false */
  readonly cluster?: boolean | undefined
  /** A node-redis client whose options are used instead of `url`; the relay opens its own connections. */
  readonly client?: { readonly options?: RedisClientOptions | undefined } | undefined
  /** @default 'auto' */
  readonly layout?: RedisLayout | undefined
  /** @default Suna's names */
  readonly keys?: Partial<RedisNames> | undefined
  /** @default says nothing */
  readonly logger?: Logger | undefined
  /** Jitter of reconnects. @default Math.random */
  readonly random?: (() => number) | undefined
}

// A writer looks for a request to stop every two seconds at most, and writes what it has at hand before it ends.
const STOP_GRACE_MS = 3000
const STOP_KEY_S = 300
const CLUSTER_POLL_MS = 1000

/**
 * Creates a backend and begins to connect. A Redis that is not there is waited for; the logger is told once.
 * @throws TypeError for a url that is none, or a template without `{id}`
 */
export function redisBackend(options: RedisBackendOptions = {}): Backend {
  const { layout = 'auto', logger = silentLogger, random = Math.random } = options
  const keys = checkKeys({ ...sunaNames, ...options.keys })
  const hasList = layout !== 'suna-stream'
  const hasStream = layout !== 'suna-list'
  const wakes = new Map<string, Set<Wake>>()
  const watched = new Map<string, string>() // keys of watched streams, to their ids
  const changed = new Set<string>() // ids whose key changed since their doorbell last rang
  const late = new Map<string, NodeJS.Timeout>() // wakes that wait since their notices were for nothing before
  let rung = 0
  let toldFalseAlarms = false
  const falseAlarms = createFalseAlarms(() => performance.now())
  const streams = createStreamWatch((session) => store.isCurrent(session), logger)
  const doorbells = createDoorbells(() => store.bells(), streams.release, logger)
  const store: RedisStore = createStore(options, {
    logger,
    random,
    onSession(session) {
      changed.clear() // bells that went missing with the last session must not silence those of this one
      if (!session.tracking && !options.cluster) void streams.run(session)
      wakeAll()
    },
    onBells: (session) => void doorbells.run(session),
    onChange(key) {
      if (key === null) return wakeAll()
      const id = watched.get(key)
      if (id === undefined) return
      const waitMs = falseAlarms.rang(id)
      if (waitMs > 0) return wakeLater(id, waitMs)
      changed.add(id)
      wake(id)
    },
  })
  const listKey = (id: string): string => nameOf(keys.list, id)
  const streamKey = (id: string) => ({ key: nameOf(keys.stream, id), field: keys.field })

  const keysOf = (id: string): string[] => [listKey(id), streamKey(id).key]

  function wake(id: string, reason: EndReason | null = null): void {
    rung++
    for (const one of wakes.get(id) ?? []) one(reason)
  }

  function wakeLater(id: string, waitMs: number): void {
    tellFalseAlarms(id)
    if (late.has(id)) return
    const timer = setTimeout(() => {
      late.delete(id)
      wake(id)
    }, waitMs)
    late.set(id, timer.unref())
  }

  function tellFalseAlarms(id: string): void {
    if (toldFalseAlarms) return
    toldFalseAlarms = true
    const hint =
      'is tracking-table-max-keys too small, or the same key written in another database?'
    logger.warn(
      `Redis tells of changes in stream ${id} where there are none, reading later: ${hint}`,
    )
  }

  function wakeAll(): void {
    for (const id of wakes.keys()) wake(id)
  }

  async function read(id: string, after: string | null, how: ReadOptions): Promise<Page> {
    const page = await readFrom(id, after, how)
    const news = page.entries.length > 0 || page.gap !== null
    if (how.follow) falseAlarms.answered(id, news)
    return page
  }

  async function readFrom(id: string, after: string | null, how: ReadOptions): Promise<Page> {
    const cursor = after === null ? null : parseCursor(after)
    const at = listKey(id)
    const stored = streamKey(id)
    const list = (): Promise<Page> => readList(store.sendFor(at), at, cursor, how)
    const stream = (): Promise<Page> => readStream(store.sendFor(stored.key), stored, cursor, how)
    if (!hasStream) return list()
    if (!hasList) return follow(id, await stream(), how)
    const page = cursor?.form === 'stream' ? await stream() : await list()
    if (page.exists) return follow(id, page, how)
    // The other layout, from its start: a new log under an old cursor, or the first one.
    const other = cursor?.form === 'stream' ? await list() : await stream()
    return follow(id, other.exists ? other : page, how)
  }

  function follow(id: string, page: Page, how: ReadOptions): Page {
    const { key } = streamKey(id)
    if (!how.follow || page.more || !wakes.has(id) || store.tracks(key)) return page
    if (options.cluster) return later(id, page)
    const next = page.next === null ? null : parseCursor(page.next)
    if (next?.form === 'list') streams.disarm(key)
    else streams.arm(key, next?.entryId ?? '0-0', () => wake(id), page.gap !== null)
    return page
  }

  // The keys of two streams lie on different nodes, so that no read can wait for both: they are polled.
  function later(id: string, page: Page): Page {
    wakeLater(id, CLUSTER_POLL_MS)
    return page
  }

  async function stat(id: string): Promise<StreamStat> {
    const list = hasList ? await statList(store.sendFor(listKey(id)), listKey(id)) : null
    const { key } = streamKey(id)
    const found = list ?? (hasStream ? await statStream(store.sendFor(key), streamKey(id)) : null)
    return found ?? { length: 0, first: null, last: null, ended: false, layout: null }
  }

  async function stop(id: string): Promise<void> {
    const { layout: found } = await stat(id)
    const [channel, key] = [nameOf(keys.control, id), nameOf(keys.stop, id)]
    try {
      if (hasList && found !== 'suna-stream')
        await store.sendFor(channel)('PUBLISH', channel, 'STOP')
      if (hasStream && found !== 'suna-list') {
        await store.sendFor(key)('SET', key, '1', 'EX', String(STOP_KEY_S))
      }
    } catch (error) {
      if (!/^(NOPERM|READONLY)/.test((error as Error).message)) throw error
      throw new StopNotPermittedError('the user of the relay may only read', { cause: error })
    }
  }

  function info(): BackendInfo {
    const { connections, commands, sessions, rttMs, clockOffsetMs } = store.counts()
    const reconnects = Math.max(0, sessions - 1)
    return { connections, commands, reconnects, rttMs, clockOffsetMs, wakes: rung }
  }

  function watch(id: string, one: Wake): Watch {
    wakes.set(id, (wakes.get(id) ?? new Set()).add(one))
    for (const key of keysOf(id)) watched.set(key, id)
    const bell = hasList ? listen(id, one) : null
    return { ready: bell?.ready ?? Promise.resolve(), close }

    function close(): void {
      bell?.close()
      const others = wakes.get(id)
      if (!others?.delete(one) || others.size > 0) return
      wakes.delete(id)
      changed.delete(id)
      falseAlarms.forget(id)
      clearTimeout(late.get(id))
      late.delete(id)
      for (const key of keysOf(id)) watched.delete(key)
      streams.disarm(streamKey(id).key)
    }
  }

  function listen(id: string, one: Wake): Watch {
    const control = nameOf(keys.control, id)
    return doorbells.listen([nameOf(keys.doorbell, id), control], (channel, message) => {
      if (channel === control) onControl(message)
      // The key's change has rung already; a bell that rings without one is heard all the same.
      else if (channel === null || !changed.delete(id)) one(null)
    })

    // Whoever wants a run to stop publishes what the run itself says when it has stopped. What it writes in between
    // must not be lost: its own terminal event ends the log, and the signal only where none comes.
    function onControl(message: string): void {
      const reason = endReasonOfStatus(message)
      one(reason === 'stopped' ? null : reason)
      if (reason === 'stopped') setTimeout(one, STOP_GRACE_MS, reason).unref()
    }
  }

  function close(): Promise<void> {
    store.close()
    for (const timer of late.values()) clearTimeout(timer)
    return Promise.resolve()
  }

  return { read, stat, stop, info, watch, isReady: store.isReady, close }
}

function createStore(options: RedisBackendOptions, hooks: RedisStoreOptions): RedisStore {
  const [first = {}, ...others] = clientsOf(options)
  if (options.cluster) return clusterStore([first, ...others], hooks)
  if (others.length > 0) throw new TypeError('several urls: expected cluster: true with them')
  const { sentinel } = options
  return singleStore(sentinel ? sentinelAddress(first, sentinel) : fixedAddress(first), hooks)
}

function clientsOf({
  url = 'redis://127.0.0.1:6379',
  client,
}: RedisBackendOptions): RedisClientOptions[] {
  if (client !== undefined) return [client.options ?? {}]
  return url.split(',').map((one) => {
    if (/^rediss?:\/\//.test(one) && URL.canParse(one)) return { url: one }
    throw new TypeError('expected a url as redis://[user:password@]host[:port][/db], or rediss://')
  })
}

function checkKeys(keys: RedisNames): RedisNames {
  for (const [name, template] of Object.entries(keys)) {
    if (name !== 'field' && !template.includes('{id}')) {
      throw new TypeError(`keys.${name}: expected a template with {id}, got "${template}"`)
    }
  }
  return keys
}
