// Logs whose events have no ids: every connection brings all of the log once more. It is decoded again, because the
// protocol must remember the same things, but given on only where it is new, or turns out to be another log.
import { createPrefix } from './prefix.ts'
import type { Frame } from './protocol.ts'
import type { Reading } from './reading.ts'
import { marked, type Received } from './received.ts'
import type { AgentEvent } from './events.ts'

/** What has been read of one log without ids. */
export interface Unnumbered {
  /** A connection begins. */
  opened(): void
  /** True while what comes has been read before, as far as is known. */
  readonly replaying: boolean
  /** Takes a frame of it; gives what it makes, in order. Returns the reading to go on with. */
  take(frame: Frame, reading: Reading, give: (item: Received, frame: Frame) => void): Reading
  clear(): void
}

/** Has read nothing yet. @param startReading begins a reading that remembers nothing */
export function createUnnumbered(
  startReading: () => Reading,
  isTerminal: (event: AgentEvent) => boolean,
): Unnumbered {
  const prefix = createPrefix()
  // The reading of a replay and what came of it, until it proves to be the same log.
  let again: Reading | null = null
  let held: Held[] = []
  // A log of several runs holds the ends of the former ones.
  let endSeen = false
  const isOver = ({ events }: Received): boolean => events.some(isTerminal)
  const settle = (): void => {
    again = null
    held = []
  }
  const compare = (
    one: Held,
    reading: Reading,
    give: (item: Received, frame: Frame) => void,
  ): Reading => {
    held.push(one)
    const fresh = again ?? reading
    const sight = prefix.see(one.frame.data)
    const over = !endSeen && isOver(one.item)
    if (sight === 'again' && !over) {
      if (prefix.replaying) return reading
      settle()
      return fresh
    }
    // Not the log that was read. All that is left of some is how they ended: no reason to take the text off the screen.
    const replayed = held
    const reason = over && replayed.length === 1 ? 'expired' : 'replaced'
    settle()
    prefix.clear()
    endSeen = over
    give(marked({ type: 'gap', gap: { reason, from: null, to: null } }), one.frame)
    for (const { item, frame } of replayed) {
      prefix.see(frame.data)
      give(item, frame)
    }
    return fresh
  }
  return {
    opened() {
      prefix.opened()
      settle()
      if (prefix.replaying) again = startReading()
    },
    get replaying() {
      return again !== null
    },
    take(frame, reading, give) {
      const item = (again ?? reading).read(frame, null)
      // What is no part of the log, a ping say, comes at other places every time.
      const isPart = item.events.length > 0 || item.errors.length > 0
      if (again !== null) {
        return isPart ? compare({ item, frame }, reading, give) : reading
      }
      if (isPart) prefix.see(frame.data)
      endSeen ||= isOver(item)
      give(item, frame)
      return reading
    },
    clear() {
      prefix.clear()
      endSeen = false
      settle()
    },
  }
}

interface Held {
  readonly item: Received
  readonly frame: Frame
}
