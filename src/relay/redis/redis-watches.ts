// Who watches which stream, and all that wakes them: Redis' notices of changed keys, doorbells, the control channel,
// and the blocking read where there are no notices.
import type { EndReason } from '../../wire/protocol.ts'
import type { RedisNames } from '../../wire/redis-names.ts'
import { endReasonOfStatus } from '../../wire/terminal.ts'
import type { Logger, Page, Wake, Watch } from '../backend.ts'
import { parseCursor } from '../cursor.ts'
import { createDoorbells } from './doorbells.ts'
import { createReadBudget } from './read-budget.ts'
import type { ReadBudget } from './read-budget.ts'
import type { RedisSession } from './redis-session.ts'
import { createStreamWatch } from './stream-watch.ts'

/** What watches need. */
export interface RedisWatchesOptions {
  readonly hasList: boolean
  readonly hasStream: boolean
  readonly isCluster: boolean
  readonly name: (of: keyof RedisNames, id: string) => string
  /** True while the changes of that key are told of once it was read. */
  readonly tracks: (key: string) => boolean
  readonly stopGraceMs: number
  readonly logger: Logger
}

/** The watches of a backend. */
export interface RedisWatches {
  watch(id: string, wake: Wake): Watch
  /** A read of the stream ended here: its watch goes on from there. */
  follow(id: string, page: Page): void
  onChange(key: string | null): void
  /** Subscriptions belong on this session from now on. */
  onHome(session: RedisSession): void
  close(): void
}

/** One watched stream. */
interface Watched {
  readonly id: string
  readonly wakes: Set<Wake>
  readonly budget: ReadBudget
  bell?: Watch
  /** A notice asked for the next read. */
  noticed?: boolean
  /** Its key changed since its doorbell last rang. */
  changed?: boolean
  /** A wake that waits. */
  late?: NodeJS.Timeout | undefined
  /** The end that follows a STOP, unless something is written. */
  stopping?: NodeJS.Timeout
}

const CLUSTER_POLL_MS = 250

/** Creates a set without watches. */
export function createRedisWatches(options: RedisWatchesOptions): RedisWatches {
  const { hasList, hasStream, isCluster, name, tracks, stopGraceMs, logger } = options
  const watched = new Map<string, Watched>()
  const byKey = new Map<string, Watched>()
  const streams = createStreamWatch(logger)
  const doorbells = createDoorbells(streams.release, logger)
  let toldFalseAlarms = false

  const keysOf = (id: string): string[] => [name('list', id), name('stream', id)]

  function wake({ wakes }: Watched, reason: EndReason | null = null): void {
    for (const ring of wakes) ring(reason)
  }

  function wakeLater(one: Watched, waitMs: number): void {
    one.late ??= setTimeout(() => {
      one.late = undefined
      wake(one)
    }, waitMs).unref()
  }

  function onChange(key: string | null): void {
    if (key === null) return watched.forEach((one) => wake(one))
    const one = byKey.get(key)
    if (one === undefined) return
    one.noticed = true
    const waitMs = one.budget.waitMs()
    one.changed ||= waitMs === 0
    if (waitMs === 0) return wake(one)
    tellFalseAlarms(key)
    wakeLater(one, waitMs)
  }

  function tellFalseAlarms(key: string): void {
    if (toldFalseAlarms) return
    toldFalseAlarms = true
    const hint =
      'is tracking-table-max-keys too small, or the same key written in another database?'
    logger.warn(`Redis tells of changes of ${key} where there are none, reading later: ${hint}`)
  }

  function follow(id: string, page: Page): void {
    const one = watched.get(id)
    if (one === undefined) return
    const news = page.entries.length > 0 || page.gap !== null
    if (news) one.stopping?.refresh()
    if (news || one.noticed) one.budget.spend(news)
    one.noticed = false
    const key = name('stream', id)
    if (!hasStream || page.more || tracks(key)) return
    const next = page.next === null ? null : parseCursor(page.next)
    if (next?.form === 'list') streams.disarm(key)
    else if (isCluster) wakeLater(one, CLUSTER_POLL_MS) // a blocking read has the keys of one slot only
    else streams.arm(key, next?.entryId ?? '0-0', () => wake(one))
  }

  function watch(id: string, ring: Wake): Watch {
    const one = watched.get(id) ?? begin(id)
    one.wakes.add(ring)
    const close = (): void => {
      if (one.wakes.delete(ring) && one.wakes.size === 0) end(one)
    }
    return { ready: one.bell?.ready ?? Promise.resolve(), close }
  }

  function begin(id: string): Watched {
    const one: Watched = { id, wakes: new Set(), budget: createReadBudget() }
    watched.set(id, one)
    for (const key of keysOf(id)) byKey.set(key, one)
    if (hasList) one.bell = listen(one)
    return one
  }

  function end(one: Watched): void {
    watched.delete(one.id)
    for (const key of keysOf(one.id)) byKey.delete(key)
    clearTimeout(one.late)
    clearTimeout(one.stopping)
    one.bell?.close()
    streams.disarm(name('stream', one.id))
  }

  function listen(one: Watched): Watch {
    const [doorbell, control] = [name('doorbell', one.id), name('control', one.id)]
    return doorbells.listen([doorbell, control], (channel, message) => {
      if (channel === control) onControl(one, endReasonOfStatus(message))
      // The key's change has rung already; a bell that rings without one is heard all the same.
      else if (channel !== null && one.changed) one.changed = false
      else wake(one)
    })
  }

  // Suna's producers say STOP when they have stopped, and are asked to stop by the same word on the same channel. Who
  // was asked may still write: that run ends by its terminal event, or once it has been silent for a while.
  function onControl(one: Watched, reason: EndReason | null): void {
    if (reason !== 'stopped') return wake(one, reason)
    one.stopping ??= setTimeout(() => wake(one, 'stopped'), stopGraceMs)
    one.stopping.refresh()
    wake(one)
  }

  function onHome(session: RedisSession): void {
    for (const one of watched.values()) one.changed = false // its bells may have gone missing
    if (!session.tracking && !isCluster) void streams.run(session)
    if (hasList) doorbells.run(session) // wakes each stream once its bell is heard again
    else onChange(null)
  }

  const close = (): void => watched.forEach(end)
  return { watch, follow, onChange, onHome, close }
}
