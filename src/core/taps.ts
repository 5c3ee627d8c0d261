// One tap made of several: the stream's own meter, and whoever else listens for a while. Nobody else costs a look at a
// list of one.
import type { Tap } from './tap.ts'

/** A tap that others can be let into. */
export interface Taps extends Required<Omit<Tap, 'rendered'>> {
  /** Lets one in, until the returned function is called. */
  add(tap: Tap): () => void
}

/** @param meter always told, and first; it alone is told of renders, by whoever renders */
export function createTaps(meter: Tap): Taps {
  // Replaced, never changed: one that leaves in the middle of a call does not move the others.
  let taps: readonly Tap[] = [meter]
  return {
    connection(status) {
      for (const tap of taps) tap.connection(status)
    },
    read(arrival, decodedAt, events, chars) {
      for (const tap of taps) tap.read(arrival, decodedAt, events, chars)
    },
    received(frame, at) {
      for (const tap of taps) tap.received?.(frame, at)
    },
    replaced() {
      for (const tap of taps) tap.replaced?.()
    },
    moved(cursor) {
      for (const tap of taps) tap.moved?.(cursor)
    },
    rejected(kind) {
      for (const tap of taps) tap.rejected(kind)
    },
    flushed(events, startedAt, reducedAt, committedAt) {
      for (const tap of taps) tap.flushed(events, startedAt, reducedAt, committedAt)
    },
    painted(at, paintMs) {
      for (const tap of taps) tap.painted(at, paintMs)
    },
    add(tap) {
      taps = [...taps, tap]
      return () => {
        taps = taps.filter((one) => one !== tap)
      }
    },
  }
}
