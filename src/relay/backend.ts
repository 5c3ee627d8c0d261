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
  /** Also compare the log's first element: for resumes and safety polls. */
  readonly thorough: boolean
  /** The watch of this stream goes on from where this read ends. */
  readonly follow: boolean
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

/** How it stands with a store. */
export interface BackendInfo {
  /** Connections that are open. */
  readonly connections: number
  /** Commands sent since the start. */
  readonly commands: number
  /** How often a connection was lost and had again. */
  readonly reconnects: number
  /** Mean time of a command, recent ones weighing more, in ms; null before the first. */
  readonly rttMs: number | null
  /** The store's clock minus this one, in ms, to within half a round trip; null where it is not told. */
  readonly clockOffsetMs: number | null
  /** Times it rang for a stream. */
  readonly wakes: number
}

/** Keeps logs by stream id. Ids are checked by the caller. */
export interface Backend {
  /**
   * Reads on after a cursor, or from the start for null, and proves that the log is still the same one.
   * @throws BackendUnavailableError while the store cannot be reached
   */
  read(id: string, after: string | null, options: ReadOptions): Promise<Page>
  /**
   * Looks without reading.
   * @throws BackendUnavailableError while the store cannot be reached
   */
  stat(id: string): Promise<StreamStat>
  /**
   * Asks the run to stop, in the layout's own way; it ends in its own time.
   * @throws StopNotPermittedError where the store refuses the write
   * @throws BackendUnavailableError while the store cannot be reached
   */
  stop(id: string): Promise<void>
  /** How it stands with the store, for operators; left out where there is none to speak of. */
  info?(): BackendInfo
  /** Wakes whenever there may be something new, until the watch is closed. */
  watch(id: string, wake: Wake): Watch
  /** True while the store can be reached. */
  isReady(): boolean
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

/** The store does not let the relay write what asks a run to stop. */
export class StopNotPermittedError extends Error {
  override readonly name = 'StopNotPermittedError'
}

/** A page of a log that does not exist: expired for whoever had a cursor into it. */
export function missingPage(resumed: boolean): Page {
  const gap = resumed ? 'expired' : null
  return { exists: false, gap, entries: [], more: false, next: null, at: null }
}
