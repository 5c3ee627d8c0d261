// The words of a mocked relay, to the byte those of the real one: events with their cursors, and its own events.
import {
  HEARTBEAT_MS,
  type RelayErrorCode,
  RELAY_EVENT,
  type RelayGap,
  type RelayHello,
  WIRE_VERSION,
} from '../wire/protocol.ts'

/** What a producer appends: an object is sent as JSON, a string as it is. */
export type MockPayload = string | object

/** A comment that keeps a silent connection alive. */
export const HEARTBEAT = ': heartbeat\n\n'

const CURSOR_FORM = /^M-([1-9]\d{0,14})$/

/** The cursor of the nth event, from 1. */
export const cursorAt = (position: number): string => `M-${position}`

/** The place that a cursor names, from 1, or null when it is none of a mocked relay. */
export function positionOf(cursor: string): number | null {
  const [, position] = CURSOR_FORM.exec(cursor) ?? []
  return position === undefined ? null : Number(position)
}

/** The text of a payload, as a producer would write it. */
export function textOfPayload(payload: MockPayload): string {
  return typeof payload === 'string' ? payload : JSON.stringify(payload)
}

/** One event of the producer; line breaks make several `data:` lines. */
export function eventText(cursor: string, data: string): string {
  return `id: ${cursor}\ndata: ${data.replaceAll(/\r\n|\r|\n/g, '\ndata: ')}\n\n`
}

/** One of the relay's own events. */
export function relayText(
  name: keyof typeof RELAY_EVENT,
  data: object,
  id?: string | undefined,
): string {
  const head = id === undefined ? '' : `id: ${id}\n`
  return `${head}event: ${RELAY_EVENT[name]}\ndata: ${JSON.stringify(data)}\n\n`
}

/** First event of every connection. */
export function helloText(stream: string): string {
  const hello: RelayHello = { version: WIRE_VERSION, stream, heartbeatMs: HEARTBEAT_MS }
  return relayText('hello', hello)
}

/** A known loss. */
export function gapText({ reason, from, to }: RelayGap): string {
  return relayText('gap', { reason, from, to })
}

/** A `relay.error`; with an id it stands for an event that could not be sent. */
export function errorText(code: RelayErrorCode, message: string, id?: string): string {
  return relayText('error', { code, message }, id)
}
