// The reading of one log: its protocol, what that remembers, and whether the two fit each other at all.
import { AgentStreamError } from './errors.ts'
import { type Decoded, type Frame, malformed, type Protocol } from './protocol.ts'
import { type Mark, NO_ERRORS, type Received } from './received.ts'
import type { Tap } from './tap.ts'

/** So many first events may be unknown before the protocol is taken for the wrong one. */
export const MISMATCH_AFTER = 20

/** Options of {@link createReading}. */
export interface ReadingOptions {
  readonly protocol: Protocol
  readonly tap: Pick<Tap, 'rejected'>
  /** Name of the protocol that a payload looks like, for the message of a mismatch. */
  readonly fitting: (data: string) => string | null
}

/** Decodes the frames of one log, in order. */
export interface Reading {
  /** What the protocol remembers. */
  readonly memory: unknown
  /** Makes a frame an item of the queue that stands at this cursor. */
  read(frame: Frame, cursor: string | null): Received
  /** A frame that cannot be read: counted, and told as an error. */
  refuse(reason: string, cursor: string | null): AgentStreamError
}

/** Begins a reading. @param memory what the protocol remembers of the log so far */
export function createReading(options: ReadingOptions, memory: unknown): Reading {
  const { protocol, tap, fitting } = options
  // Unknown events in a row since the very first one; negative once the protocol has proved to fit.
  let strangers = 0
  // Whatever a protocol throws costs one event and not the stream.
  const decode = (frame: Frame): Decoded => {
    try {
      return protocol.decode(frame, memory)
    } catch (cause) {
      return malformed(cause)
    }
  }
  const refuse: Reading['refuse'] = (reason, cursor) => {
    tap.rejected('malformed')
    const place = cursor === null ? 'an event without id' : `event ${cursor}`
    return new AgentStreamError('malformed-event', `${place}: ${reason}`)
  }
  return {
    memory,
    refuse,
    read(frame, cursor) {
      const item = (events: Received['events'], errors = NO_ERRORS, mark?: Mark): Received => ({
        cursor,
        events,
        mark,
        counted: true,
        errors,
      })
      const decoded = decode(frame)
      if (decoded.kind === 'events') {
        // A ping fits every protocol.
        if (decoded.events.length > 0) strangers = -1
        return item(decoded.events)
      }
      if (decoded.kind === 'unknown') tap.rejected('unknown')
      const errors = decoded.kind === 'malformed' ? [refuse(decoded.reason, cursor)] : NO_ERRORS
      if (strangers < 0 || ++strangers !== MISMATCH_AFTER) return item([], errors)
      const error = mismatchError(protocol.name, fitting(frame.data))
      return item([], [...errors, error], { type: 'error', error })
    },
  }
}

function mismatchError(name: string, fitting: string | null): AgentStreamError {
  const advice = fitting === null ? 'no known protocol fits' : `they look like \`${fitting}\``
  return new AgentStreamError(
    'protocol-mismatch',
    `the first ${MISMATCH_AFTER} events are all unknown to protocol \`${name}\`; ${advice}`,
  )
}
