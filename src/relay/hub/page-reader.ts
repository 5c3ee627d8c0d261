// Reads pages of one stream, for its hub and for viewers that catch up. A store that is away is waited for, with the next
// wake or a timer as the sign to try again; one that answers but refuses is asked a few times and then given up. Viewers
// at the same place share one read, and all that catch up share a few places.
import { performance } from 'node:perf_hooks'
import { BackendUnavailableError } from '../backend.ts'
import type { Backend, Logger, Page } from '../backend.ts'
import { observe } from '../counters.ts'
import type { RelayCounters } from '../counters.ts'
import { encodePage } from './frame.ts'
import type { EncodedPage } from './frame.ts'
import type { Gate } from './gate.ts'
import { pause } from '../pause.ts'
import { WRITE_BYTES } from './ring.ts'
import { createSeldom } from '../seldom.ts'

/** What all page readers of a relay have in common. */
export interface PageReaderSettings {
  readonly backend: Backend
  readonly logger: Logger
  readonly counters: RelayCounters
  readonly maxEventBytes: number
  /** Entries of one read. */
  readonly pageEvents: number
  readonly random: () => number
  /** Clock, in epoch ms. */
  readonly nowMs: () => number
}

/** What a page reader needs. */
export interface PageReaderOptions extends PageReaderSettings {
  readonly id: string
  /** What reads for viewers pass; the hub's own do not. */
  readonly gate: Gate
  /** No read begins before this resolves. */
  readonly ready: Promise<void>
  /** Where the hub is; null before it has begun. */
  readonly position: () => string | null
}

/** Reads pages of one stream. Pages are null once it is closed; they reject with what the store refused again and again. */
export interface PageReader {
  /** A read that begins after this call; the stream's watch goes on from its end. */
  fresh(after: string | null): Promise<EncodedPage | null>
  /** A read that may have begun before this call, for someone else at the same place. */
  shared(after: string | null): Promise<EncodedPage | null>
  /** From now on nobody shares a read that has begun already: it may be older than what the caller knows. */
  forget(): void
  /** A failed read is tried again now. */
  nudge(): void
  close(): void
}

// A page for one viewer holds no more than its sink takes in one write.
const FOLLOW_BYTES = 1024 * 1024
const RETRY_MS = 1000
const MAX_RETRY_MS = 4000 // who is back at work has its events within seconds, though no wake tells so
const REFUSALS = 4 // in a row, within 3.5 to 7 s
// Nobody knows yet how large a stream's events are: pages begin short and grow.
const FIRST_EVENTS = 32

/** Creates a page reader. */
export function createPageReader(options: PageReaderOptions): PageReader {
  const { id, backend, logger, counters, gate, random, nowMs, maxEventBytes } = options
  const pages = new Map<string | null, Promise<EncodedPage | null>>()
  let limit = Math.min(FIRST_EVENTS, options.pageEvents)
  let eventBytes = 1 // of the last page, on average
  const isTime = createSeldom()
  let closed = false
  let work = performance.eventLoopUtilization()
  let nudged: PromiseWithResolvers<void> | null = null // since the last nudge

  const fresh = (after: string | null): Promise<EncodedPage | null> => load(after, true)

  async function load(after: string | null, follow: boolean): Promise<EncodedPage | null> {
    await options.ready
    let failures = 0
    let refusals = 0
    while (!closed) {
      const woken = (nudged ??= Promise.withResolvers())
      try {
        return await (follow ? read(after, true) : gate.pass(id, () => read(after, false)))
      } catch (error) {
        report(error)
        limit = Math.max(1, limit >> 1) // it may have been too much to come back in time
        const away = error instanceof BackendUnavailableError
        refusals = away ? 0 : refusals + 1
        if (refusals === REFUSALS) throw error
        const ceiling = Math.min(RETRY_MS * 2 ** failures++, MAX_RETRY_MS)
        const wait = pause(ceiling * (0.5 + random() / 2))
        await (away ? Promise.race([woken.promise, wait]) : wait)
      }
    }
    return null
  }

  async function read(after: string | null, follow: boolean): Promise<EncodedPage | null> {
    if (closed) return null
    counters.reads++
    const startMs = nowMs()
    const beside = options.position()
    const page = await backend.read(id, after, { limit: limitOf(follow), follow, beside })
    if (page.gap !== null) counters.gaps[page.gap]++
    const worked = performance.eventLoopUtilization()
    const { utilization: busy } = performance.eventLoopUtilization(worked, work)
    work = worked
    const times = { startMs, endMs: nowMs(), busy }
    observe(counters.readMs, times.endMs - startMs)
    const encoded = encodePage(page, after, maxEventBytes, times)
    learn(page)
    return closed ? null : encoded
  }

  // The store counts entries, memory counts bytes: large events make short pages.
  function limitOf(follow: boolean): number {
    const fitting = Math.floor((follow ? FOLLOW_BYTES : WRITE_BYTES) / eventBytes)
    return Math.max(1, Math.min(limit, fitting))
  }

  // By what was read: of an event that is too large next to nothing is sent.
  function learn({ entries }: Page): void {
    if (entries.length === 0) return
    eventBytes = entries.reduce((sum, { data }) => sum + data.length, 0) / entries.length
    limit = Math.min(options.pageEvents, limit * 2)
  }

  function report(error: unknown): void {
    counters.readErrors++
    if (error instanceof BackendUnavailableError) return // told by the backend, once for all streams
    if (!closed && isTime()) logger.warn(`stream ${id} cannot be read: ${String(error)}`)
  }

  function shared(after: string | null): Promise<EncodedPage | null> {
    const running = pages.get(after)
    if (running) return running
    const started = load(after, false).finally(() => {
      if (pages.get(after) === started) pages.delete(after)
    })
    pages.set(after, started)
    return started
  }

  function nudge(): void {
    nudged?.resolve()
    nudged = null
  }

  function close(): void {
    closed = true
    nudge()
  }

  return { fresh, shared, forget: () => pages.clear(), nudge, close }
}
