// Logs in this process, under the same contract as Redis: the relay's backend when there is no Redis, and the twin that
// tests compare it with. Memory is bounded: a log is dropped some time after its last event (sooner when its run has
// ended), and the logs that were written to longest ago are dropped when all together grow too large.
import { endReasonOfBytes } from './end-reason.ts'
import { missingPage } from './backend.ts'
import type { Backend, LogEntry, Page, ReadOptions, StreamStat, Wake } from './backend.ts'
import { hashOf, listCursor, parseCursor } from './cursor.ts'
import { createPackedLog } from './packed-log.ts'
import type { PackedLog } from './packed-log.ts'

/** Options of {@link memoryBackend}. */
export interface MemoryBackendOptions {
  /** Time a log is kept after the event that ended its run, in ms. @default 600_000 */
  readonly endedTtlMs?: number | undefined
  /** Time a log is kept after its last event, in ms. @default 86_400_000 */
  readonly idleTtlMs?: number | undefined
  /** Bytes of all logs together. @default 256 MiB */
  readonly maxBytes?: number | undefined
  /** Clock, in ms. @default Date.now */
  readonly now?: (() => number) | undefined
}

/** A backend that can also be written to. */
export interface MemoryBackend extends Backend {
  /** Appends one event and resolves with its cursor. */
  append(id: string, payload: string | Uint8Array): Promise<string>
  /** Drops a log in so many ms. */
  expire(id: string, ttlMs: number): void
  /** Drops a log now. False when there is none. */
  delete(id: string): boolean
  /** Hears of each run that is asked to stop. Returns how to hear no more. */
  onStop(listener: (id: string) => void): () => void
}

interface MemoryLog {
  readonly events: PackedLog
  readonly epoch: string
  bytes: number
  ended: boolean
  expiresAt: number
}

const EMPTY = { bytes: 0, ended: false, expiresAt: 0 }
const NO_WAY = { connections: 0, commands: 0, reconnects: 0, rttMs: null, clockOffsetMs: null }
const NO_LOG = { length: 0, first: null, last: null, ended: false, layout: null }
const SWEEP_MS = 1000
const EVENT_PROBE_BYTES = 1024 * 1024

/** Creates an empty backend. */
export function memoryBackend(options: MemoryBackendOptions = {}): MemoryBackend {
  const { endedTtlMs = 600_000, idleTtlMs = 86_400_000, maxBytes = 256 * 1024 * 1024 } = options
  const now = options.now ?? Date.now
  const logs = new Map<string, MemoryLog>() // in the order of the last write, oldest first
  const wakes = new Map<string, Set<Wake>>()
  const stopListeners = new Set<(id: string) => void>()
  let held = 0
  let sweepAt = 0

  function remove(id: string): boolean {
    const log = logs.get(id)
    if (log === undefined) return false
    held -= log.bytes
    logs.delete(id)
    wake(id)
    return true
  }

  function wake(id: string): void {
    for (const ring of wakes.get(id) ?? []) ring(null)
  }

  function live(id: string, nowMs = now()): MemoryLog | undefined {
    const log = logs.get(id)
    if (log === undefined || log.expiresAt > nowMs) return log
    remove(id)
    return undefined
  }

  function prune(nowMs: number): void {
    if (nowMs >= sweepAt) {
      for (const id of logs.keys()) live(id, nowMs)
      sweepAt = nowMs + SWEEP_MS
    }
    while (held > maxBytes && logs.size > 1) remove(logs.keys().next().value as string)
  }

  function append(id: string, payload: string | Uint8Array): Promise<string> {
    const data = typeof payload === 'string' ? Buffer.from(payload) : asBuffer(payload)
    const nowMs = now()
    const log = live(id, nowMs) ?? { ...EMPTY, events: createPackedLog(), epoch: hashOf(data) }
    const cursor = listCursor(log.epoch, log.events.length(), data)
    log.events.push(data)
    log.bytes += data.length
    held += data.length
    log.ended ||= endReasonOfBytes(data, EVENT_PROBE_BYTES) !== null
    log.expiresAt = nowMs + (log.ended ? endedTtlMs : idleTtlMs)
    logs.delete(id)
    logs.set(id, log)
    prune(nowMs)
    wake(id)
    return Promise.resolve(cursor)
  }

  function read(id: string, after: string | null, { limit }: ReadOptions): Promise<Page> {
    const log = live(id)
    return Promise.resolve(log ? readLog(log, after, limit) : missingPage(after !== null))
  }

  function stat(id: string): Promise<StreamStat> {
    const log = live(id)
    if (log === undefined) return Promise.resolve(NO_LOG)
    const { events, ended } = log
    const length = events.length()
    const first = entryOf(log, 0)?.cursor ?? null
    const last = entryOf(log, length - 1)?.cursor ?? null
    return Promise.resolve({ length, first, last, ended, layout: 'memory' })
  }

  return {
    append,
    read,
    stat,
    watch(id, wake) {
      const rings = wakes.get(id) ?? new Set()
      wakes.set(id, rings.add(wake))
      const close = (): void => {
        if (rings.delete(wake) && rings.size === 0) wakes.delete(id)
      }
      return { ready: Promise.resolve(), close }
    },
    expire(id, ttlMs) {
      const log = live(id)
      if (log) log.expiresAt = now() + ttlMs
    },
    delete: remove,
    onStop(listener) {
      stopListeners.add(listener)
      return () => void stopListeners.delete(listener)
    },
    async stop(id) {
      for (const listener of stopListeners) listener(id)
    },
    info: () => ({ ...NO_WAY, wakes: 'memory' }),
    isReady: () => true,
    close: () => Promise.resolve(),
  }
}

function readLog(log: MemoryLog, after: string | null, limit: number): Page {
  const cursor = after === null ? null : parseCursor(after)
  const index = cursor?.form === 'list' ? cursor.index : -1
  const at = entryOf(log, index)
  const replaced = after !== null && at?.cursor !== after
  const start = replaced ? 0 : index + 1
  const end = Math.min(start + limit, log.events.length())
  const entries: LogEntry[] = []
  for (let n = start; n < end; n++) entries.push(entryOf(log, n) as LogEntry)
  const next = entries.at(-1)?.cursor ?? (replaced ? null : after)
  const more = end < log.events.length()
  const proved = replaced ? null : (at?.data ?? null)
  return { exists: true, gap: replaced ? 'replaced' : null, entries, more, next, at: proved }
}

function entryOf({ events, epoch }: MemoryLog, index: number): LogEntry | undefined {
  const data = events.at(index)
  return data && { cursor: listCursor(epoch, index, data), data }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
