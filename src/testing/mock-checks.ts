// What a test may ask of a mocked relay, checked at its door: a mistake is told where it was made.
import { STREAM_ID } from '../wire/protocol.ts'
import type { MockRefusal } from './mock-refusals.ts'
import type { MockPlayOptions } from './mock-script.ts'

/** @throws TypeError unless it is a stream id */
export function checkStream(stream: string): string {
  if (typeof stream === 'string' && STREAM_ID.test(stream)) return stream
  throw new TypeError(`expected a stream id matching ${STREAM_ID.source}, got ${told(stream)}`)
}

/** @throws TypeError for options that cannot be played */
export function checkPlay(events: { readonly length: number }, options: MockPlayOptions): void {
  const { rate, pace, delayMs = 0, cutAfter = [], duplicate = 0, end } = options
  expectThat(Array.isArray(events), 'events: an array', events)
  expectThat(rate === undefined || (rate > 0 && rate < Infinity), 'rate: above 0', rate)
  expectThat(rate === undefined || pace === undefined, '`rate` or `pace`, not both', pace)
  const paced = pace === undefined || (pace.length === events.length && pace.every(isTime))
  expectThat(paced, `pace: ${events.length} times in ms, one for each event`, pace)
  expectThat(isTime(delayMs), 'delayMs: 0 or more', delayMs)
  const cuts = cutAfter.every((count) => isCount(count) && count > 0 && count <= events.length)
  expectThat(cuts, `cutAfter: counts of events from 1 to ${events.length}`, cutAfter)
  expectThat(isCount(duplicate), 'duplicate: a count of events', duplicate)
  const ends = [undefined, 'completed', 'stopped', 'failed', 'truncated']
  expectThat(ends.includes(end), `end: one of ${ends.slice(1).join(', ')}`, end)
}

/** @throws TypeError for a refusal that cannot be given */
export function checkRefusal({ status, retryAfter, times = 1 }: MockRefusal): void {
  const isStatus = isCount(status) && Number(status) >= 200 && Number(status) <= 599
  expectThat(isStatus || status === 'network-error', 'status: 200 to 599, or network-error', status)
  const waits = retryAfter === undefined || isTime(retryAfter)
  expectThat(waits, 'retryAfter: seconds, 0 or more', retryAfter)
  expectThat(times === Infinity || isCount(times), 'times: a count of requests', times)
}

/** @throws TypeError unless it is a time in ms */
export function checkTime(name: string, value: number | undefined): void {
  expectThat(value === undefined || isTime(value), `${name}: ms, 0 or more`, value)
}

function expectThat(holds: boolean, expected: string, got: unknown): void {
  if (!holds) throw new TypeError(`mockAgentStream: expected ${expected}, got ${told(got)}`)
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0
const isTime = (value: unknown): boolean =>
  typeof value === 'number' && value >= 0 && value < Infinity

const told = (value: unknown): string => JSON.stringify(value) ?? String(value)
