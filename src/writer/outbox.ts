// The events that Redis has not acknowledged yet, by their index among all events of the writer. None leaves before it
// is acknowledged, and none changes once it is in: a batch that is sent twice holds the same bytes.
import type { Batch, Outgoing } from './append-script.ts'

/** Events under way. */
export interface Outbox {
  push(event: Outgoing): void
  /** A batch from this index on, of no more than a Redis should be busy with at once. */
  take(from: number): Batch
  /** All before this index are written. */
  acknowledge(until: number): void
  /** Index of the first event that is not acknowledged; equal to `end` when all are. */
  start(): number
  /** Index of the next event to come. */
  end(): number
  /** Bytes that are not acknowledged. */
  bytes(): number
}

/** A script is run in one go: longer ones would make everybody else wait. */
const BATCH_EVENTS = 256
const BATCH_BYTES = 256 * 1024

/** Creates an empty outbox. */
export function createOutbox(): Outbox {
  const events: Outgoing[] = []
  let start = 0
  let bytes = 0
  return {
    push(event) {
      events.push(event)
      bytes += event.bytes
    },
    take(from) {
      const taken: Outgoing[] = []
      let size = 0
      for (let at = from - start; at < events.length && taken.length < BATCH_EVENTS; at++) {
        const event = events[at] as Outgoing
        if (taken.length > 0 && size + event.bytes > BATCH_BYTES) break
        size += event.bytes
        taken.push(event)
      }
      return { first: from, events: taken }
    },
    acknowledge(until) {
      if (until <= start) return
      for (const event of events.splice(0, until - start)) bytes -= event.bytes
      start = until
    },
    start: () => start,
    end: () => start + events.length,
    bytes: () => bytes,
  }
}
