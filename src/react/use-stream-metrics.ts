'use client'
// The meter's numbers in a component of its own: looked at four times a second, and only while they can change.
import { useEffect, useState } from 'react'
import type { AgentStream, StreamCounts } from '../index.ts'

const PERIOD_MS = 250
// Rates are of five seconds: so long after the last change they still move.
const LOOKS = 5500 / PERIOD_MS

/**
 * What the stream's meter knows, brought up to date at most four times a second. Nothing but the component that calls it
 * is rendered, and that is not counted as a render of the stream.
 * @example const { eventsPerSecond, stages } = useStreamMetrics(stream)
 */
export function useStreamMetrics<State, Snapshot extends StreamCounts, Input>(
  stream: AgentStream<State, Snapshot, Input>,
): Snapshot {
  const [seen, see] = useState(() => lookAt(stream))
  useEffect(() => {
    let looks = LOOKS
    const unsubscribe = stream.store.subscribe(() => (looks = LOOKS))
    const timer = setInterval(() => {
      if (looks-- > 0) see(lookAt(stream))
    }, PERIOD_MS)
    return () => {
      clearInterval(timer)
      unsubscribe()
    }
  }, [stream])
  return seen.stream === stream ? seen.snapshot : stream.metrics.snapshot()
}

function lookAt<State, Snapshot extends StreamCounts, Input>(
  stream: AgentStream<State, Snapshot, Input>,
): { readonly stream: typeof stream; readonly snapshot: Snapshot } {
  return { stream, snapshot: stream.metrics.snapshot() }
}
