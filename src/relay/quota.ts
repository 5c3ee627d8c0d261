// How many of something may be open at a time, by key.

/** A count per key that does not go over its limit. */
export interface Quota {
  /** Takes one; gives what puts it back, or null when all are taken. */
  take(key: string): (() => void) | null
}

/** Creates a quota; `max` 0 is no limit. */
export function createQuota(max: number): Quota {
  const taken = new Map<string, number>()

  function putBack(key: string): void {
    const rest = (taken.get(key) ?? 0) - 1
    if (rest > 0) taken.set(key, rest)
    else taken.delete(key)
  }

  function take(key: string): (() => void) | null {
    if (max === 0) return () => {}
    const now = taken.get(key) ?? 0
    if (now >= max) return null
    taken.set(key, now + 1)
    let held = true
    return () => {
      if (held) putBack(key)
      held = false
    }
  }

  return { take }
}
