// What it takes to read the run: LRANGE or XRANGE from its beginning, middle and end, in three lengths, the better of two
// each, with the round trip taken off; and, from that, what a reader pays that reads all of it.
import type { Asker } from './asker.ts'
import { bytesText, quantile, rateLow, rounded, timeText, worst } from './finding.ts'
import type { Finding } from './finding.ts'
import { entriesOf } from './runs.ts'
import { pageEvents } from './stream-sample.ts'
import type { StreamSample } from './stream-sample.ts'

/** One kind of read. */
export interface RangeRead {
  readonly start: 'beginning' | 'middle' | 'end'
  readonly events: number
  /** The better of two, less the round trip, in ms. */
  readonly ms: number
}

/** Reads and their whole. */
export interface RangeFacts {
  readonly command: 'LRANGE' | 'XRANGE'
  readonly reads: readonly RangeRead[]
  /** Events of the run. */
  readonly events: number
  /** All of it, by the mean of the sample. */
  readonly bytes: number
  /** All of it, by the largest reads. */
  readonly wholeMs: number
}

const TRIES = 2
const LENGTHS = [1, 100]

/** Measures; takes at most 20 commands. */
export async function measureRangeReads(
  { ask }: Asker,
  { run, segments }: StreamSample,
  field: string,
  roundTripsMs: readonly number[],
): Promise<RangeFacts> {
  const sample = segments.flat()
  const isList = run.layout === 'suna-list'
  const page = Math.min(run.events, pageEvents(sample))
  const lengths = [...new Set([...LENGTHS.filter((length) => length < page), page])]
  const roundTripMs = Math.min(...roundTripsMs, Infinity)
  const at = isList ? null : await entryIds()
  const reads: RangeRead[] = []
  for (const start of ['beginning', 'middle', 'end'] as const) {
    for (const events of lengths) {
      const args = isList ? listArgs(start, events) : streamArgs(start, events)
      const ms = Math.max(
        0,
        (await bestOf(args)) - (Number.isFinite(roundTripMs) ? roundTripMs : 0),
      )
      reads.push({ start, events, ms })
    }
  }
  const largest = reads.filter(({ events }) => events === page).map(({ ms }) => ms)
  const bytes = sample.reduce((sum, { data }) => sum + Buffer.byteLength(data), 0)
  return {
    command: isList ? 'LRANGE' : 'XRANGE',
    reads,
    events: run.events,
    bytes: Math.round((bytes / Math.max(1, sample.length)) * run.events),
    wholeMs: (quantile(largest, 0.5) / page) * run.events,
  }

  async function bestOf(args: readonly string[]): Promise<number> {
    let best = Infinity
    for (let n = 0; n < TRIES; n++) {
      const sent = performance.now()
      await ask(...args)
      best = Math.min(best, performance.now() - sent)
    }
    return best
  }

  function listArgs(start: RangeRead['start'], events: number): string[] {
    const from = { beginning: 0, middle: Math.floor(run.events / 2), end: run.events }[start]
    const first = Math.max(0, Math.min(from, run.events - events))
    return ['LRANGE', run.key, String(first), String(first + events - 1)]
  }

  function streamArgs(start: RangeRead['start'], events: number): string[] {
    if (start === 'end') return ['XREVRANGE', run.key, '+', '-', 'COUNT', String(events)]
    const from = start === 'beginning' ? '-' : (at ?? '-')
    return ['XRANGE', run.key, from, '+', 'COUNT', String(events)]
  }

  // The middle in time: ids are times.
  async function entryIds(): Promise<string> {
    const ends = await Promise.all([
      ask('XRANGE', run.key, '-', '+', 'COUNT', '1'),
      ask('XREVRANGE', run.key, '+', '-', 'COUNT', '1'),
    ])
    const [first, last] = ends.map((answer) =>
      answer.kind === 'answered' ? entriesOf(answer.reply, field)[0]?.ms : undefined,
    )
    return first === undefined || last === undefined ? '-' : String(Math.floor((first + last) / 2))
  }
}

const MANY = 5000
const TOO_MANY = 20_000
const MEGABYTE = 1024 * 1024

/** Rates what a whole read takes. */
export function rateRangeRead({ command, reads, events, bytes, wholeMs }: RangeFacts): Finding {
  const rating = worst(
    rateLow(wholeMs, 100, 1000),
    rateLow(events, MANY, TOO_MANY),
    rateLow(bytes, 2 * MEGABYTE, 16 * MEGABYTE),
  )
  const most = Math.max(...reads.map((read) => read.events))
  const shown = reads
    .filter((read) => read.events === most)
    .map(({ start, ms }) => `${start} ${rounded(ms)}`)
  const whole = command === 'LRANGE' ? 'LRANGE 0 -1' : 'XRANGE - +'
  return {
    id: 'range-read',
    value: rounded(wholeMs),
    unit: `ms for all ${events}`,
    rating,
    why:
      `${command} of ${most} events, round trip taken off: ${shown.join(', ')} ms. All of them are ${bytesText(bytes)}. A ` +
      `reader that sends ${whole} for every viewer, and again after every reconnect, takes that from Redis and over the ` +
      'wire each time, and everybody waits while Redis writes it.',
    advice:
      rating === 'good'
        ? ''
        : `Read from the place reached, in pages (the relay does, and shares one read among viewers): a page of ${most} in ` +
          `about ${timeText((wholeMs / events) * most)} instead of all in ${timeText(wholeMs)}, and a reconnect costs what is ` +
          'new. Do not cap the read: what is beyond would be lost. Fewer, larger chunks make the log shorter.',
  }
}
