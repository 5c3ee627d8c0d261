// A stream that is nothing but its tap: a test tells it what a pipeline would, at times of its own.
import { createCounts, type StreamCounts, type Tap } from '../../../src/core/tap.ts'
import type { Traceable } from '../../../src/metrics/export/trace-stream.ts'
import { createManualClock } from '../../../src/testing/manual-clock.ts'

/** A stream in a test's hand; `tell` throws where nobody listens. */
export function aTraceable(snapshot: () => StreamCounts = createCounts().snapshot) {
  const taps = new Set<Tap>()
  const clock = createManualClock()
  const stream: Traceable = {
    id: 'https://relay.example/v1/streams/run-1/events?ticket=secret',
    metrics: { snapshot },
    tap(make) {
      const tap = make({ clock, protocol: 'ag-ui' })
      taps.add(tap)
      tap.connection('idle')
      return () => taps.delete(tap)
    },
  }
  const tell = (what: (tap: Tap) => void): void => taps.forEach(what)
  return { stream, clock, taps, tell }
}
