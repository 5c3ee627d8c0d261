// A transport that a test plays by hand: what arrives, when it is cut, and with which error.
import { AgentStreamError } from '../core/errors.ts'
import type { Frame } from '../core/protocol.ts'
import { createInbox, type Inbox } from '../transport/inbox.ts'
import type { OpenOptions, Transport } from '../transport/transport.ts'

/** A transport in a test's hand. */
export interface FakeTransport extends Transport {
  /** The cursor that each connection asked to go on after, in order. */
  readonly opened: readonly (string | null)[]
  /** True while a connection is open. */
  readonly connected: boolean
  /** Lets one network read arrive. Without frames it is a sign of life. */
  send(...frames: readonly FakeFrame[]): void
  /** The other side ends the stream. */
  end(): void
  /** The connection breaks. @default a `connection-failed` error */
  cut(error?: AgentStreamError): void
}

/** A payload's text, an event object to be sent as JSON, or a whole frame. */
export type FakeFrame = string | object | Frame

/** Makes a transport that answers every `open` at once. */
export function fakeTransport(): FakeTransport {
  const opened: (string | null)[] = []
  let current: { readonly inbox: Inbox; readonly options: OpenOptions } | null = null
  const opening = (): { readonly inbox: Inbox; readonly options: OpenOptions } => {
    if (current === null) throw new TypeError('expected an open connection, got none')
    return current
  }
  return {
    name: 'fake',
    opened,
    get connected() {
      return current !== null
    },
    async *open(options) {
      const inbox = createInbox(options.signal)
      opened.push(options.after)
      current = { inbox, options }
      inbox.put({ at: options.clock.now(), frames: [] })
      try {
        yield* inbox.reads()
      } finally {
        if (current?.inbox === inbox) current = null
      }
    },
    send(...frames) {
      const { inbox, options } = opening()
      inbox.put({ at: options.clock.now(), frames: frames.map(toFrame) })
    },
    end: () => opening().inbox.end(),
    cut: (error = new AgentStreamError('connection-failed', 'cut by the test')) =>
      opening().inbox.end(error),
  }
}

function toFrame(frame: FakeFrame): Frame {
  if (typeof frame === 'string') return { event: 'message', id: undefined, data: frame }
  if ('data' in frame && 'event' in frame) return frame as Frame
  return { event: 'message', id: undefined, data: JSON.stringify(frame) }
}
