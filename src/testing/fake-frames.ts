// Frames as a relay would bring them, for transports that a test plays by hand.
import type { Frame } from '../core/protocol.ts'
import {
  RELAY_EVENT,
  type RelayCaughtUp,
  type RelayEnd,
  type RelayError,
  type RelayGap,
  type RelayHello,
} from '../wire/protocol.ts'

/** A payload's text, an event object to be sent as JSON, or a whole frame. */
export type FakeFrame = string | object | Frame

/** What each of the relay's own events carries. */
export interface RelayData {
  /** First of every connection. */
  readonly hello: Partial<RelayHello>
  /** All that was in the log has been sent. */
  readonly caughtUp: Partial<RelayCaughtUp>
  /** Events are lost. */
  readonly gap: Partial<RelayGap>
  /** The run is over. */
  readonly end: Partial<RelayEnd>
  /** One event, or the stream, could not be served. */
  readonly error: Partial<RelayError>
  /** The relay is going away. */
  readonly reconnect: object
}

/**
 * One event with its cursor: what a resume goes on after.
 * @example transport.send(eventFrame({ type: 'RUN_FINISHED' }, 'c-7'))
 */
export function eventFrame(payload: string | object, id?: string | undefined): Frame {
  const data = typeof payload === 'string' ? payload : JSON.stringify(payload)
  return { event: 'message', id, data }
}

/**
 * One of the relay's own events.
 * @example transport.send(relayFrame('gap', { reason: 'trimmed', from: 'c-1', to: 'c-9' }))
 */
export function relayFrame<Name extends keyof RelayData>(name: Name, data: RelayData[Name]): Frame {
  return { event: RELAY_EVENT[name], id: undefined, data: JSON.stringify(data) }
}

/** Makes a whole frame of what a test wrote. */
export function toFrame(frame: FakeFrame): Frame {
  if (typeof frame === 'string') return eventFrame(frame)
  return 'data' in frame && 'event' in frame ? (frame as Frame) : eventFrame(frame)
}
