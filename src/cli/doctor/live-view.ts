// What goes on in this Redis, interval by interval: which runs grow, how fast, in what chunks, and how old the last event
// is. A run's length is asked for each time; only of runs that grew is anything read, and at most twenty events of each.
import { nameOf } from '../../wire/redis-names.ts'
import type { RedisNames } from '../../wire/redis-names.ts'
import { replyOf } from './asker.ts'
import type { Asker } from './asker.ts'
import { entriesOf, scanRuns } from './runs.ts'
import type { Layout, RunKey } from './runs.ts'
import { createCharCounter } from './stream-facts.ts'

/** One run in one interval. */
export interface LiveStream {
  readonly id: string
  /** An id may stand for a run in either. */
  readonly layout: Layout
  readonly events: number
  readonly eventsPerS: number
  /** Of the events that bring text; null where none came. */
  readonly charsPerEvent: number | null
  /** Age of the last event by Redis' clock, in ms; null in a list, which keeps no times. */
  readonly lagMs: number | null
}

/** One look. */
export interface LiveLook {
  /** Runs found; the busiest first. */
  readonly streams: readonly LiveStream[]
  readonly eventsPerS: number
  readonly charsPerEvent: number | null
  /** Of the runs that grew. */
  readonly lagMs: number | null
}

/** Options of {@link createLiveView}. */
export interface LiveViewOptions {
  readonly names: RedisNames
  /** Only this one; null for all. */
  readonly streamId: string | null
}

/** Looks again and again. */
export interface LiveView {
  /** @param nowMs a clock that does not jump */
  look(asker: Asker, nowMs: number): Promise<LiveLook>
}

const MOST_RUNS = 64
const SCANS = 10
const SCAN_EVERY = 5
const READ = 20

/** Most commands of one look. */
export const LOOK_BUDGET: number = 2 * MOST_RUNS + SCANS + 1

/** Makes a view. */
export function createLiveView({ names, streamId }: LiveViewOptions): LiveView {
  const lengths = new Map<string, number>()
  let runs: readonly RunKey[] = []
  let looks = 0
  let lastMs: number | null = null

  async function look(asker: Asker, nowMs: number): Promise<LiveLook> {
    if (looks++ % SCAN_EVERY === 0) runs = await findRuns(asker)
    const seconds = lastMs === null ? null : Math.max(0.001, (nowMs - lastMs) / 1000)
    lastMs = nowMs
    const serverMs = timeOf(replyOf(await asker.ask('TIME')))
    const found = await Promise.all(runs.map((run) => lookAt(asker, run, seconds, serverMs)))
    const streams = found
      .filter((one) => one !== null)
      .toSorted((a, b) => b.eventsPerS - a.eventsPerS || b.events - a.events)
    const busy = streams.filter(({ eventsPerS }) => eventsPerS > 0)
    const lags = busy.map(({ lagMs }) => lagMs).filter((lag) => lag !== null)
    return {
      streams,
      eventsPerS: streams.reduce((sum, { eventsPerS }) => sum + eventsPerS, 0),
      charsPerEvent: mean(busy.map(({ charsPerEvent }) => charsPerEvent)),
      lagMs: lags.length === 0 ? null : Math.max(...lags),
    }
  }

  // A run whose name is known need not be looked for, and may not have begun.
  async function findRuns(asker: Asker): Promise<readonly RunKey[]> {
    if (streamId !== null) {
      return [
        { id: streamId, layout: 'suna-list', key: nameOf(names.list, streamId) },
        { id: streamId, layout: 'suna-stream', key: nameOf(names.stream, streamId) },
      ]
    }
    const { keys } = await scanRuns(asker, { names, scans: SCANS })
    return keys.slice(0, MOST_RUNS)
  }

  async function lookAt(
    asker: Asker,
    run: RunKey,
    seconds: number | null,
    serverMs: number | null,
  ): Promise<LiveStream | null> {
    const { key, id, layout } = run
    const isList = layout === 'suna-list'
    const length = replyOf(await asker.ask(isList ? 'LLEN' : 'XLEN', key))
    if (typeof length !== 'number' || length === 0) return null
    const before = lengths.get(key)
    lengths.set(key, length)
    const added = before === undefined || seconds === null ? 0 : Math.max(0, length - before)
    if (added === 0 && before !== undefined) {
      return { id, layout, events: length, eventsPerS: 0, charsPerEvent: null, lagMs: null }
    }
    const tail = await tailOf(asker, run, Math.min(READ, Math.max(1, added)))
    const lastMs = tail.at(-1)?.ms ?? null
    return {
      id,
      layout,
      events: length,
      eventsPerS: added / (seconds ?? 1),
      charsPerEvent: added === 0 ? null : charsOf(tail.map(({ data }) => data)),
      lagMs: lastMs === null || serverMs === null ? null : Math.max(0, serverMs - lastMs),
    }
  }

  async function tailOf(
    { ask }: Asker,
    { key, layout }: RunKey,
    count: number,
  ): Promise<readonly { readonly data: string; readonly ms: number | null }[]> {
    if (layout === 'suna-list') {
      const reply = replyOf(await ask('LRANGE', key, String(-count), '-1'))
      return (Array.isArray(reply) ? (reply as string[]) : []).map((data) => ({ data, ms: null }))
    }
    const reply = replyOf(await ask('XREVRANGE', key, '+', '-', 'COUNT', String(count)))
    return entriesOf(reply, names.field).toReversed()
  }

  return { look }
}

function charsOf(payloads: readonly string[]): number | null {
  const count = createCharCounter(payloads)
  return mean(payloads.map(count).filter((chars) => chars > 0))
}

function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length
}

function timeOf(reply: unknown): number | null {
  return Array.isArray(reply) ? Number(reply[0]) * 1000 + Number(reply[1]) / 1000 : null
}
