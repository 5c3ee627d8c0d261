// How much of something came in the last seconds: fixed buckets of time, so that memory and cost do not know the rate.

/** A count over a sliding time. */
export interface Rate {
  /** Counts `amount` at `at` ms; times never go back by more than a bucket. */
  add(at: number, amount: number): void
  /** What was counted in the last `windowMs`, to the width of a bucket. */
  sum(now: number): number
  /** Counted a second, over the last `spanMs`; null while that is too short to tell. */
  perSecond(now: number, spanMs: number): number | null
}

// Over less than this a rate says more about its first event than about the stream.
const MIN_SPAN_MS = 250
const BUCKETS = 100

/** Makes a count over the last `windowMs` milliseconds, in 100 buckets. */
export function createRate(windowMs: number): Rate {
  const bucketMs = windowMs / BUCKETS
  const amounts = new Float64Array(BUCKETS)
  // Which stretch of time a bucket holds; an older one counts as empty.
  const stretches = new Float64Array(BUCKETS).fill(-1)
  // The bucket that was counted into last: most events come close upon each other.
  let bucket = 0
  let from = Infinity
  const stretchOf = (at: number): number => Math.floor(at / bucketMs)
  const enter = (at: number): void => {
    const stretch = stretchOf(at)
    bucket = stretch % BUCKETS
    from = stretch * bucketMs
    if (stretches[bucket] !== stretch) amounts[bucket] = 0
    stretches[bucket] = stretch
  }
  const sum = (now: number): number => {
    const oldest = stretchOf(now) - BUCKETS + 1
    let total = 0
    for (let index = 0; index < BUCKETS; index++) {
      if ((stretches[index] as number) >= oldest) total += amounts[index] as number
    }
    return total
  }
  return {
    add(at, amount) {
      if (!(at >= from && at < from + bucketMs)) enter(at)
      amounts[bucket] = (amounts[bucket] as number) + amount
    },
    sum,
    perSecond: (now, spanMs) => (spanMs >= MIN_SPAN_MS ? (sum(now) * 1000) / spanMs : null),
  }
}
