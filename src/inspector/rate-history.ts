// Rates from totals, over the last half minute. Of one second each: five, as the meter's are, would smear every burst.

/** Rates at one moment, a second. */
export interface RatePoint {
  readonly at: number
  readonly events: number
  readonly renders: number
}

/** Totals in, rates out. */
export interface RateHistory {
  /** Totals since the beginning, at `at` ms. */
  add(at: number, events: number, renders: number): void
  /** The oldest first. */
  points(): readonly RatePoint[]
}

/** What the plot is wide, in ms. */
export const HISTORY_MS = 30_000
const SPAN_MS = 1000

/** Makes an empty history. */
export function createRateHistory(): RateHistory {
  let totals: readonly RatePoint[] = []
  let rates: readonly RatePoint[] = []
  return {
    add(at, events, renders) {
      // Where nobody looked for long, the first point after it is no rate of one second.
      const since = totals.findLast((one) => at - one.at >= SPAN_MS * 0.9)
      const recent = since !== undefined && at - since.at < 2 * SPAN_MS ? since : totals[0]
      totals = [...totals.filter((one) => at - one.at < 2 * SPAN_MS), { at, events, renders }]
      if (recent === undefined || at <= recent.at) return
      const rate = (from: number, to: number): number => ((to - from) * 1000) / (at - recent.at)
      const point = {
        at,
        events: rate(recent.events, events),
        renders: rate(recent.renders, renders),
      }
      rates = [...rates.filter((one) => at - one.at < HISTORY_MS), point]
    },
    points: () => rates,
  }
}
