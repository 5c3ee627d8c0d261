// What a relay counts since its start: one object for all, so that counting is an addition and a reading is a copy.
import type { GapReason } from '../wire/protocol.ts'

/** How often values came up. */
export interface Histogram {
  /** Upper bounds of the classes, rising. */
  readonly bounds: readonly number[]
  /** Values of each class; one more than there are bounds, for those above the last. */
  readonly counts: number[]
  /** Of all values. */
  sum: number
}

/** What became of viewers that came back with a cursor: gone on without a loss, with one, or nothing was left. */
export type ResumeResult = 'continued' | 'gap' | 'over'

/** Counts since the start. */
export interface RelayCounters {
  /** Reads of the store. */
  reads: number
  /** Reads that failed. */
  readErrors: number
  /** Events of followed streams, each once however many viewers it has. */
  events: number
  /** Losses that the store could not make good. */
  readonly gaps: Record<GapReason, number>
  /** Reads of idle streams. */
  polls: number
  /** Polls that found what no doorbell had told: nothing, where all is well. */
  recovered: number
  /** Writes to viewers. */
  writes: number
  /** Events in them. */
  sentEvents: number
  /** Bytes in them, without what a transport adds. */
  sentBytes: number
  /** Viewers sent away since they took too little. */
  slowCloses: number
  /** Viewers that came back with a cursor. */
  readonly resumes: Record<ResumeResult, number>
  /** Requests and subscriptions that were not served, by the code they were told. */
  readonly refused: Record<string, number>
  /** Time of a read of the store, in ms. */
  readonly readMs: Histogram
  /** Time from the end of a read to the write of its events to a viewer, in ms. */
  readonly relayMs: Histogram
  /** Events of a write that has some. */
  readonly eventsPerWrite: Histogram
}

const TIMES_MS = [0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000]
const EVENTS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]

/** Creates counters at zero. */
export function createCounters(): RelayCounters {
  return {
    reads: 0,
    readErrors: 0,
    events: 0,
    gaps: { replaced: 0, trimmed: 0, expired: 0 },
    polls: 0,
    recovered: 0,
    writes: 0,
    sentEvents: 0,
    sentBytes: 0,
    slowCloses: 0,
    resumes: { continued: 0, gap: 0, over: 0 },
    refused: {},
    readMs: createHistogram(TIMES_MS),
    relayMs: createHistogram(TIMES_MS),
    eventsPerWrite: createHistogram(EVENTS),
  }
}

/** Counts one value. */
export function observe(histogram: Histogram, value: number): void {
  const { bounds, counts } = histogram
  let at = 0
  while (at < bounds.length && value > (bounds[at] ?? 0)) at++
  counts[at] = (counts[at] ?? 0) + 1
  histogram.sum += value
}

/** Counts what was refused. */
export function countRefusal({ refused }: RelayCounters, code: string): void {
  refused[code] = (refused[code] ?? 0) + 1
}

function createHistogram(bounds: readonly number[]): Histogram {
  return { bounds, counts: Array.from({ length: bounds.length + 1 }, () => 0), sum: 0 }
}
