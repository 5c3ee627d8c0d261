// A run's events, as many as tell enough: its beginning and its end, in pages of at most 256 kB, 4 MB in all.
import { nameOf } from '../../wire/redis-names.ts'
import type { RedisNames } from '../../wire/redis-names.ts'
import { replyOf } from './asker.ts'
import type { Asker } from './asker.ts'
import { DoctorError } from './doctor-error.ts'
import { entriesOf, lookAt } from './runs.ts'
import type { Layout, Run } from './runs.ts'

/** One event as it lies in Redis. */
export interface SampledEvent {
  readonly data: string
  /** When it was written, by Redis' clock; null in a list. */
  readonly ms: number | null
}

/** What was read of a run. */
export interface StreamSample {
  readonly run: Run
  /** Events that follow each other: all, or the beginning and the end. */
  readonly segments: readonly (readonly SampledEvent[])[]
  /** True when a stream has lost its beginning to MAXLEN. */
  readonly isTrimmed: boolean
  /** Since it was last written or read, in ms, as far as the server tells. */
  readonly idleMs: number | null
}

const HEAD = 500
const TAIL = 1500
const FIRST = 25
const PAGE_BYTES = 256 * 1024
const TOTAL_BYTES = 4 * 1024 * 1024
const PAGE_EVENTS = 500

/**
 * Finds a run and reads it.
 * @throws DoctorError when there is none
 */
export async function sampleStream(
  asker: Asker,
  id: string,
  names: RedisNames,
  nowMs: number | null,
): Promise<StreamSample> {
  const { layout, key } = await locate(asker, id, names)
  // Before anything reads it: a read makes it look fresh.
  const idle = replyOf(await asker.ask('OBJECT', 'IDLETIME', key))
  const run = await lookAt(asker, { id, key, layout }, names.field)
  if (run === null) throw new DoctorError(`${key} went away while it was looked at`)
  const read = pagesOf(asker, run, names.field)
  const segments = await read()
  const last = segments.at(-1)?.at(-1)?.ms ?? null
  const idleMs =
    last !== null && nowMs !== null
      ? Math.max(0, nowMs - last)
      : typeof idle === 'number'
        ? idle * 1000
        : null
  return { run, segments, isTrimmed: await isTrimmed(asker, run), idleMs }
}

async function locate(
  { need }: Asker,
  id: string,
  names: RedisNames,
): Promise<{ layout: Layout; key: string }> {
  const [stream, list] = [nameOf(names.stream, id), nameOf(names.list, id)]
  const types = { [stream]: await need('TYPE', stream), [list]: await need('TYPE', list) }
  if (types[stream] === 'stream') return { layout: 'suna-stream', key: stream }
  if (types[list] === 'list') return { layout: 'suna-list', key: list }
  const foreign = [stream, list].find((key) => types[key] !== 'none')
  throw new DoctorError(
    foreign === undefined
      ? `there is no stream ${id}: neither ${stream} nor ${list} exists; --keys gives other names`
      : `${foreign} is a ${String(types[foreign])}, neither a list nor a stream`,
  )
}

async function isTrimmed({ ask }: Asker, { key, layout, events }: Run): Promise<boolean> {
  if (layout === 'suna-list') return false
  const info = replyOf(await ask('XINFO', 'STREAM', key))
  if (!Array.isArray(info)) return false
  const added = info[info.indexOf('entries-added') + 1]
  return info.includes('entries-added') && Number(added) > events
}

function pagesOf(asker: Asker, { key, layout, events, bytes: held }: Run, field: string) {
  const first = Math.max(1, Math.min(FIRST, Math.floor((PAGE_BYTES * events) / (held ?? 1))))
  let bytes = 0

  async function list(from: number, to: number): Promise<SampledEvent[]> {
    const reply = replyOf(await asker.ask('LRANGE', key, String(from), String(to - 1)))
    return (Array.isArray(reply) ? (reply as string[]) : []).map((data) => ({ data, ms: null }))
  }

  async function fill(
    count: number,
    page: (so: number, most: number) => Promise<SampledEvent[]>,
  ): Promise<SampledEvent[]> {
    const found: SampledEvent[] = []
    let most = first
    while (found.length < count && bytes < TOTAL_BYTES) {
      const more = await page(found.length, Math.min(most, count - found.length))
      if (more.length === 0) break
      found.push(...more)
      bytes += more.reduce((sum, { data }) => sum + data.length, 0)
      most = pageEvents(found)
    }
    return found
  }

  async function listSegments(): Promise<SampledEvent[][]> {
    const head = await fill(Math.min(events, HEAD + (events <= HEAD + TAIL ? TAIL : 0)), (at, n) =>
      list(at, at + n),
    )
    if (head.length >= events || bytes >= TOTAL_BYTES) return [head]
    const from = Math.max(head.length, events - TAIL)
    const tail = await fill(events - from, (at, n) => list(from + at, from + at + n))
    return [head, tail]
  }

  async function streamSegments(): Promise<SampledEvent[][]> {
    let after = '-'
    const forward = async (_: number, n: number): Promise<SampledEvent[]> => {
      const reply = replyOf(await asker.ask('XRANGE', key, after, '+', 'COUNT', String(n)))
      const entries = entriesOf(reply, field)
      after = `(${entries.at(-1)?.id ?? '+'}`
      return entries
    }
    const head = await fill(events <= HEAD + TAIL ? events : HEAD, forward)
    if (head.length >= events || bytes >= TOTAL_BYTES) return [head]
    let before = '+'
    const backward = async (_: number, n: number): Promise<SampledEvent[]> => {
      const reply = replyOf(await asker.ask('XREVRANGE', key, before, '-', 'COUNT', String(n)))
      const entries = entriesOf(reply, field)
      before = `(${entries.at(-1)?.id ?? '-'}`
      return entries
    }
    const tail = await fill(Math.min(TAIL, events - head.length), backward)
    return [head, tail.toReversed()]
  }

  return layout === 'suna-list' ? listSegments : streamSegments
}

/** How many events like these make a page. */
export function pageEvents(events: readonly SampledEvent[]): number {
  const bytes = events.reduce((sum, { data }) => sum + data.length, 0)
  return Math.max(1, Math.min(PAGE_EVENTS, Math.floor((PAGE_BYTES * events.length) / (bytes || 1))))
}
