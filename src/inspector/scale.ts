// The end of an axis: 1, 2 or 5 times a power of ten, and steady, for a bar whose scale breathes says nothing.

/** Follows a maximum: up at once, down only when most of the axis is empty. */
export function createScale(least: number): (max: number) => number {
  let end = least
  return (max) => {
    const fit = Math.max(least, roundUp(max))
    if (fit > end || max < end * 0.35) end = fit
    return end
  }
}

function roundUp(value: number): number {
  if (!(value > 0) || !Number.isFinite(value)) return 0
  const power = 10 ** Math.floor(Math.log10(value))
  const digit = value / power
  return (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10) * power
}
