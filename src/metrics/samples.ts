// Measured values of the last seconds in fixed memory: a ring that forgets the oldest when it is full.
import type { Spread } from './snapshot.ts'

/** Values with their times. */
export interface Samples {
  /** Adds `value`, measured at `at` ms. */
  add(at: number, value: number): void
  /** Forgets all of them. */
  clear(): void
  /** The values of the last `windowMs`, or the newest of them that the ring holds. */
  spread(now: number): Spread
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
    clear() {
      tail = added
    },
    spread(now) {
      tail = Math.max(tail, added - capacity)
      while (tail < added && (times[tail % capacity] ?? 0) <= now - windowMs) tail++
      const list = new Float64Array(added - tail)
      for (let index = tail; index < added; index++) {
        list[index - tail] = values[index % capacity] ?? 0
      }
      return spreadOf(list.toSorted())
    },
  }
}

/** How these values lie, the least first. */
export function spreadOf(sorted: Float64Array): Spread {
  const count = sorted.length
  let sum = 0
  let squares = 0
  for (const value of sorted) sum += value
  const mean = sum / count
  for (const value of sorted) squares += (value - mean) ** 2
  // Nearest rank: a value that was measured, never one in between.
  const rank = (quantile: number): number | null =>
    sorted[Math.max(0, Math.ceil(count * quantile) - 1)] ?? null
  return {
    count,
    sum,
    mean: count > 0 ? mean : null,
    min: rank(0),
    p50: rank(0.5),
    p95: rank(0.95),
    p99: rank(0.99),
    max: rank(1),
    variation: mean > 0 ? Math.sqrt(squares / count) / mean : null,
  }
}
