// A source as one transport: opened only when it is read, so that nothing waits while the stage is set, and watched on
// the way: how many events came, and how late each was by the recording's own pace.
import { orAborted } from '../transport/or-aborted.ts'
import type { OpenOptions, Read, Transport } from '../transport/transport.ts'
import type { Recording } from '../wire/recording.ts'
import type { LabSource } from './options.ts'

/** A transport that remembers. */
export interface Watched extends Transport {
  /** Producer's events so far. */
  readonly events: number
  /** When the first of them arrived, by the clock; NaN before. */
  readonly firstAt: number
  /** Lateness of all but one event in twenty, against the most punctual one, in ms; null where it cannot be told. */
  lateMs(): number | null
  /** Keeps an error for `check`. */
  failed(error: unknown): void
  /** @throws the first error, of the source or of what was kept */
  check(): void
  /** Frees the source. */
  close(): void
}

/** Watches one play of `recording` from `source`; `onFirst` is told of the first event. */
export function watch(
  source: LabSource,
  recording: Recording,
  signal: AbortSignal,
  onFirst: () => void,
): Watched {
  const late = new Float64Array(recording.events.length)
  const failures: unknown[] = []
  let close = (): void => {}
  let events = 0
  let firstAt = NaN
  const arrived = ({ at, frames }: Read): void => {
    for (const { event } of frames) {
      if (event.startsWith('relay.')) continue
      if (events === 0) {
        firstAt = at
        onFirst()
      }
      const due = recording.events[events]?.t
      if (due !== undefined) late[events] = at - due
      events++
    }
  }
  async function* open(options: OpenOptions): AsyncGenerator<Read> {
    try {
      const starting = Promise.resolve(source(recording, { signal }))
      const feed = await orAborted(starting, signal, (late) => late.close?.())
      if (feed === null) return
      close = feed.close ?? close
      for await (const read of feed.transport.open(options)) {
        arrived(read)
        yield read
        // Whatever the source does after the last of them, say wait for more, is not its business.
        if (events >= recording.events.length) break
      }
    } catch (error) {
      // Being cut is not the source's failure, whatever it throws then.
      if (!signal.aborted) failures.push(error)
    }
  }
  return {
    name: 'lab',
    open,
    get events() {
      return events
    },
    get firstAt() {
      return firstAt
    },
    lateMs() {
      if (events === 0 || events !== recording.events.length) return null
      const sorted = late.toSorted()
      return (sorted[Math.ceil(0.95 * events) - 1] ?? NaN) - (sorted[0] ?? NaN)
    },
    failed: (error) => void failures.push(error),
    check() {
      if (failures.length > 0) throw failures[0]
    },
    close: () => close(),
  }
}
