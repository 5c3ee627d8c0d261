// Redis also sends notice of a key that it no longer keeps in mind (tracking-table-max-keys). Where the table is smaller
// than what is watched, each read pushes another key out, whose notice is the next read: a storm that nobody wrote.

/** Counts notices after which a read found nothing, stream by stream. */
export interface FalseAlarms {
  /** A notice came. */
  rang(id: string): void
  /** A read came back. True once so many notices were for nothing that hearing them costs more than it gives. */
  answered(id: string, news: boolean): boolean
  forget(id: string): void
  clear(): void
}

// A writer that only touches its key, to put off its expiry, does so less often than this.
const LIMIT = 50
const WINDOW_MS = 10_000

/** Creates counts that begin at zero. */
export function createFalseAlarms(now: () => number): FalseAlarms {
  const alarms = new Map<string, { rung: boolean; count: number; since: number }>()

  function rang(id: string): void {
    const alarm = alarms.get(id)
    if (alarm) alarm.rung = true
    else alarms.set(id, { rung: true, count: 0, since: now() })
  }

  function answered(id: string, news: boolean): boolean {
    const alarm = alarms.get(id)
    if (alarm === undefined || !alarm.rung) return false
    alarm.rung = false
    if (!news && now() - alarm.since <= WINDOW_MS) return ++alarm.count >= LIMIT
    alarms.delete(id)
    return false
  }

  return { rang, answered, forget: (id) => void alarms.delete(id), clear: () => alarms.clear() }
}
