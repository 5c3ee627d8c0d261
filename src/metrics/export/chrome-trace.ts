// A trace in Chrome's trace event format, for the Performance panel of DevTools, for Perfetto and chrome://tracing: a
// track for each stage, what the relay stamped as a process of its own, and counters.
// @see https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
import { diagnose } from '../diagnosis/diagnose.ts'
import type { Diagnosis } from '../diagnosis/verdict.ts'
import type { MeterSnapshot } from '../snapshot.ts'
import { countersOf } from './trace-counters.ts'
import { type Placing, placingOf } from './trace-server.ts'
import { PAGE, SERVER, tracksOf } from './trace-slices.ts'
import type { StreamTrace, TraceWrite } from './trace-stream.ts'

/** One event of the format. Times in µs since the trace's first moment, which is 1. */
export interface ChromeTraceEvent {
  /** What it is; of a counter its name, of metadata what it names. */
  readonly name: string
  /** `X` a span, `C` a counter, `M` the name of a process or thread. */
  readonly ph: 'X' | 'C' | 'M'
  /** Category. */
  readonly cat: 'framewise' | '__metadata'
  /** Process: the page, or the relay. */
  readonly pid: number
  /** Thread: one for each track. */
  readonly tid: number
  /** When it began; 0 for metadata. */
  readonly ts: number
  /** Of a span. */
  readonly dur?: number | undefined
  /** Numbers about it. */
  readonly args: Readonly<Record<string, unknown>>
}

/** A trace file: `JSON.stringify` makes it one. */
export interface ChromeTrace {
  /** Names first, then all else by time. */
  readonly traceEvents: readonly ChromeTraceEvent[]
  /** What viewers show times in. */
  readonly displayTimeUnit: 'ms'
  /** What the trace is of, and what was known in the end. */
  readonly otherData: Readonly<Record<string, unknown>>
}

/** Options of {@link toChromeTrace}. */
export interface ChromeTraceOptions {
  /** What the stream is bound by. @default diagnosed from its meter, where it has one */
  readonly diagnosis?: Diagnosis | undefined
}

const COUNTERS = 0

/**
 * Writes a trace as a file that DevTools and Perfetto open. It can be called at any time, also while the trace goes on.
 * @example const file = new Blob([JSON.stringify(toChromeTrace(trace))])
 */
export function toChromeTrace(trace: StreamTrace, options: ChromeTraceOptions = {}): ChromeTrace {
  const records = trace.records()
  const snapshot = trace.snapshot()
  const metered = 'stages' in snapshot ? (snapshot as MeterSnapshot) : null
  const { diagnosis = metered && diagnose(metered) } = options
  const writes = records.filter((record): record is TraceWrite => record.kind === 'write')
  const placing = placingOf(writes, metered?.serverClock ?? null)
  const { originMs, toUs, tracks } = tracksOf(records, placing)
  const threads = tracks.map((track, index) => ({ ...track, tid: index + 1 }))
  const counters = countersOf(records, toUs).map(({ name, ts, value }): ChromeTraceEvent => {
    const args = { [name]: value }
    return { name, ph: 'C', cat: 'framewise', pid: PAGE, tid: COUNTERS, ts, args }
  })
  const spans = threads.flatMap(({ pid, tid, slices }) =>
    slices.map(({ name, ts, dur, args }): ChromeTraceEvent => {
      return { name, ph: 'X', cat: 'framewise', pid, tid, ts, dur, args }
    }),
  )
  return {
    traceEvents: [
      ...processNames(trace, placing, writes.length > 0),
      ...threads.flatMap(({ pid, tid, name }) => threadNames(pid, tid, name)),
      ...[...counters, ...spans].toSorted((one, other) => one.ts - other.ts),
    ],
    displayTimeUnit: 'ms',
    otherData: {
      producer: 'framewise',
      stream: nameOf(trace),
      protocol: trace.protocol,
      // Added to ts / 1000 it gives the stream's clock: performance.now(), as a rule.
      originMs: originMs - 0.001,
      recordsForgotten: trace.forgotten,
      relayClockBoundMs: writes.length > 0 ? placing.boundMs : undefined,
      verdict: diagnosis?.verdict,
      snapshot,
    },
  }
}

// The id may be an address, and its query a ticket.
const nameOf = ({ id }: StreamTrace): string => id.replace(/\?.*/s, '')

function processNames(
  trace: StreamTrace,
  { boundMs }: Placing,
  hasServer: boolean,
): ChromeTraceEvent[] {
  const placed =
    boundMs === null
      ? 'its clock is not known: as if the fastest write took no time'
      : `its clock ± ${boundMs.toFixed(1)} ms`
  return [
    ...named(PAGE, COUNTERS, 'process', `page: stream ${nameOf(trace)}`, PAGE),
    ...(hasServer ? named(SERVER, COUNTERS, 'process', `relay (${placed})`, SERVER) : []),
  ]
}

const threadNames = (pid: number, tid: number, name: string): ChromeTraceEvent[] =>
  named(pid, tid, 'thread', name, tid)

function named(
  pid: number,
  tid: number,
  what: 'process' | 'thread',
  name: string,
  index: number,
): ChromeTraceEvent[] {
  const common = { ph: 'M', cat: '__metadata', pid, tid, ts: 0 } as const
  return [
    { ...common, name: `${what}_name`, args: { name } },
    { ...common, name: `${what}_sort_index`, args: { sort_index: index } },
  ]
}
