// Measured values of the last seconds in fixed memory: a ring that forgets the oldest when it is full.

/** Percentiles (`p50` is the median, `p95` near the worst) in the unit of the samples; null while there is none. */
export interface Percentiles {
  readonly p50: number | null
  readonly p95: number | null
}

/** Values with their times. */
export interface Samples {
  /** Adds `value`, measured at `at` ms. */
  add(at: number, value: number): void
  /** Percentiles of the values of the last `windowMs`, or of the newest that the ring holds. */
  percentiles(now: number): Percentiles
}

/** Makes a ring of the last `windowMs` milliseconds, `capacity` values at the most. */
export function createSamples(windowMs: number, capacity: number): Samples {
  const times = new Float64Array(capacity)
  const values = new Float64Array(capacity)
  let added = 0
  // Oldest index that still counts; only ever moves on.
  let tail = 0
  return {
    add(at, value) {
      times[added % capacity] = at
      values[added % capacity] = value
      added++
    },
    percentiles(now) {
      tail = Math.max(tail, added - capacity)
      while (tail < added && (times[tail % capacity] ?? 0) <= now - windowMs) tail++
      const sorted = new Float64Array(added - tail)
      for (let index = tail; index < added; index++) {
        sorted[index - tail] = values[index % capacity] ?? 0
      }
      sorted.sort()
      return { p50: rank(sorted, 0.5), p95: rank(sorted, 0.95) }
    },
  }
}

// Nearest rank: a value that was measured, never one in between.
function rank(sorted: Float64Array, quantile: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * quantile) - 1)] ?? null
}
