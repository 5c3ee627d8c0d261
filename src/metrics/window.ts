// Numbers of the last seconds in fixed memory: rings that forget the oldest when they are full.

/** Percentiles of a window, in the unit of its samples; null while it is empty. */
export interface Percentiles {
  readonly p50: number | null
  readonly p95: number | null
}

/** Samples with their times. */
export interface Window {
  /** Adds `value`, measured at `at` ms. */
  add(at: number, value: number): void
  /** Sum of the values in the last `windowMs` before `now`. */
  sum(now: number): number
  /** Number of values in the window. */
  count(now: number): number
  /** Percentiles of the values in the window. */
  percentiles(now: number): Percentiles
  /** Milliseconds the window covers: less than its length while it is young. */
  span(now: number): number
}

/**
 * Makes a window over the last `windowMs` milliseconds that holds `capacity` samples at the most;
 * with more, it covers a shorter time, and `span` says so.
 */
export function createWindow(windowMs: number, capacity: number): Window {
  const times = new Float64Array(capacity)
  const values = new Float64Array(capacity)
  let added = 0
  let firstAt = NaN
  // Oldest index that is still in the window; only ever moves on.
  let tail = 0
  const expire = (now: number): void => {
    tail = Math.max(tail, added - capacity)
    while (tail < added && (times[tail % capacity] ?? 0) <= now - windowMs) tail++
  }
  return {
    add(at, value) {
      if (added === 0) firstAt = at
      times[added % capacity] = at
      values[added % capacity] = value
      added++
    },
    sum(now) {
      expire(now)
      let sum = 0
      for (let index = tail; index < added; index++) sum += values[index % capacity] ?? 0
      return sum
    },
    count(now) {
      expire(now)
      return added - tail
    },
    percentiles(now) {
      expire(now)
      const sorted = new Float64Array(added - tail)
      for (let index = tail; index < added; index++) {
        sorted[index - tail] = values[index % capacity] ?? 0
      }
      sorted.sort()
      return { p50: rank(sorted, 0.5), p95: rank(sorted, 0.95) }
    },
    span(now) {
      expire(now)
      const full = added > capacity && tail === added - capacity
      const from = full ? (times[tail % capacity] ?? now) : Math.max(firstAt, now - windowMs)
      return added === 0 ? 0 : now - from
    },
  }
}

// Nearest rank: a value that was measured, never one in between.
function rank(sorted: Float64Array, quantile: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * quantile) - 1)] ?? null
}
