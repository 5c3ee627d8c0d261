// A trace of a stream: span by span where its time went, while somebody wants to know. The meter has no part in it and
// pays nothing for it; what is kept is a ring of numbers.
import type { ConnectionStatus } from '../../core/connection.ts'
import type { Frame } from '../../core/protocol.ts'
import type { StreamCounts } from '../../core/tap.ts'
import { RELAY_EVENT } from '../../wire/protocol.ts'
import { type EntryTime, readEntryTime } from '../stamps/entry-time.ts'
import { timingIn } from '../stamps/relay-timing.ts'
import type { Tappable } from './record-stream.ts'
import { createSpans, type SpanName, SPANS } from './spans.ts'
import { createTraceLog, type TraceRow } from './trace-log.ts'

/** A stream, as far as a trace needs to know it. */
export interface Traceable extends Tappable {
  /** Names the trace. */
  readonly id: string
  /** What is known in the end goes with the trace; with a meter, a verdict too. */
  readonly metrics: { snapshot(): StreamCounts }
}

/** Options of {@link traceStream}. */
export interface TraceStreamOptions {
  /** Most records; of more the oldest are forgotten. Each takes 64 bytes, a frame of a fast stream about 6. @default 32_768 */
  readonly capacity?: number | undefined
}

/** Time in the page, in ms of the stream's clock. */
export interface TraceSpan {
  /** Tells it from other records. */
  readonly kind: 'span'
  /** Which piece of the way. */
  readonly name: SpanName
  /** When it began. */
  readonly startMs: number
  /** When it ended. */
  readonly endMs: number
  /** Events that it was about; 0 where that is not known. */
  readonly events: number
  /** How long it took; of `queue` how long the oldest event waited. */
  readonly ms: number
  /** Events that were not published by its end. */
  readonly backlog: number
}

/** One write of the relay, in ms of the relay's clock but for the last two. */
export interface TraceWrite {
  /** Tells it from other records. */
  readonly kind: 'write'
  /** Events that it carried. */
  readonly events: number
  /** When the read of the store began that brought the last of them. */
  readonly readStartMs: number
  /** When that read was answered. */
  readonly readEndMs: number
  /** Just before the write. */
  readonly sentMs: number
  /** How long that read took. */
  readonly rttMs: number
  /** When it came, by the stream's clock. */
  readonly arrivedMs: number
  /** When Redis took its first event, by Redis' clock; null where the cursors do not tell, and while a log is caught up with. */
  readonly entryMs: number | null
}

/** The wire came to be in another state. */
export interface TraceConnection {
  /** Tells it from other records. */
  readonly kind: 'connection'
  /** When, by the stream's clock. */
  readonly atMs: number
  /** The state it came to. */
  readonly status: ConnectionStatus
}

/** One record of a trace. */
export type TraceRecord = TraceSpan | TraceWrite | TraceConnection

/** A trace under way, or done. */
export interface StreamTrace {
  /** Id of its stream. */
  readonly id: string
  /** Name of the protocol that decodes its events. */
  readonly protocol: string
  /** Records that are held. */
  readonly size: number
  /** Records that had to make room. */
  readonly forgotten: number
  /** Ends it; what was traced stays. */
  stop(): void
  /**
   * What is held, in the order in which it was told. Where the wire came to its state before that, the state stands
   * first, as of the oldest record.
   */
  records(): readonly TraceRecord[]
  /** What the stream's metrics know; once it was stopped, what they knew then. */
  snapshot(): StreamCounts
}

const WRITE = SPANS.length
const CONNECTION = WRITE + 1
const STATES: readonly ConnectionStatus[] = [
  'idle',
  'connecting',
  'catching-up',
  'open',
  'reconnecting',
  'offline',
  'closed',
]

/**
 * Traces a stream from now on, at any time, whether or not it has a meter.
 * @throws TypeError when `capacity` is not a whole number above 0
 * @example
 * const trace = traceStream(stream)
 * // later
 * const file = JSON.stringify(toChromeTrace(trace))
 */
export function traceStream(stream: Traceable, options: TraceStreamOptions = {}): StreamTrace {
  const { capacity = 32_768 } = options
  if (!(Number.isInteger(capacity) && capacity > 0)) {
    throw new TypeError(`expected a whole number above 0 as \`capacity\`, got ${capacity}`)
  }
  const log = createTraceLog(capacity, CONNECTION)
  let protocol = ''
  let last: StreamCounts | null = null
  const entry: EntryTime = { ms: NaN, seq: 0 }
  let isLive = true
  const takeWrites = (frames: readonly Frame[], at: number): void => {
    for (let index = 0; index < frames.length; index++) {
      const { event = '', data = '' } = frames[index] ?? {}
      // What lay in the log before anybody read it is old, not slow.
      if (event === RELAY_EVENT.hello) isLive = false
      else if (event === RELAY_EVENT.caughtUp) isLive = true
      const timing = event === RELAY_EVENT.timing ? timingIn(data) : null
      if (timing === null) continue
      const { n, readStartMs, readEndMs, sentMs, rttMs } = timing
      readEntryTime(frames[index + 1]?.id, entry)
      log.add(WRITE, n, readStartMs, readEndMs, sentMs, rttMs, at, isLive ? entry.ms : NaN)
    }
  }
  const leave = stream.tap(({ clock, protocol: name }) => {
    protocol = name
    let { backlog } = stream.metrics.snapshot()
    const spans = createSpans((name, startMs, endMs, events, ms) => {
      if (name === 'parse') backlog += events
      // What waited before the trace began may not all have been counted.
      else if (name === 'flush') backlog = Math.max(0, backlog - events)
      log.add(SPANS.indexOf(name), startMs, endMs, events, ms, backlog)
    }, backlog)
    return {
      ...spans,
      connection(status) {
        // Who is let in meanwhile has not seen the hello.
        if (status === 'catching-up') isLive = false
        log.add(CONNECTION, clock.now(), STATES.indexOf(status))
      },
      read(arrival, decodedAt, events, chars) {
        takeWrites(arrival.frames, arrival.at)
        spans.read(arrival, decodedAt, events, chars)
      },
    }
  })
  return {
    id: stream.id,
    get protocol() {
      return protocol
    },
    get size() {
      return log.size
    },
    get forgotten() {
      return log.forgotten
    },
    stop() {
      last ??= stream.metrics.snapshot()
      leave()
    },
    records() {
      const records = log.rows().map(toRecord)
      const before = log.lost && stateAt(records[0], toRecord(log.lost))
      return before === null ? records : [before, ...records]
    },
    snapshot: () => last ?? stream.metrics.snapshot(),
  }
}

// What was forgotten of the wire's state is when it began: from the oldest record on it is still known.
function stateAt(oldest: TraceRecord | undefined, state: TraceRecord): TraceRecord | null {
  if (state.kind !== 'connection' || oldest === undefined || oldest.kind === 'connection') {
    return null
  }
  return { ...state, atMs: oldest.kind === 'write' ? oldest.arrivedMs : oldest.startMs }
}

function toRecord([
  kind = 0,
  a = 0,
  b = 0,
  c = 0,
  d = 0,
  e = 0,
  f = 0,
  g = 0,
]: TraceRow): TraceRecord {
  if (kind === CONNECTION) return { kind: 'connection', atMs: a, status: STATES[b] ?? 'idle' }
  if (kind === WRITE) {
    const entryMs = Number.isNaN(g) ? null : g
    const times = { readStartMs: b, readEndMs: c, sentMs: d, rttMs: e, arrivedMs: f, entryMs }
    return { kind: 'write', events: a, ...times }
  }
  const name = SPANS[kind] ?? 'parse'
  return { kind: 'span', name, startMs: a, endMs: b, events: c, ms: d, backlog: e }
}
