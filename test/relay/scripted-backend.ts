// A backend whose every answer waits for the test to give it, over a log that the test writes, trims and replaces: so
// that reads, writes, doorbells, loss and viewers can meet in any order.
import { missingPage } from '../../src/relay/backend.ts'
import type { Backend, LogEntry, Page, Wake } from '../../src/relay/index.ts'

/** The backend, and the hands that move it. */
export interface ScriptedBackend extends Backend {
  /** Appends one event, with its doorbell or without; cursors are `S-<epoch>-<index>`. */
  write(payload: string, options?: { ring?: boolean }): string
  /** Cuts off the oldest events, and leaves the last one. */
  trim(count: number): void
  /** The log is gone; what is written next begins another. */
  remove(): void
  /** What the log holds. */
  entries(): readonly LogEntry[]
  ring(): void
  /** A waiting read is done now, and answered later with what it found. */
  look(at: number): void
  /** Answers a waiting read, the oldest at 0, with what it found, or finds now. False when there is none. */
  answer(at?: number): boolean
  /** Lets the oldest waiting read fail. */
  fail(error: Error): boolean
  /** Number of reads ever asked for. */
  reads(): number
  /** How many entries each of them asked for at most. */
  readonly limits: readonly number[]
}

interface Waiting {
  readonly after: string | null
  readonly limit: number
  readonly settle: PromiseWithResolvers<Page>
  page: Page | null
}

/** Creates an empty one, for a single stream. */
export function createScriptedBackend(): ScriptedBackend {
  let log: LogEntry[] = []
  let epoch = 1
  let trimmed = 0
  const wakes = new Set<Wake>()
  const waiting: Waiting[] = []
  const limits: number[] = []

  const ring = (): void => wakes.forEach((wake) => wake(null))

  function pageAfter(after: string | null, limit: number): Page {
    const [, of, index] = /^S-(\d+)-(\d+)$/.exec(after ?? '') ?? []
    if (log.length === 0) return missingPage(after !== null)
    const replaced = of !== undefined && Number(of) !== epoch
    const next = replaced || index === undefined ? 0 : Number(index) + 1
    const start = Math.max(next, trimmed) - trimmed
    const entries = log.slice(start, start + limit)
    const lost = next < trimmed ? 'trimmed' : null
    return {
      exists: true,
      gap: replaced ? 'replaced' : lost,
      entries,
      more: start + entries.length < log.length,
      next: entries.at(-1)?.cursor ?? after,
      at: replaced ? null : (log[start - 1]?.data ?? null),
    }
  }

  return {
    ring,
    limits,
    entries: () => log,
    reads: () => limits.length,
    write(payload, { ring: rings = true } = {}) {
      const cursor = `S-${epoch}-${trimmed + log.length}`
      log.push({ cursor, data: Buffer.from(payload) })
      if (rings) ring()
      return cursor
    },
    trim(count) {
      const gone = Math.max(0, Math.min(count, log.length - 1))
      log = log.slice(gone)
      trimmed += gone
    },
    remove() {
      if (log.length > 0) epoch++
      log = []
      trimmed = 0
    },
    look(at) {
      const read = waiting[at]
      if (read) read.page ??= pageAfter(read.after, read.limit)
    },
    answer(at = 0) {
      const [read] = waiting.splice(at, 1)
      read?.settle.resolve(read.page ?? pageAfter(read.after, read.limit))
      return read !== undefined
    },
    fail(error) {
      const read = waiting.shift()
      read?.settle.reject(error)
      return read !== undefined
    },
    read(_id, after, { limit }) {
      limits.push(limit)
      const settle = Promise.withResolvers<Page>()
      waiting.push({ after, limit, settle, page: null })
      return settle.promise
    },
    watch(_id, wake) {
      wakes.add(wake)
      return { ready: Promise.resolve(), close: () => void wakes.delete(wake) }
    },
    stat: () => Promise.reject(new Error('not scripted')),
    stop: () => Promise.reject(new Error('not scripted')),
    isReady: () => true,
    close: () => Promise.resolve(),
  }
}
