// Events as text: written as they are, or with the time at which they were received; and which of them end a run.
import type { EndReason } from '../wire/protocol.ts'
import { endReasonOf } from '../wire/terminal.ts'
import { fieldsOf } from './delta.ts'
import type { WriterEvent } from './delta.ts'

/** Where the time goes at which an event was received: a field of the stream entry, or a property of the JSON object. */
export type Stamp = { readonly field: string } | { readonly property: string }

/** What Suna's workers say on the control channel when a run is over. */
export const CONTROL_WORD: Readonly<Record<EndReason, string>> = {
  completed: 'END_STREAM',
  stopped: 'STOP',
  failed: 'ERROR',
}

/** The text that is written for an event. */
export function payloadOf(event: WriterEvent, stamp: Stamp | undefined, atMs: number): string {
  const text = typeof event === 'string' ? event : JSON.stringify(event)
  if (stamp === undefined || !('property' in stamp) || fieldsOf(text) === null) return text
  const rest = text.slice(text.indexOf('{') + 1)
  // In front, and the rest as it is: what the event says itself wins.
  const comma = rest.trimStart().startsWith('}') ? '' : ','
  return `{${JSON.stringify(stamp.property)}:${atMs}${comma}${rest}`
}

// Most text is no terminal event, which can be seen without parsing it.
const MAY_END = /"type"\s*:\s*"(?:status|RUN_FINISHED|RUN_ERROR)"/

/** How an event ends its run, or null when it ends nothing. */
export function endReasonOfEvent(event: WriterEvent): EndReason | null {
  if (typeof event === 'string' && !MAY_END.test(event)) return null
  return endReasonOf(fieldsOf(event))
}
