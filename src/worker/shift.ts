// The Worker of one transport, there while connections need it: one that was made here ends some time after the last.
import type { Cancel, Clock } from '../core/clock.ts'

/** A Worker by the shift. */
export interface Shift {
  /** Made when it is needed first. */
  worker(): Worker
  /** A connection begins; gives what ends it. `onFailure` is told when the Worker cannot go on. */
  join(clock: Clock, onFailure: (words: string) => void): () => void
}

// Longer than a reconnect usually takes.
const REST_MS = 10_000

/** @param source makes a Worker, or is one that is left running */
export function createShift(source: Worker | (() => Worker)): Shift {
  const members = new Set<(words: string) => void>()
  let current: Worker | null = null
  let cancel: Cancel = () => {}
  const drop = (): void => {
    if (typeof source === 'function') current?.terminate()
    current?.removeEventListener('error', fail)
    current = null
  }
  const fail = ({ message }: ErrorEvent): void => {
    // The next connection makes another one.
    drop()
    for (const tell of members) tell(message || 'it could not be loaded')
  }
  return {
    worker() {
      if (current === null) {
        current = typeof source === 'function' ? source() : source
        current.addEventListener('error', fail)
      }
      return current
    },
    join(clock, onFailure) {
      cancel()
      members.add(onFailure)
      return () => {
        members.delete(onFailure)
        if (members.size === 0) cancel = clock.setTimer(drop, REST_MS)
      }
    },
  }
}
