// Nothing of the measuring may reach the application: what throws in here is swallowed, and given up when it goes on.

/** Runs pieces of the measuring. */
export interface Guard {
  /** Runs `work`; undefined when it throws, or when too much was thrown before. */
  <T>(work: () => T): T | undefined
}

// A page may be in any state; the same mistake at every event would cost without telling anything.
const MOST = 10

/** Makes a guard for one thing that is measured. */
export function createGuard(): Guard {
  let thrown = 0
  return (work) => {
    if (thrown >= MOST) return undefined
    try {
      return work()
    } catch {
      thrown++
      return undefined
    }
  }
}
