// Reads pages of one stream, for its hub and for viewers that catch up. A read never fails: a store that is away is
// waited for, with the next wake or a timer as the sign to try again. Viewers at the same place share one read.
import { BackendUnavailableError } from './backend.ts'
import type { Backend, Logger, ReadOptions } from './backend.ts'
import { observe } from './counters.ts'
import type { RelayCounters } from './counters.ts'
import { encodePage } from './frame.ts'
import type { EncodedPage } from './frame.ts'
import { pause } from './pause.ts'
import { createSeldom } from './seldom.ts'

/** What a page reader needs. */
export interface PageReaderOptions {
  readonly id: string
  readonly backend: Backend
  readonly logger: Logger
  readonly maxEventBytes: number
  /** Entries of one read. */
  readonly pageEvents: number
  readonly random: () => number
  /** Clock, in epoch ms. */
  readonly nowMs: () => number
  readonly counters: RelayCounters
  /** No read begins before this resolves. */
  readonly ready: Promise<void>
}

/** Reads pages of one stream. Pages are null once it is closed. */
export interface PageReader {
  /** A read that begins after this call; the stream's watch goes on from its end. */
  fresh(after: string | null, thorough: boolean): Promise<EncodedPage | null>
  /** A thorough read that may have begun before this call, for someone else at the same place. */
  shared(after: string | null): Promise<EncodedPage | null>
  /** From now on nobody shares a read that has begun already: it may be older than what the caller knows. */
  forget(): void
  /** A failed read is tried again now. */
  nudge(): void
  close(): void
}

/** What a page for one viewer should hold, in bytes: no more than its sink takes in one write. */
export const CATCH_UP_BYTES: number = 64 * 1024
const FOLLOW_BYTES = 1024 * 1024
const RETRY_MS = 1000
// Nobody knows yet how large a stream's events are: pages begin short and grow.
const FIRST_EVENTS = 32

/** Creates a page reader. */
export function createPageReader(options: PageReaderOptions): PageReader {
  const { id, backend, logger, counters, random, nowMs, maxEventBytes } = options
  const pages = new Map<string | null, Promise<EncodedPage | null>>()
  let limit = Math.min(FIRST_EVENTS, options.pageEvents)
  let eventBytes = 1 // of the last page, on average
  const isTime = createSeldom()
  let closed = false
  let nudged = Promise.withResolvers<void>()

  const fresh = (after: string | null, thorough: boolean): Promise<EncodedPage | null> =>
    load(after, { thorough, follow: true })

  async function load(
    after: string | null,
    how: Omit<ReadOptions, 'limit'>,
  ): Promise<EncodedPage | null> {
    await options.ready
    let failures = 0
    while (!closed) {
      const woken = nudged.promise
      try {
        counters.reads++
        const startMs = nowMs()
        const page = await backend.read(id, after, { ...how, limit: limitOf(how) })
        if (page.gap !== null) counters.gaps[page.gap]++
        const read = { startMs, endMs: nowMs() }
        observe(counters.readMs, read.endMs - startMs)
        const encoded = encodePage(page, after, maxEventBytes, read)
        learn(encoded)
        return closed ? null : encoded
      } catch (error) {
        report(error)
        const ceiling = RETRY_MS * 2 ** Math.min(failures++, 4)
        await Promise.race([woken, pause(ceiling * (0.5 + random() / 2))])
      }
    }
    return null
  }

  // The store counts entries, memory counts bytes: large events make short pages.
  function limitOf({ follow }: { follow: boolean }): number {
    const fitting = Math.floor((follow ? FOLLOW_BYTES : CATCH_UP_BYTES) / eventBytes)
    return Math.max(1, Math.min(limit, fitting))
  }

  function learn({ items }: EncodedPage): void {
    if (items.length === 0) return
    eventBytes = items.reduce((sum, { bytes }) => sum + bytes.length, 0) / items.length
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
    const started = load(after, { thorough: true, follow: false }).finally(() => {
      if (pages.get(after) === started) pages.delete(after)
    })
    pages.set(after, started)
    return started
  }

  function nudge(): void {
    nudged.resolve()
    nudged = Promise.withResolvers()
  }

  function close(): void {
    closed = true
    nudge()
  }

  return { fresh, shared, forget: () => pages.clear(), nudge, close }
}
