// Redis also sends notices that are none of ours: of the same key in another database, and of keys that it no longer
// keeps in mind (tracking-table-max-keys). Where that table is smaller than what is watched, each read pushes another key
// out, whose notice is the next read: a storm that nobody wrote. So a stream has some reads for nothing in hand, and more
// with time; whoever has used them up is read a little later.

/** Says how long a notice may wait. */
export interface FalseAlarms {
  /** A notice came: the ms to wait before it is read after, 0 for none. */
  rang(id: string): number
  /** A read came back, with news or without. */
  answered(id: string, news: boolean): void
  forget(id: string): void
}

const IN_HAND = 20
const REFILL_MS = 500

interface Alarm {
  rung: boolean
  inHand: number
  atMs: number
}

/** Creates accounts that begin full. */
export function createFalseAlarms(now: () => number): FalseAlarms {
  const alarms = new Map<string, Alarm>()

  function rang(id: string): number {
    const alarm = alarms.get(id) ?? { rung: true, inHand: IN_HAND, atMs: now() }
    alarms.set(id, alarm)
    alarm.rung = true
    refill(alarm)
    return alarm.inHand >= 1 ? 0 : Math.ceil((1 - alarm.inHand) * REFILL_MS)
  }

  function refill(alarm: Alarm): void {
    const atMs = now()
    alarm.inHand = Math.min(IN_HAND, alarm.inHand + (atMs - alarm.atMs) / REFILL_MS)
    alarm.atMs = atMs
  }

  function answered(id: string, news: boolean): void {
    if (news) alarms.delete(id)
    const alarm = alarms.get(id)
    if (!alarm?.rung) return
    alarm.rung = false
    refill(alarm)
    alarm.inHand = Math.max(0, alarm.inHand - 1)
  }

  return { rang, answered, forget: (id) => void alarms.delete(id) }
}
