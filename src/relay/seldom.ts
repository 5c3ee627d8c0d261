// What goes wrong again and again is told seldom: a log is for reading.

const TELL_MS = 30_000

/** True when it is time to tell again: at first, and then once in 30 s at the most. */
export function createSeldom(): () => boolean {
  let toldAt = -Infinity
  return () => {
    const now = performance.now()
    if (now - toldAt < TELL_MS) return false
    toldAt = now
    return true
  }
}
