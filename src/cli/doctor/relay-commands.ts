// What the relay costs where commands are paid for or counted: never more reads than events, and one per round trip at most.
import { rounded } from './finding.ts'
import type { Finding } from './finding.ts'

/** A run as the bill sees it. */
export interface BilledRun {
  readonly events: number
  /** Null where entries have no times. */
  readonly lastedMs: number | null
}

/** Of a list the page and its first element, of a stream the page and, where Redis tells of no change, the wait. */
const PER_READ = 2
/** Commands around a run's reads: subscribing, the state, the first page, leaving. */
const AROUND = 6
const EXAMPLE: BilledRun = { events: 1000, lastedMs: null }

/** Works out the bill of one run, whatever the number of viewers. */
export function rateRelayCommands(
  run: BilledRun | null,
  roundTripMs: number,
  isBilled: boolean,
): Finding {
  const { events, lastedMs } = run ?? EXAMPLE
  const reads = Math.min(events, lastedMs === null ? events : Math.ceil(lastedMs / roundTripMs))
  return {
    id: 'relay-commands',
    value: PER_READ * reads + AROUND,
    unit: 'a run at most',
    rating: isBilled && reads > 1000 ? 'needs-work' : 'good',
    why:
      `For ${run === null ? 'a run of ' : 'the longest run here, '}${events} events, with any number of viewers: one ` +
      `read, two commands at most, for what came meanwhile. A writer that sends RPUSH, PUBLISH and EXPIRE for each costs ${events * 3}; an idle ` +
      'stream 0.1 a second. A reader for each viewer pays all of it once more for each.',
    advice:
      isBilled && reads > 1000
        ? `Join chunks at the writer: by ten, ${rounded(reads / 10)} reads and a tenth of the writes.`
        : '',
  }
}
