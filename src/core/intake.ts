// Frames to queue items: decodes, counts what cannot be decoded, and reads what the relay itself says.
// Calls nobody back: an item carries all that the application is to be told.
import { RELAY_EVENT } from '../wire/protocol.ts'
import { AgentStreamError } from './errors.ts'
import type { AgentEvent } from './events.ts'
import { type Decoded, endsRun, type Frame, malformed, type Protocol } from './protocol.ts'
import { type Mark, marked, NO_ERRORS, type Received } from './received.ts'
import { endReasonIn, errorIn, gapIn } from './relay-words.ts'
import type { Tap } from './tap.ts'

/** So many first events may be unknown before the protocol is taken for the wrong one. */
export const MISMATCH_AFTER = 20

/** Options of {@link createIntake}. */
export interface IntakeOptions {
  readonly protocol: Protocol
  readonly tap: Pick<Tap, 'rejected'>
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
}

/** Makes the intake of one stream; it lives across reconnects. */
export function createIntake({ protocol, tap, fitting }: IntakeOptions): Intake {
  const memory = protocol.start?.(0)
  const isTerminal = protocol.terminal ?? endsRun
  let cursor: string | null = null
  let begun = false
  let ended = false
  // Unknown events in a row since the very first one; negative once the protocol has proved to fit.
  let strangers = 0

  // An empty id takes the cursor back: https://html.spec.whatwg.org/multipage/server-sent-events.html
  const moveTo = (id: string | undefined): void => {
    if (id !== undefined) cursor = id === '' ? null : id
  }
  const note = (event: AgentEvent): void => {
    if (isTerminal(event)) ended = true
    else if (event.type === 'RUN_STARTED') ended = false
  }
  // Whatever a protocol throws costs one event and not the stream.
  const decode = (frame: Frame): Decoded => {
    try {
      moveTo(protocol.cursor?.(frame) ?? frame.id)
      const decoded = protocol.decode(frame, memory)
      if (decoded.kind === 'events') decoded.events.forEach(note)
      return decoded
    } catch (cause) {
      return malformed(cause)
    }
  }
  const refuse = (reason: string): AgentStreamError => {
    tap.rejected('malformed')
    const place = cursor === null ? 'an event without id' : `event ${cursor}`
    return new AgentStreamError('malformed-event', `${place}: ${reason}`)
  }
  const item = (events: Received['events'], errors = NO_ERRORS, mark?: Mark): Received => ({
    cursor,
    events,
    mark,
    counted: true,
    errors,
  })
  const takeEvent = (frame: Frame): Received => {
    begun = true
    const decoded = decode(frame)
    if (decoded.kind === 'events') {
      strangers = -1
      return item(decoded.events)
    }
    if (decoded.kind === 'unknown') tap.rejected('unknown')
    const errors = decoded.kind === 'malformed' ? [refuse(decoded.reason)] : NO_ERRORS
    if (strangers < 0 || ++strangers !== MISMATCH_AFTER) return item([], errors)
    const error = mismatchError(protocol.name, fitting(frame.data))
    return item([], [...errors, error], { type: 'error', error })
  }
  const takeError = ({ id, data }: Frame): Received => {
    const { code, message } = errorIn(data)
    moveTo(id)
    if (id !== undefined) return item([], [refuse(message)])
    const final = code === 'not-started'
    const error = new AgentStreamError(final ? code : 'relay-error', message)
    return marked({ type: final ? 'given-up' : 'error', error }, [error])
  }
  const takeGap = ({ data }: Frame): Received => {
    const gap = gapIn(data)
    return gap === null
      ? item([], [refuse(`expected a gap with its reason, got ${data.slice(0, 80)}`)])
      : marked({ type: 'gap', gap })
  }
  const takeEnd = ({ data }: Frame): Received => {
    ended = true
    return marked({ type: 'end', reason: endReasonIn(data) })
  }
  return {
    take(frame) {
      if (!frame.event.startsWith('relay.')) return takeEvent(frame)
      if (frame.event === RELAY_EVENT.error) return takeError(frame)
      if (frame.event === RELAY_EVENT.gap) return takeGap(frame)
      return frame.event === RELAY_EVENT.end ? takeEnd(frame) : null
    },
    cursor: () => cursor,
    resumable: () => !ended && protocol.resume === 'cursor' && (cursor !== null || !begun),
    ended: () => ended,
  }
}

function mismatchError(name: string, fitting: string | null): AgentStreamError {
  const advice = fitting === null ? 'no known protocol fits' : `they look like \`${fitting}\``
  return new AgentStreamError(
    'protocol-mismatch',
    `the first ${MISMATCH_AFTER} events are all unknown to protocol \`${name}\`; ${advice}`,
  )
}
