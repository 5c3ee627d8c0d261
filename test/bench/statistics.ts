// Medians and slopes: what can be said of a few noisy numbers.

/** The middle of the values. @throws RangeError without a value */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = (sorted.length - 1) / 2
  const low = sorted[Math.floor(middle)]
  const high = sorted[Math.ceil(middle)]
  if (low === undefined || high === undefined) throw new RangeError('expected a value, got none')
  return (low + high) / 2
}

/** Growth per step, by least squares. */
export function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  let up = 0
  let across = 0
  values.forEach((value, at) => {
    up += (at - middle) * (value - mean)
    across += (at - middle) ** 2
  })
  return across === 0 ? 0 : up / across
}
