// Few measurements of a noisy machine: the median, and how far they lie apart.

/** Middle and extremes of some values. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/**
 * The spread of values; the median of an even number of them is the mean of the middle two.
 * @throws RangeError for no values
 */
export function spreadOf(values: readonly number[]): Spread {
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
 * Ratios of values that were measured in pairs, each pair right after one another: what a machine's mood adds
 * to both cancels out. Null when the pairs cannot be divided.
 * @throws RangeError when the two lists are not of one length
 */
export function pairedRatios(
  numerators: readonly number[],
  denominators: readonly number[],
): Spread | null {
  if (numerators.length !== denominators.length) {
    throw new RangeError(
      `expected pairs, got ${numerators.length} and ${denominators.length} values`,
    )
  }
  const ratios = numerators.map((numerator, index) => numerator / (denominators[index] ?? NaN))
  return ratios.length > 0 && ratios.every(Number.isFinite) ? spreadOf(ratios) : null
}

/** True when every pair says the same: an effect may be claimed only when 1 is outside the range. */
export function excludesOne({ min, max }: Spread): boolean {
  return min > 1 || max < 1
}
