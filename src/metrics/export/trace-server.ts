// The relay's writes in a trace: its own clock's times, placed on the page's by the offset as far as it is known.
import type { ClockOffset } from '../snapshot.ts'
import type { TraceWrite } from './trace-stream.ts'

/** Where the relay's times lie on the page's clock. */
export interface Placing {
  /** Taken from a time of the relay it gives the page's, in ms. */
  readonly offsetMs: number
  /** Off by this much at the most; null where that is not known. */
  readonly boundMs: number | null
  /** What Redis' clock shows more than the relay's. */
  readonly storeOffsetMs: number
}

/** A piece of a write's way; times by the page's clock. */
export interface ServerSpan {
  readonly track: 'redis' | 'relay' | 'network'
  readonly startMs: number
  readonly endMs: number
  readonly write: TraceWrite
}

/** By the clock that was asked for; else as if the fastest write had taken no time, which is the earliest it can be. */
export function placingOf(writes: readonly TraceWrite[], clock: ClockOffset | null): Placing {
  const storeOffsetMs = clock?.storeOffsetMs ?? 0
  if (clock !== null) return { offsetMs: clock.offsetMs, boundMs: clock.boundMs, storeOffsetMs }
  const offsetMs = writes.reduce(
    (most, { sentMs, arrivedMs }) => Math.max(most, sentMs - arrivedMs),
    -Infinity,
  )
  return { offsetMs: Number.isFinite(offsetMs) ? offsetMs : 0, boundMs: null, storeOffsetMs }
}

/** Redis, relay and network of one write. Of a list nobody knows when it was written: its read stands for that. */
export function serverSpans(
  write: TraceWrite,
  { offsetMs, storeOffsetMs }: Placing,
): readonly ServerSpan[] {
  const { entryMs, readStartMs, readEndMs, sentMs, arrivedMs } = write
  const written = entryMs === null ? readStartMs : entryMs - storeOffsetMs
  const [from, read, sent] = [written, readEndMs, sentMs].map((ms) => ms - offsetMs) as [
    number,
    number,
    number,
  ]
  return [
    { track: 'redis', startMs: from, endMs: read, write },
    { track: 'relay', startMs: read, endMs: sent, write },
    { track: 'network', startMs: sent, endMs: arrivedMs, write },
  ]
}
