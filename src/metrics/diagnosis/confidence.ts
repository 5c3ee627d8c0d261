// How sure a verdict may be: a product of doubts, each between 0 and 1. Nothing here makes a verdict surer than its base.

/** At a threshold a value is a coin's toss, at half as much again it is clear: 0.5 to 1. */
export function beyond(value: number, threshold: number): number {
  if (!(threshold > 0)) return value > 0 ? 1 : 0.5
  return Math.min(1, Math.max(0.5, value / threshold - 0.5 + 1e-9))
}

/** The same for a value that is to stay below: 1 up to half of the threshold, 0.5 at it. */
export function below(value: number, threshold: number): number {
  if (!(threshold > 0)) return 0.5
  return Math.min(1, Math.max(0.5, 1.5 - value / threshold))
}

/** Few values are little proof: 0.4 with none, 1 from `wanted` on. */
export function enough(count: number, wanted: number): number {
  return 0.4 + 0.6 * Math.min(1, Math.max(0, count / wanted))
}

/** Doubt by a second class: none while it is half as much as the first, 0.6 where they are the same. */
export function ahead(first: number, second: number): number {
  if (!(first > 0)) return second > 0 ? 0.6 : 1
  return 1 - 0.8 * Math.max(0, Math.min(1, second / first) - 0.5)
}
