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
  for (let start = 0, end = 1; start < events.length; start = end++) {
    while (end < events.length && lengthenOnePart(events[start], events[end])) end++
    if (end - start > 1) {
      merged ??= events.slice(0, start)
      merged.push(join(events.slice(start, end) as DeltaEvent[]))
    } else {
      merged?.push(events[start] as AgentEvent)
    }
  }
  return merged ?? events
}

// One join per run: a rope of thousands of one-character deltas would be flattened only when it is painted.
function join(run: readonly DeltaEvent[]): AgentEvent {
  return { ...(run[0] as DeltaEvent), delta: run.map((event) => event.delta).join('') }
}

function lengthenOnePart(one: AgentEvent | undefined, next: AgentEvent | undefined): boolean {
  if (one?.type !== next?.type) return false
  switch (one?.type) {
    case 'TEXT_MESSAGE_CONTENT':
    case 'REASONING_MESSAGE_CONTENT':
      return one.messageId === (next as typeof one).messageId
    case 'TOOL_CALL_ARGS':
      return one.toolCallId === (next as typeof one).toolCallId
    default:
      return false
  }
}
