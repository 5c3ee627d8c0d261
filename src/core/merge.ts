// Joins neighbouring deltas of one part, so that a flush reduces a part once and not once per event.
// The invariant: reducing the merged events gives what reducing the events gives. Order never changes,
// and every other event is a barrier: buffers per type would flush in the wrong order.
import type { AgentEvent, DeltaEvent } from './events.ts'

/**
 * Joins every run of deltas that follow one another and lengthen the same part.
 * Returns the very array it was given when nothing could be joined.
 */
export function mergeDeltas(events: readonly AgentEvent[]): readonly AgentEvent[] {
  let merged: AgentEvent[] | null = null
  for (let start = 0; start < events.length;) {
    const end = endOfRun(events, start)
    if (end - start > 1) {
      merged ??= events.slice(0, start)
      merged.push(join(events.slice(start, end) as DeltaEvent[]))
    } else {
      merged?.push(...events.slice(start, end))
    }
    start = end
  }
  return merged ?? events
}

function endOfRun(events: readonly AgentEvent[], start: number): number {
  const first = events[start]
  let end = start + 1
  if (first === undefined || !isDelta(first)) return end
  while (end < events.length && lengthensSamePart(first, events[end])) end++
  return end
}

// One join per run: a rope of thousands of one-character deltas would be flattened only when it is painted.
function join(run: readonly DeltaEvent[]): AgentEvent {
  return { ...(run[0] as DeltaEvent), delta: run.map((event) => event.delta).join('') }
}

function isDelta(event: AgentEvent): event is DeltaEvent {
  return (
    event.type === 'TEXT_MESSAGE_CONTENT' ||
    event.type === 'REASONING_MESSAGE_CONTENT' ||
    event.type === 'TOOL_CALL_ARGS'
  )
}

function lengthensSamePart(first: DeltaEvent, next: AgentEvent | undefined): boolean {
  if (next === undefined || next.type !== first.type) return false
  return next.type === 'TOOL_CALL_ARGS'
    ? next.toolCallId === (first as typeof next).toolCallId
    : next.messageId === (first as typeof next).messageId
}
