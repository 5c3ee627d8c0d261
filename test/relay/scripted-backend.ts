// A backend whose every answer waits for the test to give it, over a log that the test writes: so that reads, writes,
// doorbells and viewers can meet in any order.
import type { Backend, LogEntry, Page, Wake } from '../../src/relay/index.ts'

/** The backend, and the hands that move it. */
export interface ScriptedBackend extends Backend {
  /** Appends one event, with its doorbell or without. */
  write(payload: string, options?: { ring?: boolean }): string
  ring(): void
  /** Answers a waiting read, the oldest at 0, with what the log holds now. False when there is none. */
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
}

/** Creates an empty one, for a single stream. */
export function createScriptedBackend(): ScriptedBackend {
  const log: LogEntry[] = []
  const wakes = new Set<Wake>()
  const waiting: Waiting[] = []
  const limits: number[] = []

  const ring = (): void => wakes.forEach((wake) => wake(null))

  function pageAfter(after: string | null, limit: number): Page {
    const start = log.findIndex(({ cursor }) => cursor === after) + 1
    const entries = log.slice(start, start + limit)
    const next = entries.at(-1)?.cursor ?? after
    const more = start + entries.length < log.length
    return {
      exists: log.length > 0,
      gap: null,
      entries,
      more,
      next,
      at: log[start - 1]?.data ?? null,
    }
  }

  return {
    ring,
    limits,
    reads: () => limits.length,
    write(payload, { ring: rings = true } = {}) {
      const cursor = `S-1-${log.length}`
      log.push({ cursor, data: Buffer.from(payload) })
      if (rings) ring()
      return cursor
    },
    answer(at = 0) {
      const [read] = waiting.splice(at, 1)
      read?.settle.resolve(pageAfter(read.after, read.limit))
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
      waiting.push({ after, limit, settle })
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
