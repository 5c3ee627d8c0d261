// Ranges as words.
import type { LabRange } from './range.ts'

/** "71 % (68 to 74)"; without the range where rounding makes it a single number. */
export function percent({ median, min, max }: LabRange): string {
  const [middle, low, high] = [median, min, max].map((part) => `${Math.round(part * 100)}`)
  return low === high ? `${middle} %` : `${middle} % (${low} to ${high})`
}

/** "3.7 times (3.2 to 4.8)". */
export function times({ median, min, max }: LabRange): string {
  const [middle, low, high] = [median, min, max].map(figure)
  return low === high ? `${middle} times` : `${middle} times (${low} to ${high})`
}

/** What a ratio of costs leaves away, as a part: 0.3 (0.2 to 0.4) saves 0.7 (0.6 to 0.8). */
export function savedBy({ median, min, max }: LabRange): LabRange {
  return { median: 1 - median, min: 1 - max, max: 1 - min }
}

/** Milliseconds with as many digits as they deserve. */
export function ms(value: number): string {
  return `${value.toFixed(value < 10 ? 1 : 0)} ms`
}

/** A large number, rounded to two digits, with its thousands apart. */
export function about(value: number): string {
  if (value < 100) return String(Math.round(value))
  const unit = 10 ** (Math.floor(Math.log10(value)) - 1)
  return (Math.round(value / unit) * unit).toLocaleString('en')
}

/** "a, b and c". */
export function list(items: readonly string[]): string {
  return new Intl.ListFormat('en-GB').format(items)
}

const figure = (value: number): string => value.toFixed(value < 10 ? 2 : 0)
