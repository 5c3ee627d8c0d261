// The port to whatever keeps the logs. A backend reads after a cursor, proves that the cursor still fits the log, and
// rings when there may be something new. A ring is a wake-up and never data: whoever hears it reads.
import type { EndReason, GapReason } from '../wire/protocol.ts'

/** One event as the producer wrote it. */
export interface LogEntry {
  /** Where a read goes on after it. */
  readonly cursor: string
  /** The producer's bytes, untouched. */
  readonly data: Buffer
}

/** What one read found. */
export interface Page {
  /** False when the log does not exist (not yet, or no longer). */
  readonly exists: boolean
  /** Loss between the cursor read from and the first entry, or null. */
  readonly gap: GapReason | null
  /** In the order of the log. */
  readonly entries: readonly LogEntry[]
  /** True when the page was full and the next read will not come back empty. */
  readonly more: boolean
  /** Where the next read goes on; null is the start of the log. */
  readonly next: string | null
  /** Bytes of the entry at the cursor read from, where the read proved it; null else. */
  readonly at: Buffer | null
}

/** How to read. */
export interface ReadOptions {
  /** At most so many entries. */
  readonly limit: number
  /** The watch of this stream goes on from where this read ends. */
  readonly follow: boolean
  /** Where others follow this stream: of several logs under one id all read that one. @default nobody does */
  readonly beside?: string | null | undefined
}

/** A running watch. */
export interface Watch {
  /** Resolves when nothing written from now on can go unnoticed; never rejects. */
  readonly ready: Promise<void>
  /** Ends it; idempotent. */
  close(): void
}

/** Something may be new; with a reason: the run was told to be over. */
export type Wake = (signal: EndReason | null) => void

/** The state of a log, as `GET /v1/streams/{id}` shows it. */
export interface StreamStat {
  /** Entries that it holds now. */
  readonly length: number
  /** Cursor of the first of them, or null. */
  readonly first: string | null
  /** Cursor of the last of them, or null. */
  readonly last: string | null
  /** True when the last of them ends the run. */
  readonly ended: boolean
  /** Layout the log was found in, or null while there is none. */
  readonly layout: string | null
}

/** The way to the store, as it is now. */
export interface BackendInfo {
  /** Open sockets. */
  readonly connections: number
  /** Commands sent for reads, stats and stops since the start; probes and subscriptions not counted. */
  readonly commands: number
  /** Times that a lost connection came back. */
  readonly reconnects: number
  /** Median round trip of the last five small probes, in ms; null where there is none to measure. */
  readonly rttMs: number | null
  /** The store's clock less the relay's, in ms, by the quickest of those probes; null where it cannot be known. */
  readonly clockOffsetMs: number | null
  /** How the relay hears of new events: the best way that the store permits. */
  readonly wakes: 'memory' | 'tracking' | 'blocking' | 'doorbells' | 'polling'
}

/** Keeps logs by stream id. Ids are checked by the caller. */
export interface Backend {
  /**
   * Reads on after a cursor, or from the start for null, and proves that the log is still the same one.
   * @throws BackendUnavailableError while the store cannot be reached, UnreadableLogError for what is no log
   */
  read(id: string, after: string | null, options: ReadOptions): Promise<Page>
  /**
   * Looks without reading.
   * @throws BackendUnavailableError while the store cannot be reached
   */
  stat(id: string): Promise<StreamStat>
  /** Wakes whenever there may be something new, until the watch is closed. */
  watch(id: string, wake: Wake): Watch
  /**
   * Asks the run to stop, in the way its producer listens for. Resolves once that is asked: the run itself may still
   * write, and ends when its producer says so.
   * @throws StopNotPermittedError where the store is read-only, BackendUnavailableError while it cannot be reached
   */
  stop(id: string): Promise<void>
  /** True while the store can be reached. */
  isReady(): boolean
  /** Counts and gauges of the way to the store. */
  info(): BackendInfo
  /** Ends at once, whatever is under way. */
  close(): Promise<void>
}

/** Where the relay tells what an operator should know: `info` what it does, `warn` what is wrong. `debug` may be left out. */
export interface Logger {
  debug?(message: string): void
  info(message: string): void
  warn(message: string): void
}

/** A logger that says nothing. */
export const silentLogger: Logger = Object.freeze({ info: () => {}, warn: () => {} })

/** The store cannot be reached now; the backend itself keeps trying and has told the logger. */
export class BackendUnavailableError extends Error {
  override readonly name = 'BackendUnavailableError'
}

/** The relay may not ask runs to stop: the store refuses it that one write. */
export class StopNotPermittedError extends Error {
  override readonly name = 'StopNotPermittedError'
}

/** There is something under the log's name that is no log, or that the relay may not read. Waiting does not help. */
export class UnreadableLogError extends Error {
  override readonly name = 'UnreadableLogError'
}

/** A page of a log that does not exist: expired for whoever had a cursor into it. */
export function missingPage(resumed: boolean): Page {
  const gap = resumed ? 'expired' : null
  return { exists: false, gap, entries: [], more: false, next: null, at: null }
}
