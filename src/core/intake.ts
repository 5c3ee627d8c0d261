// Frames to queue items: decodes, counts what cannot be decoded, and reads what the relay itself says.
import { RELAY_EVENT, type RelayEnd, type RelayError, type RelayGap } from '../wire/protocol.ts'
import { AgentStreamError } from './errors.ts'
import type { AgentEvent } from './events.ts'
import { endsRun, type Frame, type Protocol } from './protocol.ts'
import { type Mark, marked, type Received } from './received.ts'
import type { Tap } from './tap.ts'

/** So many first events may be unknown before the protocol is taken for the wrong one. */
export const MISMATCH_AFTER = 20

/** Options of {@link createIntake}. */
export interface IntakeOptions {
  readonly protocol: Protocol
  readonly tap: Pick<Tap, 'rejected'>
  readonly onEvent: (cursor: string | null, event: AgentEvent, raw: string) => void
  readonly onError: (error: AgentStreamError) => void
  /** Name of the protocol that a payload looks like, for the message of a mismatch. */
  readonly fitting: (data: string) => string | null
}

/** The door of the queue. */
export interface Intake {
  /** Makes a frame an item; null for a frame that only the wire needs. */
  take(frame: Frame): Received | null
  /** Cursor of the last frame that had one. */
  cursor(): string | null
  /** True when another connection can go on without a loss: there is a cursor, or nothing came yet. */
  resumable(): boolean
  /** True after a terminal event, until another run begins. */
  ended(): boolean
  /** True once the relay has said that nothing follows. */
  complete(): boolean
}

/** Makes the intake of one stream; it lives across reconnects. */
export function createIntake(options: IntakeOptions): Intake {
  const { protocol, tap, onEvent, onError } = options
  const memory = protocol.start?.()
  const isTerminal = protocol.terminal ?? endsRun
  let cursor: string | null = null
  let begun = false
  let ended = false
  let complete = false
  // Unknown events in a row since the very first one; negative once the protocol has proved to fit.
  let strangers = 0

  const refuse = (reason: string): void => {
    tap.rejected('malformed')
    const place = cursor === null ? 'an event without id' : `event ${cursor}`
    onError(new AgentStreamError('malformed-event', `${place}: ${reason}`))
  }
  const note = (event: AgentEvent, raw: string): void => {
    if (isTerminal(event)) ended = true
    else if (event.type === 'RUN_STARTED') ended = false
    onEvent(cursor, event, raw)
  }
  const mismatch = (data: string): Mark | undefined => {
    if (strangers < 0 || ++strangers !== MISMATCH_AFTER) return undefined
    const error = mismatchError(protocol.name, options.fitting(data))
    onError(error)
    return { type: 'error', error }
  }
  const takeEvent = (frame: Frame): Received => {
    const id = protocol.cursor?.(frame) ?? frame.id
    if (id !== undefined) cursor = id
    begun = true
    const decoded = protocol.decode(frame, memory)
    if (decoded.kind === 'events') {
      strangers = -1
      for (const event of decoded.events) note(event, frame.data)
      return { cursor: id, events: decoded.events, mark: undefined, counted: true }
    }
    if (decoded.kind === 'malformed') refuse(decoded.reason)
    else tap.rejected('unknown')
    return { cursor: id, events: [], mark: mismatch(frame.data), counted: true }
  }
  const takeError = (id: string | undefined, { code, message }: RelayError): Received => {
    if (id !== undefined) {
      cursor = id
      refuse(`${code}: ${message}`)
      return { cursor: id, events: [], mark: undefined, counted: true }
    }
    const notStarted = code === 'not-started'
    complete ||= notStarted
    const error = new AgentStreamError(notStarted ? code : 'relay-error', `${code}: ${message}`)
    onError(error)
    return marked({ type: notStarted ? 'given-up' : 'error', error })
  }
  const takeControl = ({ event, id, data }: Frame): Received | null => {
    const payload = parseObject(data)
    if (event === RELAY_EVENT.gap) return marked({ type: 'gap', gap: payload as RelayGap })
    if (event === RELAY_EVENT.error) return takeError(id, payload as RelayError)
    if (event !== RELAY_EVENT.end) return null
    ended = complete = true
    return marked({ type: 'end', reason: (payload as RelayEnd).reason ?? null })
  }
  return {
    take: (frame) => (frame.event.startsWith('relay.') ? takeControl(frame) : takeEvent(frame)),
    cursor: () => cursor,
    resumable: () => !ended && protocol.resume === 'cursor' && (cursor !== null || !begun),
    ended: () => ended,
    complete: () => complete,
  }
}

function mismatchError(name: string, fitting: string | null): AgentStreamError {
  const advice = fitting === null ? 'no known protocol fits' : `they look like \`${fitting}\``
  return new AgentStreamError(
    'protocol-mismatch',
    `the first ${MISMATCH_AFTER} events are all unknown to protocol \`${name}\`; ${advice}`,
  )
}

// The relay speaks JSON objects; whatever else claims to be the relay says nothing.
function parseObject(data: string): object {
  try {
    const value: unknown = JSON.parse(data)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}
