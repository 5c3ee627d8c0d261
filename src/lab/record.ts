// Records a stream before the lab replays it: payloads as they come, with their times and cursors.
import type { Clock } from '../core/clock.ts'
import type { Transport } from '../transport/transport.ts'
import type { RecordedEvent, Recording } from '../wire/recording.ts'

/** What is recorded, and for how long at most. */
export interface RecordOptions {
  readonly transport: Transport
  readonly protocol: string
  readonly forMs: number
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** Records to the end of the stream, for `forMs`, or until `signal` is aborted. */
export async function record(options: RecordOptions): Promise<Recording> {
  const { transport, protocol, forMs, clock, signal } = options
  const enough = new AbortController()
  const ending = AbortSignal.any([signal, enough.signal])
  const cancel = clock.setTimer(() => enough.abort(), forMs)
  const events: RecordedEvent[] = []
  let startedAt = NaN
  try {
    reading: for await (const { at, frames } of transport.open({
      after: null,
      signal: ending,
      clock,
    })) {
      for (const { event, id, data } of frames) {
        if (event === 'relay.end') break reading
        if (event.startsWith('relay.')) continue
        if (Number.isNaN(startedAt)) startedAt = at
        events.push({ t: at - startedAt, id: id ?? null, data })
      }
    }
  } finally {
    cancel()
  }
  signal.throwIfAborted()
  // Not the transport's name: that is an address, which may hold a ticket, and results are shown and kept.
  return { framewise: 1, layout: 'unknown', protocol, timing: 'arrival', events }
}
