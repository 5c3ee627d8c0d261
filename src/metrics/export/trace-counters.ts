// Counters of a trace, in steps of a tenth of a second: what came, what was published, what waited.
import type { TraceRecord, TraceSpan } from './trace-stream.ts'

/** A counter's value from `ts` (µs) on. */
export interface CounterValue {
  readonly name: 'events/s' | 'flushes/s' | 'backlog'
  readonly ts: number
  readonly value: number
}

const STEP_MS = 100

/** Reckons the counters. Where nothing happens for long they stand at 0 without a value for every step. */
export function countersOf(
  records: readonly TraceRecord[],
  toUs: (ms: number) => number,
): readonly CounterValue[] {
  const steps = new Map<number, { events: number; flushes: number; backlog: number }>()
  const stepOf = (at: number) => {
    const step = Math.floor(at / STEP_MS)
    const known = steps.get(step) ?? { events: 0, flushes: 0, backlog: 0 }
    steps.set(step, known)
    return known
  }
  const told = records.filter(
    (one): one is TraceSpan =>
      one.kind === 'span' && (one.name === 'parse' || one.name === 'flush'),
  )
  for (const { name, endMs, events, backlog } of told) {
    if (!Number.isFinite(endMs)) continue
    const step = stepOf(endMs)
    if (name === 'parse') step.events += events
    else if (events > 0) step.flushes++
    step.backlog = backlog
  }
  return [...steps]
    .toSorted(([one], [other]) => one - other)
    .flatMap(([step, { events, flushes, backlog }]) => {
      const rest = steps.has(step + 1) ? [] : valuesAt(step + 1, 0, 0, backlog, toUs)
      return [...valuesAt(step, events, flushes, backlog, toUs), ...rest]
    })
}

function valuesAt(
  step: number,
  events: number,
  flushes: number,
  backlog: number,
  toUs: (ms: number) => number,
): CounterValue[] {
  // The first step may have begun before the trace.
  const ts = Math.max(1, toUs(step * STEP_MS))
  return [
    { name: 'events/s', ts, value: (events * 1000) / STEP_MS },
    { name: 'flushes/s', ts, value: (flushes * 1000) / STEP_MS },
    { name: 'backlog', ts, value: backlog },
  ]
}
