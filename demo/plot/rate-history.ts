// Counts over time, as rates: what the plot draws. Pure; time is passed in.

/** Totals of one panel at one moment. */
export interface Totals {
  readonly events: number
  readonly renders: number
}

/** Rates over time: seconds since the start, then one row per series; null where nothing is known. */
export interface RateRows {
  readonly seconds: readonly number[]
  readonly events: readonly (number | null)[]
  readonly renders: readonly (number | null)[]
}

/** The last seconds of one panel. */
export interface RateHistory {
  /** Adds totals as of `at` ms since the start; times never fall. */
  add(at: number, totals: Totals): void
  rows(): RateRows
  clear(): void
}

/** A rate is of this long before its moment, in ms: shorter shows the sampling, longer hides a stall. */
export const RATE_SPAN_MS = 1000

interface Sample extends Totals {
  readonly at: number
}

/** Makes a history of the last `keepMs` milliseconds. @default 15 s */
export function createRateHistory(keepMs: number = 15_000): RateHistory {
  let samples: Sample[] = []
  return {
    add(at, { events, renders }) {
      samples.push({ at, events, renders })
      const oldest = at - keepMs - RATE_SPAN_MS
      if ((samples[0]?.at ?? at) < oldest) samples = samples.filter((sample) => sample.at >= oldest)
    },
    rows() {
      const newest = samples.at(-1)?.at ?? 0
      const drawn = samples.filter(({ at }) => at >= newest - keepMs)
      return {
        seconds: drawn.map(({ at }) => at / 1000),
        events: drawn.map((sample) => rateAt(samples, sample, 'events')),
        renders: drawn.map((sample) => rateAt(samples, sample, 'renders')),
      }
    },
    clear() {
      samples = []
    },
  }
}

// Against the youngest sample that is a whole span older; while there is none, the very first one.
function rateAt(samples: readonly Sample[], now: Sample, name: keyof Totals): number | null {
  const from = samples.findLast(({ at }) => at <= now.at - RATE_SPAN_MS) ?? samples[0]
  if (from === undefined || from.at === now.at) return null
  return ((now[name] - from[name]) * 1000) / (now.at - from.at)
}
