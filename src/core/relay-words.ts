// What the relay says of a stream, read with suspicion: anybody can send an event of that name.
import type { EndReason, GapReason, RelayGap } from '../wire/protocol.ts'

/** The loss that a `relay.gap` tells of, or null when it names no reason. */
export function gapIn(data: string): RelayGap | null {
  const { reason, from, to } = fieldsOf(data)
  // A newer relay may know more reasons; a loss must be shown all the same.
  return typeof reason === 'string'
    ? { reason: reason as GapReason, from: cursorOf(from), to: cursorOf(to) }
    : null
}

/** How a run ended by its `relay.end`, or null when that does not say so. */
export function endReasonIn(data: string): EndReason | null {
  const { reason } = fieldsOf(data)
  return reason === 'completed' || reason === 'stopped' || reason === 'failed' ? reason : null
}

/** How long the relay is silent at most, in ms, by its `relay.hello`; null when it does not say. */
export function heartbeatIn(data: string): number | null {
  const { heartbeatMs } = fieldsOf(data)
  return typeof heartbeatMs === 'number' && heartbeatMs > 0 ? heartbeatMs : null
}

/** When to come back, in ms, by a `relay.reconnect`; null when it does not say. */
export function comeBackIn(data: string): number | null {
  const { afterMs } = fieldsOf(data)
  return typeof afterMs === 'number' && afterMs >= 0 ? afterMs : null
}

/** Code and message of a `relay.error`. */
export function errorIn(data: string): Readonly<Record<'code' | 'message', string>> {
  const { code, message } = fieldsOf(data)
  return { code: String(code), message: `${String(code)}: ${String(message)}` }
}

type Fields = Readonly<Record<string, unknown>>

function fieldsOf(data: string): Fields {
  try {
    const value: unknown = JSON.parse(data)
    return typeof value === 'object' && value !== null ? (value as Fields) : {}
  } catch {
    return {}
  }
}

const cursorOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)
