// Logs in Redis, as agents write them: the list layout (RPUSH and a doorbell), the stream layout (XADD), or whichever
// of the two a stream turns out to have. It only reads; a few connections serve any number of viewers and streams.
import type { RedisClientOptions } from '@redis/client'
import type { EndReason } from '../wire/protocol.ts'
import { endReasonOfStatus } from '../wire/terminal.ts'
import { BackendUnavailableError, silentLogger, StopNotPermittedError } from './backend.ts'
import type { Backend, Logger, Page, ReadOptions, StreamStat, Wake, Watch } from './backend.ts'
import { parseCursor } from './cursor.ts'
import { createDoorbells } from './doorbells.ts'
import { readList, statList } from './list-log.ts'
import { createFalseAlarms } from './false-alarms.ts'
import { createRedisConnection } from './redis-connection.ts'
import type { RedisConnection, Send } from './redis-connection.ts'
import { readStream, statStream } from './stream-log.ts'
import { createStreamWatch } from './stream-watch.ts'

/** Where a stream's log is in Redis; `auto` watches both layouts. */
export type RedisLayout = 'auto' | 'suna-list' | 'suna-stream'

/** Templates of the names in Redis; `{id}` stands for the stream id. */
export interface RedisKeys {
  /** List of events. @default 'agent_run:{id}:responses' */
  readonly list: string
  /** Channel that rings after an RPUSH. @default 'agent_run:{id}:new_response' */
  readonly doorbell: string
  /** Channel that tells the end of a run. @default 'agent_run:{id}:control' */
  readonly control: string
  /** Stream of events. @default 'agent_run:{id}:stream' */
  readonly stream: string
  /** Field of a stream entry that holds the event. @default 'data' */
  readonly field: string
}

/** Options of {@link redisBackend}. */
export interface RedisBackendOptions {
  /** `redis://` or `rediss://`. @default 'redis://127.0.0.1:6379' */
  readonly url?: string | undefined
  /** A node-redis client whose options are used instead of `url`; the relay opens its own connections. */
  readonly client?: { readonly options?: RedisClientOptions | undefined } | undefined
  /** @default 'auto' */
  readonly layout?: RedisLayout | undefined
  /** @default Suna's names */
  readonly keys?: Partial<RedisKeys> | undefined
  /** @default says nothing */
  readonly logger?: Logger | undefined
  /** Jitter of reconnects. @default Math.random */
  readonly random?: (() => number) | undefined
}

/** Suna's names. */
export const sunaKeys: RedisKeys = Object.freeze({
  list: 'agent_run:{id}:responses',
  doorbell: 'agent_run:{id}:new_response',
  control: 'agent_run:{id}:control',
  stream: 'agent_run:{id}:stream',
  field: 'data',
})

/**
 * Creates a backend and begins to connect. A Redis that is not there is waited for; the logger is told once.
 * @throws TypeError for a url that is none, or a template without `{id}`
 */
export function redisBackend(options: RedisBackendOptions = {}): Backend {
  const { layout = 'auto', logger = silentLogger, random = Math.random } = options
  const keys = checkKeys({ ...sunaKeys, ...options.keys })
  const hasList = layout !== 'suna-stream'
  const hasStream = layout !== 'suna-list'
  const wakes = new Map<string, Set<Wake>>()
  const watched = new Map<string, string>() // keys of watched streams, to their ids
  const changed = new Set<string>() // ids whose key changed since their doorbell last rang
  const late = new Map<string, NodeJS.Timeout>() // wakes that wait since their notices were for nothing before
  let toldFalseAlarms = false
  const falseAlarms = createFalseAlarms(() => performance.now())
  const streams = createStreamWatch(() => connection, logger)
  const doorbells = createDoorbells(() => connection, streams.release, logger)
  const connection: RedisConnection = createRedisConnection({
    client: clientOptions(options),
    logger,
    random,
    onSession(session) {
      changed.clear() // bells that went missing with the last session must not silence those of this one
      if (!session.tracking) void streams.run(session)
      void doorbells.run(session)
      wakeAll()
    },
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
  const name = (template: string, id: string): string => template.replaceAll('{id}', id)
  const streamKey = (id: string) => ({ key: name(keys.stream, id), field: keys.field })

  const keysOf = (id: string): string[] => [name(keys.list, id), streamKey(id).key]

  function wake(id: string, reason: EndReason | null = null): void {
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
    const session = connection.session()
    try {
      const page = await readFrom(session.send, id, after, how)
      const news = page.entries.length > 0 || page.gap !== null
      if (how.follow) falseAlarms.answered(id, news)
      return page
    } catch (error) {
      if (connection.isCurrent(session)) throw error
      throw new BackendUnavailableError('Redis went away', { cause: error })
    }
  }

  async function readFrom(
    send: Send,
    id: string,
    after: string | null,
    how: ReadOptions,
  ): Promise<Page> {
    const cursor = after === null ? null : parseCursor(after)
    const list = (from = cursor): Promise<Page> => readList(send, name(keys.list, id), from, how)
    const stream = (from = cursor): Promise<Page> => readStream(send, streamKey(id), from, how)
    if (!hasStream) return list()
    if (!hasList) return follow(id, await stream(), how)
    const page = cursor?.form === 'stream' ? await stream() : await list()
    if (page.exists) return follow(id, page, how)
    // The other layout, from its start: a new log under an old cursor, or the first one.
    const other = cursor?.form === 'stream' ? await list() : await stream()
    return follow(id, other.exists ? other : page, how)
  }

  function follow(id: string, page: Page, how: ReadOptions): Page {
    if (!how.follow || page.more || !wakes.has(id) || connection.session().tracking) return page
    const { key } = streamKey(id)
    const next = page.next === null ? null : parseCursor(page.next)
    if (next?.form === 'list') streams.disarm(key)
    else streams.arm(key, next?.entryId ?? '0-0', () => wake(id), page.gap !== null)
    return page
  }

  async function stat(id: string): Promise<StreamStat> {
    const { send } = connection.session()
    const list = hasList ? await statList(send, name(keys.list, id)) : null
    const found = list ?? (hasStream ? await statStream(send, streamKey(id)) : null)
    return found ?? { length: 0, first: null, last: null, ended: false, layout: null }
  }

  async function stop(id: string): Promise<void> {
    try {
      await connection.session().send('PUBLISH', name(keys.control, id), 'STOP')
    } catch (error) {
      if (!String(error).includes('NOPERM')) throw error
      throw new StopNotPermittedError('Redis does not permit PUBLISH', { cause: error })
    }
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
    const control = name(keys.control, id)
    return doorbells.listen([name(keys.doorbell, id), control], (channel, message) => {
      if (channel === control) one(endReasonOfStatus(message))
      // The key's change has rung already; a bell that rings without one is heard all the same.
      else if (channel === null || !changed.delete(id)) one(null)
    })
  }

  function close(): Promise<void> {
    connection.close()
    for (const timer of late.values()) clearTimeout(timer)
    return Promise.resolve()
  }

  return { read, stat, stop, watch, isReady: connection.isReady, close }
}

function clientOptions({
  url = 'redis://127.0.0.1:6379',
  client,
}: RedisBackendOptions): RedisClientOptions {
  if (client !== undefined) return client.options ?? {}
  if (/^rediss?:\/\//.test(url) && URL.canParse(url)) return { url }
  throw new TypeError('expected a url as redis://[user:password@]host[:port][/db], or rediss://')
}

function checkKeys(keys: RedisKeys): RedisKeys {
  for (const [name, template] of Object.entries(keys)) {
    if (name !== 'field' && !template.includes('{id}')) {
      throw new TypeError(`keys.${name}: expected a template with {id}, got "${template}"`)
    }
  }
  return keys
}
