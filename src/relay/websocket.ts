// Serves many streams on one WebSocket. What a stream's viewer writes are the very bytes of SSE, behind one line that
// names the stream; so there is one encoder and one viewer for both transports.
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket, WebSocketServer } from 'ws'
import { MAX_SOCKET_STREAMS, RELAY_EVENT, STREAM_ID } from '../wire/protocol.ts'
import { WS_PATH, WS_PROTOCOL } from '../wire/protocol.ts'
import type { Access, Denial } from './access.ts'
import type { Logger } from './backend.ts'
import { CURSOR_FORMS, parseCursor } from './cursor.ts'
import { encodeError, encodeRelayEvent } from './frame.ts'
import { fromNode } from './node-http.ts'
import type { Origins } from './origins.ts'
import type { RelayRequest } from './request.ts'
import { checkResume } from './resume.ts'
import { encodeHello } from './sse.ts'
import type { ViewerService } from './sse.ts'
import { createViewer } from './viewer.ts'
import type { Viewer } from './viewer.ts'
import type { Stay } from './viewers.ts'

/** What the WebSocket side serves. */
export interface WebSocketsOptions {
  readonly service: ViewerService
  readonly access: Access
  readonly origins: Origins
  readonly logger: Logger
  /** False once the relay is going away. */
  readonly isOpen: () => boolean
}

/** The WebSocket side of a relay. */
export interface WebSockets {
  /** Takes over a socket. False when its path is not the relay's; nothing was done then. */
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): boolean
  count(): number
  close(): void
}

const MAX_MESSAGE_BYTES = 16 * 1024
const FULL_BYTES = 64 * 1024
// Who keeps asking and reads no answer is cut off; viewers alone stay far below.
const FLOOD_BYTES = 16 * 1024 * 1024
const EXPECTED =
  'expected JSON {"op":"subscribe"|"unsubscribe"|"auth"|"ack","stream":id matching ' +
  `${STREAM_ID.source},"after"?:cursor}`

/** Creates the WebSocket side. `ws` is loaded with the first upgrade. */
export function createWebSockets(options: WebSocketsOptions): WebSockets {
  const { service, access, origins, logger } = options
  let server: Promise<WebSocketServer> | null = null
  const open = new Set<WebSocket>()

  function refusal(request: RelayRequest): string | null {
    const offered = request.header('sec-websocket-protocol')?.split(',') ?? []
    if (!options.isOpen()) return '503 Service Unavailable'
    if (!origins.isKnownHost(request) || !origins.isAllowed(request)) return '403 Forbidden'
    if (!offered.some((name) => name.trim() === WS_PROTOCOL)) return '400 Bad Request'
    return null
  }

  function upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    const request = fromNode(req, (listener) => void socket.once('close', listener))
    if (request.path !== WS_PATH) return false
    socket.on('error', () => socket.destroy()) // node:http has let go of it, and would end the process
    const refused = refusal(request)
    if (refused !== null) refuse(socket, refused)
    else void accept(request, req, socket, head)
    return true
  }

  async function accept(
    request: RelayRequest,
    req: IncomingMessage,
    socket: Duplex,
    head: Buffer,
  ): Promise<void> {
    try {
      const sockets = await (server ??= newServer())
      sockets.handleUpgrade(req, socket, head, (ws) => {
        open.add(ws)
        ws.on('close', () => open.delete(ws))
        serve(service, access, request, ws)
      })
    } catch (error) {
      logger.warn(`WebSockets cannot be served (${String(error)}): npm i ws`)
      refuse(socket, '501 Not Implemented')
    }
  }

  function close(): void {
    for (const ws of open) ws.close(1012, 'relay is going away')
    // Peers that do not answer the close must not hold the process.
    const hard = setTimeout(() => {
      for (const ws of open) ws.terminate()
    }, 500)
    hard.unref()
  }

  return { upgrade, count: () => open.size, close }
}

async function newServer(): Promise<WebSocketServer> {
  const ws = await import('ws')
  return new ws.WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    handleProtocols: () => WS_PROTOCOL,
  })
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

// One that was dropped and made anew is another: what waited for the first must not serve the second.
interface Subscription {
  /** Null while its token and its resume are being checked. */
  viewer: Viewer | null
  stay?: Stay
}

interface Subscribe {
  readonly stream: string
  readonly after: string | null
  readonly timing: boolean
  readonly token: string | null
}

const DENIED: Readonly<Record<Denial, string>> = {
  unauthorized: 'expected a valid "token" for this stream',
  'not-found': 'no stream for you under this id',
  'stop-not-permitted': 'this token may only read',
}

function serve(service: ViewerService, access: Access, request: RelayRequest, ws: WebSocket): void {
  const streams = new Map<string, Subscription>()

  function send(stream: string, bytes: Buffer): boolean {
    if (ws.readyState !== ws.OPEN) return true
    ws.send(Buffer.concat([Buffer.from(`{"stream":"${stream}"}\n`), bytes]), onSent)
    return ws.bufferedAmount < FULL_BYTES
  }

  function onSent(): void {
    if (ws.bufferedAmount >= FULL_BYTES) return
    for (const { viewer } of streams.values()) viewer?.drained()
  }

  async function subscribe({ stream, after, timing, token }: Subscribe): Promise<void> {
    const subscription: Subscription = { viewer: null }
    streams.set(stream, subscription)
    const grant = await access.check(request, token, stream, 'read')
    if (streams.get(stream) !== subscription || ws.readyState !== ws.OPEN) return
    if (typeof grant === 'string') return deny(stream, grant)
    send(stream, encodeHello(stream, service.settings.heartbeatMs))
    const hub = service.hubs.get(stream)
    const { over, page } = await checkResume(hub, service.hubs, after)
    if (streams.get(stream) !== subscription || ws.readyState !== ws.OPEN) return
    if (over !== null) {
      send(stream, encodeRelayEvent(RELAY_EVENT.end, { reason: over }))
      streams.delete(stream)
      return
    }
    const sink = { write: (bytes: Buffer) => send(stream, bytes), end: () => drop(stream) }
    const { settings } = service
    const viewer = createViewer({ settings, hub, sink, after, page, timing })
    if (streams.get(stream) !== subscription) return // over before it was known here
    subscription.stay = service.viewers.add(viewer, grant.untilMs)
    subscription.viewer = viewer
  }

  function drop(stream: string): void {
    streams.get(stream)?.stay?.end()
    streams.delete(stream)
  }

  function deny(stream: string, denial: Denial): void {
    send(stream, encodeError(denial === 'unauthorized' ? denial : 'not-found', DENIED[denial]))
    drop(stream)
  }

  function refuse(stream: string, message: string): void {
    if (STREAM_ID.test(stream)) send(stream, encodeError('bad-request', message))
    else ws.close(1008, 'malformed stream id')
  }

  function onMessage(text: string): void {
    if (ws.bufferedAmount > FLOOD_BYTES) return ws.terminate()
    const message = parseMessage(text)
    if (message === null) return ws.close(1008, 'expected JSON objects with an "op"')
    const { op, stream, after, timing, token } = message
    if (op === 'auth' || op === 'ack') return // accepted; they matter to relays with a secret
    if (stream === null) return ws.close(1008, 'expected a "stream"')
    if (op === 'unsubscribe') return drop(stream)
    if (op !== 'subscribe' || !STREAM_ID.test(stream)) return refuse(stream, EXPECTED)
    if (streams.has(stream)) return refuse(stream, `already subscribed to ${stream}`)
    if (streams.size >= MAX_SOCKET_STREAMS) {
      return refuse(stream, `more than ${MAX_SOCKET_STREAMS} streams`)
    }
    if (after !== null && parseCursor(after) === null) {
      return refuse(stream, `malformed cursor: expected ${CURSOR_FORMS}`)
    }
    void subscribe({ stream, after, timing, token })
  }

  ws.on('message', (data, isBinary) => {
    if (isBinary) ws.close(1008, 'expected text messages')
    else onMessage(String(data))
  })
  ws.on('error', () => ws.terminate()) // an oversize or broken frame; `close` follows
  ws.on('close', () => {
    for (const stream of streams.keys()) drop(stream)
  })
}

interface Message {
  readonly op: string
  readonly stream: string | null
  readonly after: string | null
  readonly timing: boolean
  readonly token: string | null
}

function parseMessage(text: string): Message | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return null
    const { op, stream, after = null, timing, token } = value as Record<string, unknown>
    if (typeof op !== 'string') return null
    return {
      op,
      stream: textOrNull(stream),
      after: textOf(after),
      timing: timing === true,
      token: textOrNull(token),
    }
  } catch {
    return null
  }
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null)

// What is no text fails the check for a cursor, and says so; null means the start.
const textOf = (value: unknown): string | null =>
  value === null || typeof value === 'string' ? value : JSON.stringify(value)
