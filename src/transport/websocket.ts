// Streams of the relay over WebSocket; all of a page share one socket. To the byte, what SSE would bring: each
// subscription has a parser of its own, ends where an SSE body would end, and is refused as a request would be.
import type { Clock } from '../core/clock.ts'
import { AgentStreamError, wordsOf } from '../core/errors.ts'
import type { Frame } from '../core/protocol.ts'
import { errorIn } from '../core/relay-words.ts'
import { RELAY_EVENT, STREAM_ID } from '../wire/protocol.ts'
import { absoluteUrl } from './absolute-url.ts'
import { createFrameParser } from './frame-parser.ts'
import { createInbox, type Inbox } from './inbox.ts'
import { provide, type Provided } from './provided.ts'
import { relayRequests } from './relay-requests.ts'
import {
  joinSocket,
  type Passenger,
  type Seat,
  type WebSocketConstructor,
} from './shared-socket.ts'
import type { OpenOptions, OpenReason, Read, Transport } from './transport.ts'

/** Options of {@link webSocket}. */
export interface WebSocketOptions {
  /** Address of the relay's WebSocket (`/v1/ws`); may be relative, `http` becomes `ws`. */
  readonly url: string
  /** Id of the stream to read. */
  readonly stream: string
  /** Asked on every subscribe; once more after the relay refused it. @default none */
  readonly token?: Provided<string> | undefined
  /** @default the global WebSocket */
  readonly WebSocket?: WebSocketConstructor | undefined
  /** Whether streams with the same address and the same WebSocket share one socket. @default true */
  readonly shared?: boolean | undefined
  /** For asking the run to stop, which is a request of its own. @default the global fetch */
  readonly fetch?: typeof globalThis.fetch | undefined
}

/** WebSocket close codes after which a new attempt is of no use. */
const FATAL_CLOSE: ReadonlySet<number> = new Set([1002, 1003, 1007, 1008, 1010])

/**
 * How much is taken between two acks: 256 KiB, or 500 events. While the page is frozen none goes out, and the relay
 * sends little more: a browser would keep it all.
 */
const ACK_BYTES = 256 * 1024
const ACK_BYTES_PER_EVENT = ACK_BYTES / 500

/** What the relay refuses on a socket, by the status that the same request would get over SSE. */
const REFUSALS: ReadonlyMap<string, number> = new Map([
  ['bad-request', 400],
  ['unauthorized', 401],
  ['not-found', 404],
  ['overloaded', 503],
])

/**
 * Reads a stream from the relay over a WebSocket, which it shares with the page's other streams from there.
 * @example createAgentStream({ id: run, transport: webSocket({ url: '/v1/ws', stream: run }) })
 */
export function webSocket(options: WebSocketOptions): Transport {
  return {
    name: `${options.url}#${options.stream}`,
    open: (open) => readStream(options, open),
    ...relayRequests(stopUrl(options), options),
  }
}

async function* readStream(options: WebSocketOptions, open: OpenOptions): AsyncGenerator<Read> {
  const { signal } = open
  if (signal.aborted) return
  checkId(options.stream)
  const inbox = createInbox(signal)
  const leave = subscribe(options, open, inbox)
  // At once, and not when the iteration gets there: who opens anew in the same task finds the seat free.
  signal.addEventListener('abort', leave, { once: true })
  try {
    for await (const read of inbox.reads()) {
      if (signal.aborted) return
      yield read
    }
  } finally {
    signal.removeEventListener('abort', leave)
    leave()
  }
}

/** Takes a seat and fills the inbox from it; gives what leaves it. */
function subscribe(options: WebSocketOptions, open: OpenOptions, inbox: Inbox): () => void {
  const { stream, token } = options
  const { after, clock } = open
  const timing = open.timing || undefined
  const parser = createFrameParser(open.maxEventChars)
  let answered = false
  let taken = 0 // since the last ack
  let asksAgain = typeof token === 'function'

  const ask = async (seat: Seat, reason: OpenReason): Promise<void> => {
    try {
      seat.subscribe({ after, timing, token: await provide(token, reason) })
    } catch (cause) {
      const words = `the token could not be had: ${wordsOf(cause)}`
      inbox.end(new AgentStreamError('connection-failed', words, { cause }))
    }
  }
  const deliver = (at: number, frames: readonly Frame[]): void => {
    if (!answered) inbox.put({ at, frames: [] })
    answered = true
    inbox.put({ at, frames, retryMs: parser.retryMs })
  }
  const take = (at: number, frames: readonly Frame[]): void => {
    const last = frames.findIndex(isLast)
    const frame = frames[last]
    if (frame === undefined) return deliver(at, frames)
    const refusal = refusalIn(frame)
    if (refusal === null || last > 0) deliver(at, frames.slice(0, last + Number(refusal === null)))
    if (refusal?.status === 401 && asksAgain && !answered) {
      asksAgain = false
      return void ask(seat, 'unauthorized')
    }
    const retires = frame.event === RELAY_EVENT.reconnect
    if (retires) seat.retire()
    inbox.end(refusal === null ? undefined : answered ? withdrawn(refusal) : refusal)
    seat.leave(!retires) // the relay may go on for a while
  }
  const seat = takeSeat(options, clock, {
    stream,
    opened: (seat) => void ask(seat, 'connect'),
    received(bytes) {
      const at = clock.now()
      try {
        const frames = parser.parse(bytes)
        take(at, frames)
        taken += bytes.length + frames.length * ACK_BYTES_PER_EVENT
        const last = frames.findLast(({ id }) => id)?.id
        if (last === undefined || taken < ACK_BYTES) return
        taken = 0
        seat.ack(last)
      } catch (error) {
        inbox.end(error as AgentStreamError)
        seat.leave(false)
      }
    },
    closed: (code, reason) => inbox.end(code === 1000 ? undefined : closeError(code, reason)),
  })
  return () => seat.leave(false)
}

function takeSeat(options: WebSocketOptions, clock: Clock, passenger: Passenger): Seat {
  const { url, shared = true } = options
  try {
    const Socket = options.WebSocket ?? WebSocket
    return joinSocket({ url: socketUrl(url), Socket, shared }, passenger, clock)
  } catch (cause) {
    const words = `no socket can be made to ${url}: ${wordsOf(cause)}`
    throw new AgentStreamError('connection-failed', words, { cause })
  }
}

/** True for the relay's last word on a subscription: an SSE body would end after it. */
function isLast({ event, id }: Frame): boolean {
  if (event === RELAY_EVENT.error) return id === undefined
  return event === RELAY_EVENT.end || event === RELAY_EVENT.reconnect
}

function refusalIn({ event, data }: Frame): AgentStreamError | null {
  const { code, message } = errorIn(data)
  const status = event === RELAY_EVENT.error ? REFUSALS.get(code) : undefined
  if (status === undefined) return null
  return new AgentStreamError('http-status', `the relay refused the stream: ${message}`, { status })
}

/** A token that ran out under way is no refusal: another connection asks for another one. */
function withdrawn(refusal: AgentStreamError): AgentStreamError {
  if (refusal.status !== 401) return refusal
  return new AgentStreamError('connection-failed', refusal.message, { status: 401 })
}

// The relay closes the whole socket on a malformed id: one wrong stream must not take the others with it.
function checkId(stream: string): void {
  if (STREAM_ID.test(stream)) return
  const words = `expected \`stream\` to match ${STREAM_ID.source}, got ${JSON.stringify(stream)}`
  throw new AgentStreamError('http-status', words, { status: 404 })
}

function closeError(code: number, reason: string): AgentStreamError {
  const words = `the socket was closed with code ${code}${reason === '' ? '' : `: ${reason}`}`
  return new AgentStreamError(FATAL_CLOSE.has(code) ? 'relay-error' : 'connection-failed', words)
}

/** Where the relay of this socket takes requests to stop the stream; null for a socket at any other address. */
function stopUrl({ url, stream }: WebSocketOptions): string | null {
  const [, base] = /^([^?#]*\/v1\/)ws(?:[?#]|$)/.exec(url) ?? []
  if (base === undefined || !STREAM_ID.test(stream)) return null
  return `${base.replace(/^ws/, 'http')}streams/${stream}/stop`
}

function socketUrl(url: string): string {
  const absolute = absoluteUrl(url)
  absolute.protocol = absolute.protocol.replace('http', 'ws')
  return absolute.href
}
