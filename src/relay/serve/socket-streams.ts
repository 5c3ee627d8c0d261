// The streams on one WebSocket. What a stream's viewer writes are the very bytes of SSE, behind one line that names the
// stream; so there is one encoder and one viewer for both transports.
import type { WebSocket } from 'ws'
import { RELAY_EVENT } from '../../wire/protocol.ts'
import type { RelayErrorCode } from '../../wire/protocol.ts'
import type { Grant } from '../door/access.ts'
import { createAckWindow } from './ack-window.ts'
import type { AckWindow } from './ack-window.ts'
import { countRefusal } from '../counters.ts'
import { encodeError, encodeRelayEvent } from '../hub/frame.ts'
import type { RelayRequest } from '../request.ts'
import { createGate } from '../hub/gate.ts'
import { checkResume } from '../hub/resume.ts'
import { WRITE_BYTES } from '../hub/ring.ts'
import { encodeHello } from './sse.ts'
import type { Service } from './service.ts'
import { createViewer } from '../hub/viewer.ts'
import type { Viewer } from '../hub/viewer.ts'
import type { Stay } from '../hub/viewers.ts'

/** What to begin with. */
export interface Subscribe {
  readonly stream: string
  readonly after: string | null
  readonly timing: boolean
  /** Null takes what came with the upgrade. */
  readonly token: string | null
}

/** The streams of one socket. */
export interface SocketStreams {
  subscribe(what: Subscribe): Promise<void>
  /** Lets those that a token is for go on as long as it says. */
  renew(token: string): Promise<void>
  /** The client has all up to a cursor; false when that changes nothing. */
  ack(stream: string, cursor: string): boolean
  /** Says what was wrong with a message; the stream it names goes on. */
  refuse(stream: string, message: string): void
  drop(stream: string): void
  has(stream: string): boolean
  count(): number
  close(): void
}

// One that was dropped and made anew is another: what waited for the first must not serve the second.
interface Subscription {
  readonly window: AckWindow
  /** Null while its token and its resume are being checked. */
  viewer: Viewer | null
  stay?: Stay
  leave?: () => void
  /** What a token that came meanwhile gives. */
  renewed?: Grant
}

const READS = 2

/** What the streams know of their socket. */
export interface SocketSide {
  readonly ws: WebSocket
  /** The one that opened it. */
  readonly request: RelayRequest
  /** Called when a stream has begun. */
  readonly onGranted: () => void
  /** Called when the last stream has gone while the socket is open. */
  readonly onEmpty: () => void
}

/** Creates the streams of a socket. */
export function createSocketStreams(
  { hubs, viewers, settings, access, limits, logger }: Service,
  { ws, request, onGranted, onEmpty }: SocketSide,
): SocketStreams {
  const streams = new Map<string, Subscription>()
  const gate = createGate(READS) // whoever has read may write: so many writes beyond what is full
  let renewing: string | null = null
  const sinceMs = settings.nowMs() // what cuts a connection off counts from its beginning

  function send(stream: string, bytes: Buffer): boolean {
    if (ws.readyState !== ws.OPEN) return true
    ws.send(Buffer.concat([Buffer.from(`{"stream":"${stream}"}\n`), bytes]), onSent)
    return ws.bufferedAmount < WRITE_BYTES
  }

  function onSent(): void {
    for (const subscription of streams.values()) drain(subscription)
  }

  function drain({ viewer, window }: Subscription): void {
    if (ws.bufferedAmount < WRITE_BYTES && !window.isFull()) viewer?.drained()
  }

  function isCurrent(stream: string, subscription: Subscription): boolean {
    return streams.get(stream) === subscription && ws.readyState === ws.OPEN
  }

  async function subscribe(what: Subscribe): Promise<void> {
    const { stream, token } = what
    const subscription: Subscription = { window: createAckWindow(), viewer: null }
    streams.set(stream, subscription)
    try {
      const grant = await access.check(request, token, stream, 'read')
      if (!isCurrent(stream, subscription)) return
      if (grant === 'unauthorized') deny(stream, grant, 'expected a valid "token"')
      else if (typeof grant === 'string') deny(stream, 'not-found', 'no stream for you')
      else await begin(what, grant, subscription)
    } catch (error) {
      logger.warn(`subscribe to ${stream} failed: ${String(error)}`)
      if (isCurrent(stream, subscription)) {
        deny(stream, 'backend-unavailable', 'the relay has failed; its log says how')
      }
    }
  }

  async function begin(
    { stream, after, timing }: Subscribe,
    grant: Grant,
    subscription: Subscription,
  ): Promise<void> {
    const leave = limits.view(stream)
    if (leave === null) return deny(stream, 'overloaded', 'too many viewers of this stream')
    subscription.leave = leave
    onGranted()
    send(stream, encodeHello(stream, settings.heartbeatMs))
    const hub = hubs.get(stream)
    const { over, page } = await checkResume(hub, after, settings.counters)
    if (!isCurrent(stream, subscription)) return
    if (over !== null) {
      send(stream, encodeRelayEvent(RELAY_EVENT.end, { reason: over }))
      return drop(stream)
    }
    const sink = {
      write,
      end: () => drop(stream),
      waiting: () => ws.bufferedAmount,
      inTurn: <T>(read: () => Promise<T>) => gate.pass(stream, read),
    }
    const viewer = createViewer({ settings, hub, sink, after, page, timing })
    if (!isCurrent(stream, subscription)) return viewer.close() // over before it was known here
    const { untilMs } = subscription.renewed ?? grant
    subscription.stay = viewers.add(viewer, { transport: 'webSocket', untilMs, sinceMs })
    subscription.viewer = viewer

    function write(bytes: Buffer, position: string | null): boolean {
      subscription.window.sent(bytes.length, position)
      return send(stream, bytes) && !subscription.window.isFull()
    }
  }

  // One after the other, however many tokens come: of those that wait, the last.
  async function renew(token: string): Promise<void> {
    const isRunning = renewing !== null
    renewing = token
    if (isRunning) return
    for (let given: string | null = null; given !== renewing;) {
      given = renewing
      const all = Array.from(streams, (one) => extend(...one, given))
      await Promise.all(all)
    }
    renewing = null
  }

  async function extend(stream: string, subscription: Subscription, token: string): Promise<void> {
    try {
      const grant = await access.check(request, token, stream, 'read')
      if (typeof grant === 'string') return
      subscription.renewed = grant
      subscription.stay?.extend(grant.untilMs)
    } catch (error) {
      logger.warn(`auth for ${stream} failed: ${String(error)}`)
    }
  }

  function ack(stream: string, cursor: string): boolean {
    const subscription = streams.get(stream)
    if (!subscription?.window.ack(cursor)) return false
    drain(subscription)
    return true
  }

  function refuse(stream: string, message: string): void {
    send(stream, encodeError('bad-request', message))
  }

  function deny(stream: string, code: RelayErrorCode, message: string): void {
    countRefusal(settings.counters, code)
    send(stream, encodeError(code, message))
    drop(stream)
  }

  function drop(stream: string): void {
    const { stay, leave } = streams.get(stream) ?? {}
    streams.delete(stream)
    stay?.end()
    leave?.()
    if (streams.size === 0 && ws.readyState === ws.OPEN) onEmpty()
  }

  function close(): void {
    for (const stream of streams.keys()) drop(stream)
  }

  return {
    subscribe,
    renew,
    ack,
    refuse,
    drop,
    has: (stream) => streams.has(stream),
    count: () => streams.size,
    close,
  }
}
