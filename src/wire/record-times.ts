// When the events of a recording came about. A stream's entry ids tell it to the millisecond, also long afterwards; a
// list keeps no times, so what was in it before counts as 0 and what comes while it is read has the time it came.

/** What is known of an event's time. */
export interface TimedEvent {
  /** Its cursor. */
  readonly id: string
  /** False for what was in the log before it was read for the first time. */
  readonly live: boolean
}

/** Times of one recording. */
export interface RecordTimes {
  /** Milliseconds since the start, never falling. */
  of(event: TimedEvent): number
  /** What came after this time comes once more. */
  backTo(ms: number): void
  /** Events that stand at 0 for want of a time. */
  timeless(): number
}

const ENTRY = /^S-(\d+)-\d+$/

/** Where times come from, by the first cursor. */
export function timingOf(cursor: string): 'log' | 'arrival' {
  return ENTRY.test(cursor) ? 'log' : 'arrival'
}

/** Begins a recording's time; `now` is any clock in ms. */
export function createRecordTimes(now: () => number): RecordTimes {
  let start: number | null = null
  let last = 0
  let timeless = 0

  function since(time: number): number {
    start ??= time
    return (last = Math.max(last, time - start))
  }

  return {
    of({ id, live }) {
      const [, ms] = ENTRY.exec(id) ?? []
      if (ms !== undefined) return since(Number(ms))
      if (live) return Math.round(since(now()) * 1000) / 1000
      timeless++
      start ??= now()
      return last
    },
    backTo(ms) {
      last = ms
    },
    timeless: () => timeless,
  }
}
