// How many of something may be open at a time, by key.

/** A count per key that does not go over its limit. */
export interface Quota {
  /** Takes one; gives what puts it back, or null when all are taken. */
  take(key: string): (() => void) | null
  /** How many of it are taken. */
  count(key: string): number
  isFull(key: string): boolean
}

/** Creates a quota; `max` 0 is no limit. */
export function createQuota(max: number): Quota {
  const most = max === 0 ? Infinity : max
  const taken = new Map<string, number>()
  const count = (key: string): number => taken.get(key) ?? 0

  function putBack(key: string): void {
    const rest = count(key) - 1
    if (rest > 0) taken.set(key, rest)
    else taken.delete(key)
  }

  function take(key: string): (() => void) | null {
    if (count(key) >= most) return null
    taken.set(key, count(key) + 1)
    let held = true
    return () => {
      if (held) putBack(key)
      held = false
    }
  }

  return { take, count, isFull: (key) => count(key) >= most }
}
