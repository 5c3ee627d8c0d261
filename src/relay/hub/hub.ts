// One hub per watched stream: one reader, one ring, any number of viewers that hold an index only. The first viewer
// that has read up to the end of the log seeds the ring in that same turn; from then on the hub reads after its own
// position. Wakes set a dirty bit and one read is in flight at most, so bursts coalesce by themselves.
import type { EndReason } from '../../wire/protocol.ts'
import type { EncodedPage } from './frame.ts'
import { createPageReader } from './page-reader.ts'
import type { PageReaderOptions, PageReaderSettings } from './page-reader.ts'
import { pause } from '../pause.ts'
import { createRing } from './ring.ts'
import type { EventRing, RingBounds, RingBudget } from './ring.ts'

/** What all hubs of a relay have in common. */
export interface HubSettings extends PageReaderSettings, RingBounds {
  /** While events come faster than this, in ms, one read in that time; 0 reads as fast as the store answers. */
  readonly readCoalesceMs: number
  /** Mean time between two reads of an idle stream, in ms: the net under lost doorbells. */
  readonly pollMs: number
  /** Time without viewers after which `onIdle` is called, in ms. */
  readonly lingerMs: number
}

/** What one hub needs. */
export interface HubOptions extends HubSettings, Omit<PageReaderOptions, 'ready' | 'position'> {
  readonly budget: RingBudget
  /** Where a control signal ended the run before, which the log itself does not say. */
  readonly endedAt: ControlEnd | null
  readonly onIdle: () => void
  /** The run has ended, or the log cannot be read: whoever comes next gets another hub. */
  readonly onEnd: (end: ControlEnd | null) => void
}

/** An end that came by control signal, so that only the relay's memory knows it. */
export interface ControlEnd {
  readonly position: string
  readonly reason: EndReason
}

/** The shared reader of one stream. */
export interface Hub {
  readonly id: string
  /** Where a control signal ended the run before, if it is remembered. */
  readonly endedAt: ControlEnd | null
  /** The ring, once a viewer has seeded it. */
  ring(): EventRing | null
  exists(): boolean
  /** False while the store is away, so that `exists` may be out of date. */
  available(): boolean
  ended(): EndReason | null
  /** True when the store refuses to read this log. */
  failed(): boolean
  /** Counts changes of ring and state. */
  version(): number
  /** Reads after a cursor; waits while the store is away. Null once the hub is closed. Rejects as a page reader does. */
  page(after: string | null): Promise<EncodedPage | null>
  /** Begins the ring at the end of the log. Only the first call counts. */
  seed(position: string | null, exists: boolean): void
  /** Calls in one later turn whenever the ring, or the hub's state, has changed. Returns how to hear no more. */
  join(notify: () => void): () => void
  close(): void
}

/** Creates a hub and starts its watch. */
export function createHub(options: HubOptions): Hub {
  const { id, endedAt, counters } = options
  const members = new Set<() => void>()
  let ring: EventRing | null = null
  let position: string | null = null
  let exists = false
  let ended: EndReason | null = null
  let failed = false
  let signal: EndReason | null = null
  let version = 0
  let dirty = false
  let polled = false
  let pumping = false
  let readAt = -Infinity
  let ticking = false
  let closed = false
  let linger = setTimeout(options.onIdle, options.lingerMs) // a viewer may be gone before it has joined

  const watch = options.backend.watch(id, onWake)
  const reader = createPageReader({ ...options, ready: watch.ready, position: () => position })
  const poll = setTimeout(onPoll, options.pollMs * (0.8 + 0.4 * options.random()))

  function onWake(reason: EndReason | null): void {
    signal ??= reason
    wake()
  }

  function wake(): void {
    dirty = true
    reader.nudge()
    if (!pumping && ring !== null && !failed) void pump()
  }

  function onPoll(): void {
    counters.polls++
    polled = true
    poll.refresh()
    wake()
  }

  // At rest in the turn of the look that found nothing more: a wake after it would else be nobody's.
  async function pump(): Promise<void> {
    let more = false
    pumping = true
    try {
      while (dirty && !closed && ended === null) {
        const early = more ? 0 : readAt + options.readCoalesceMs - options.nowMs()
        if (early > 0) await pause(early)
        readAt = options.nowMs()
        dirty = false
        const told = signal
        const byPoll = polled
        polled = false
        const page = await reader.fresh(position).catch(fail)
        if (page === null || closed) return // it may have closed since that read was answered
        append(page, byPoll)
        // A control signal may overtake the data: it counts once a read that began after it came back short.
        if (told !== null && !page.more && ended === null) {
          // Without a log nothing tells a later run under this id from the one that was over.
          finish(told, position === null ? null : { position, reason: told })
        }
        more = page.more
      }
    } finally {
      pumping = false
    }
  }

  function append(page: EncodedPage, byPoll: boolean): void {
    const news = page.items.length > 0 || exists !== page.exists
    if (page.lossy) ring?.forgetStart()
    for (const item of page.items) ring?.push(item)
    counters.events += page.items.length
    if (byPoll && news) counters.recovered++
    position = page.position
    exists = page.exists
    dirty ||= page.more
    if (page.end !== null) finish(page.end, null)
    else if (news) announce()
    if (!closed && ended === null) poll.refresh()
  }

  function finish(reason: EndReason, control: ControlEnd | null): void {
    ended = reason
    stop(control)
  }

  function fail(): null {
    failed = true
    if (!closed) stop(null)
    return null
  }

  function stop(control: ControlEnd | null): void {
    clearTimeout(poll)
    watch.close()
    options.onEnd(control)
    announce()
  }

  function announce(): void {
    version++
    reader.forget()
    if (ticking) return
    ticking = true
    setImmediate(tick)
  }

  function tick(): void {
    ticking = false
    for (const notify of members) notify()
  }

  function seed(at: string | null, found: boolean): void {
    if (ring !== null || closed) return
    ring = createRing(at, options, options.budget)
    position = at
    exists = found
    if (endedAt !== null && endedAt.position === at) finish(endedAt.reason, endedAt)
    else wake() // for what came between that read and now
    announce()
  }

  // Who finds the log gone before the hub does must not meet its old beginning, which the ring or a read may still hold.
  async function page(after: string | null): Promise<EncodedPage | null> {
    const found = await reader.shared(after)
    if (!found?.lossy || found.position !== null) return found
    ring?.forgetStart()
    reader.forget()
    return found
  }

  function join(notify: () => void): () => void {
    members.add(notify)
    clearTimeout(linger)
    return () => {
      if (!members.delete(notify) || members.size > 0 || closed) return
      linger = setTimeout(options.onIdle, options.lingerMs)
    }
  }

  function close(): void {
    closed = true
    clearTimeout(poll)
    clearTimeout(linger)
    watch.close()
    reader.close()
    ring?.close()
  }

  return {
    id,
    endedAt,
    ring: () => ring,
    exists: () => exists,
    available: options.backend.isReady,
    ended: () => ended,
    failed: () => failed,
    version: () => version,
    page,
    seed,
    join,
    close,
  }
}
