// Few measurements of a noisy machine: the middle, how far they lie apart, and what may be claimed of them.

/** Middle and extremes of some values. */
export interface LabRange {
  /** Of an even number of values the mean of the middle two. */
  readonly median: number
  /** The least. */
  readonly min: number
  /** The greatest. */
  readonly max: number
}

/**
 * The range of values.
 * @throws RangeError for no values
 */
export function rangeOf(values: readonly number[]): LabRange {
  const sorted = values.toSorted((a, b) => a - b)
  const [min, max] = [sorted[0], sorted.at(-1)]
  const upper = sorted[sorted.length >> 1]
  const lower = sorted[(sorted.length - 1) >> 1]
  if (min === undefined || max === undefined || upper === undefined || lower === undefined) {
    throw new RangeError('expected one value or more, got none')
  }
  return { median: (lower + upper) / 2, min, max }
}

/**
 * Quotients of values that were measured in pairs, the two of a pair right after one another: what the machine's mood
 * does to both cancels out. Null when they cannot be divided.
 * @throws RangeError when the two lists are not of one length
 */
export function pairedRatios(
  numerators: readonly number[],
  denominators: readonly number[],
): LabRange | null {
  if (numerators.length !== denominators.length) {
    throw new RangeError(
      `expected pairs, got ${numerators.length} and ${denominators.length} values`,
    )
  }
  const ratios = numerators.map((numerator, index) => numerator / (denominators[index] ?? NaN))
  return ratios.length > 0 && ratios.every(Number.isFinite) ? rangeOf(ratios) : null
}

/** The value that all but one in twenty do not exceed; null of none. */
export function p95(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[Math.ceil(0.95 * values.length) - 1] ?? null
}

/** True when every pair says the same: the value (1 of ratios, 0 of differences) lies outside the range. */
export function excludes({ min, max }: LabRange, value: number): boolean {
  return min > value || max < value
}

/** How likely so many pairs all lie on one side when nothing but chance decides: the sign test, both sides. */
export function chanceOf(pairs: number): number {
  return Math.min(1, 2 ** (1 - pairs))
}
