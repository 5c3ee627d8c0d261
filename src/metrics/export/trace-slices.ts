// From records to tracks: what belongs where, in whole µs from the trace's first moment on.
import { type Placing, serverSpans } from './trace-server.ts'
import type { TraceConnection, TraceRecord } from './trace-stream.ts'
import { inLanes, nested, type Slice } from './trace-tracks.ts'

/** Processes of a trace. */
export const PAGE = 1
export const SERVER = 2

/** A track, and what lies on it: apart, or one within the other. */
export interface Track {
  readonly pid: typeof PAGE | typeof SERVER
  readonly name: string
  readonly slices: readonly Slice[]
}

/** Tracks, and how their time comes from the stream's clock. */
export interface Tracks {
  /** The first moment, by the stream's clock. */
  readonly originMs: number
  /** A time of the stream's clock in the trace's µs: the first moment is 1, for 0 means none to DevTools. */
  readonly toUs: (ms: number) => number
  readonly tracks: readonly Track[]
}

// Writes that are on their way at the same time, side by side.
const LANES = 6

/** Lays out what was recorded. */
export function tracksOf(records: readonly TraceRecord[], placing: Placing): Tracks {
  const originMs = originOf(records, placing)
  const toUs = (ms: number): number => Math.round((ms - originMs) * 1000) + 1
  const slices = collect(records, placing, toUs)
  return { originMs, toUs, tracks: [...pageTracks(slices), ...serverTracks(slices)] }
}

type Slices = Readonly<Record<string, Slice[]>>

function collect(
  records: readonly TraceRecord[],
  placing: Placing,
  toUs: (ms: number) => number,
): Slices {
  const slices: Record<string, Slice[]> = {}
  const add = (
    track: string,
    name: string,
    [startMs, endMs]: readonly [number, number],
    args: Slice['args'],
  ): void => {
    const ts = toUs(startMs)
    // Two clocks, or a coarse one, may have an end before its beginning.
    const dur = Math.max(0, toUs(endMs) - ts)
    if (Number.isFinite(ts + dur)) (slices[track] ??= []).push({ name, ts, dur, args })
  }
  for (const record of records) {
    if (record.kind === 'span') {
      const { name, startMs, endMs, events, ms } = record
      const track = name === 'reduce' || name === 'react' ? 'flush' : name
      const waited = name === 'queue' ? { oldestWaitedMs: ms } : {}
      add(track, name, [startMs, endMs], name === 'paint' ? {} : { events, ...waited })
    } else if (record.kind === 'write') {
      for (const { track, startMs, endMs, write } of serverSpans(record, placing)) {
        const { events, rttMs } = write
        const read = track === 'redis' ? { readMs: rttMs } : {}
        add(track, track, [startMs, endMs], { events, ms: endMs - startMs, ...read })
      }
    }
  }
  for (const [status, ...span] of connections(records)) add('connection', status, span, {})
  return slices
}

function connections(records: readonly TraceRecord[]): (readonly [string, number, number])[] {
  const moves = records.filter((one): one is TraceConnection => one.kind === 'connection')
  const last = records.reduce((end, record) => Math.max(end, endOf(record)), -Infinity)
  return moves.map(({ status, atMs }, index) => [status, atMs, moves[index + 1]?.atMs ?? last])
}

function endOf(record: TraceRecord): number {
  if (record.kind === 'connection') return record.atMs
  return record.kind === 'write' ? record.arrivedMs : record.endMs
}

function originOf(records: readonly TraceRecord[], placing: Placing): number {
  const begins = records.flatMap((record) => {
    if (record.kind === 'connection') return [record.atMs]
    if (record.kind === 'span') return [record.startMs]
    return serverSpans(record, placing).map(({ startMs }) => startMs)
  })
  const first = begins.filter(Number.isFinite).reduce((least, ms) => Math.min(least, ms), Infinity)
  return Number.isFinite(first) ? first : 0
}

function pageTracks(slices: Slices): Track[] {
  const names = ['connection', 'worker', 'handover', 'parse', 'queue', 'flush', 'paint']
  const shown: Record<string, string> = {
    handover: 'handover (the page was busy)',
    queue: 'queue (our own wait)',
    flush: 'flush: reduce, react',
    paint: 'paint: style, layout, paint',
  }
  return names.flatMap((name) =>
    slices[name] === undefined
      ? []
      : [{ pid: PAGE, name: shown[name] ?? name, slices: nested(slices[name]) }],
  )
}

function serverTracks(slices: Slices): Track[] {
  // A page that reads the wire itself stamps what came when it comes to it.
  const network = slices['worker'] === undefined ? 'network, and waiting for the page' : 'network'
  return ['redis', 'relay', 'network'].flatMap((track) => {
    const name = track === 'network' ? network : track
    return inLanes(slices[track] ?? [], LANES).map((lane, index) => ({
      pid: SERVER,
      name: index === 0 ? name : `${track} ${index + 1}`,
      slices: lane,
    }))
  })
}
