// What the relay's benches send: ticks of events on some streams.
import { setTimeout as pause } from 'node:timers/promises'

/** What is to be sent. */
export interface Play {
  readonly streams: readonly string[]
  readonly ticks: number
  /** Events of each stream in a tick. */
  readonly perTick: number
  readonly everyMs: number
}

/** Events of a whole run of one stream. */
export const eventsOf = ({ ticks, perTick }: Play): number => ticks * perTick

/** Now, by a clock that all processes of a machine share, in ms. */
export const nowMs = (): number => performance.timeOrigin + performance.now()

/** The payloads of one tick after the other, each when it is due. */
export async function* ticksOf({ ticks, perTick, everyMs }: Play): AsyncGenerator<string[]> {
  let due = performance.now()
  for (let n = 0; n < ticks; n++) {
    yield Array.from({ length: perTick }, (_, at) => payloadOf(n * perTick + at))
    due += everyMs
    await pause(Math.max(0, due - performance.now()))
  }
}

// What an agent writes for a few words, with the time it was made.
function payloadOf(seq: number): string {
  const delta = 'eight words or so of what an agent says '
  return JSON.stringify({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'm-1', at: nowMs(), seq, delta })
}
