// A transport that a test plays by hand: what arrives, when it is cut, and with which error.
import { AgentStreamError } from '../core/errors.ts'
import { createInbox, type Inbox } from '../transport/inbox.ts'
import type { OpenOptions, Transport } from '../transport/transport.ts'
import { type FakeFrame, toFrame } from './fake-frames.ts'

/** A transport in a test's hand. */
export interface FakeTransport extends Transport {
  /** The cursor that each connection asked to go on after, in order, also of those that were refused. */
  readonly opened: readonly (string | null)[]
  /** True while a connection is open. */
  readonly connected: boolean
  /** How often the run was asked to end. */
  readonly cancelled: number
  /** What `stop({ cancelRun: true })` calls; it only counts. */
  cancel(): Promise<void>
  /** Lets one network read arrive. Without frames it is a sign of life. */
  send(...frames: readonly FakeFrame[]): void
  /** A sign of life: a read that brings no event. */
  heartbeat(): void
  /** The other side ends the stream. */
  end(): void
  /** The connection breaks. @default a `connection-failed` error */
  cut(error?: AgentStreamError | undefined): void
  /** The next connection is not answered but fails; each call adds one. @default a `connection-failed` error */
  refuse(error?: AgentStreamError | undefined): void
}

/**
 * Makes a transport that answers every `open` at once.
 * @example
 * const transport = fakeTransport()
 * const stream = createAgentStream({ transport, clock: createManualClock() })
 */
export function fakeTransport(): FakeTransport {
  const opened: (string | null)[] = []
  const refusals: AgentStreamError[] = []
  let current: { readonly inbox: Inbox; readonly options: OpenOptions } | null = null
  let cancelled = 0
  const opening = (): { readonly inbox: Inbox; readonly options: OpenOptions } => {
    if (current === null) {
      throw new TypeError('expected an open connection, got none: has the stream been connected?')
    }
    return current
  }
  const send = (...frames: readonly FakeFrame[]): void => {
    const { inbox, options } = opening()
    inbox.put({ at: options.clock.now(), frames: frames.map(toFrame) })
  }
  return {
    name: 'fake',
    opened,
    get connected() {
      return current !== null
    },
    get cancelled() {
      return cancelled
    },
    async *open(options) {
      opened.push(options.after)
      const refusal = refusals.shift()
      if (refusal !== undefined) throw refusal
      const inbox = createInbox(options.signal)
      current = { inbox, options }
      inbox.put({ at: options.clock.now(), frames: [] })
      try {
        yield* inbox.reads()
      } finally {
        if (current?.inbox === inbox) current = null
      }
    },
    async cancel() {
      cancelled++
    },
    send,
    heartbeat: () => send(),
    end: () => opening().inbox.end(),
    cut: (error = broken()) => opening().inbox.end(error),
    refuse: (error = broken()) => void refusals.push(error),
  }
}

const broken = (): AgentStreamError => new AgentStreamError('connection-failed', 'cut by the test')
