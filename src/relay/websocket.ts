// Serves many streams on one WebSocket. What a stream's viewer writes are the very bytes of SSE, behind one line that
// names the stream; so there is one encoder and one viewer for both transports.
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { WebSocket } from 'ws'
import { MAX_SOCKET_STREAMS, RELAY_EVENT, STREAM_ID, WS_PROTOCOL } from '../wire/protocol.ts'
import { CURSOR_FORMS, parseCursor } from './cursor.ts'
import { encodeError, encodeRelayEvent } from './frame.ts'
import { checkResume } from './resume.ts'
import { encodeHello } from './sse.ts'
import type { ViewerService } from './sse.ts'
import { createViewer } from './viewer.ts'
import type { Viewer } from './viewer.ts'

/** The WebSocket side of a relay. */
export interface WebSockets {
  /** Takes over a socket whose request was already allowed. */
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void
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

/** Creates the WebSocket side. */
export function createWebSockets(service: ViewerService): WebSockets {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    handleProtocols: () => WS_PROTOCOL,
  })

  function upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void {
    server.handleUpgrade(req, socket, head, (ws) => serve(service, ws))
  }

  function close(): void {
    for (const ws of server.clients) ws.close(1012, 'relay is going away')
    // Peers that do not answer the close must not hold the process.
    const hard = setTimeout(() => {
      for (const ws of server.clients) ws.terminate()
    }, 500)
    hard.unref()
    server.close()
  }

  return { upgrade, count: () => server.clients.size, close }
}

// One that was dropped and made anew is another: what waited for the first must not serve the second.
interface Subscription {
  /** Null while its resume is being checked. */
  viewer: Viewer | null
}

function serve(service: ViewerService, ws: WebSocket): void {
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

  async function subscribe(stream: string, after: string | null): Promise<void> {
    const subscription: Subscription = { viewer: null }
    streams.set(stream, subscription)
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
    const viewer = createViewer({ settings, hub, sink, after, page })
    if (streams.get(stream) !== subscription) return // over before it was known here
    subscription.viewer = viewer
    service.viewers.add(viewer)
  }

  function drop(stream: string): void {
    const viewer = streams.get(stream)?.viewer
    streams.delete(stream)
    if (!viewer) return
    viewer.close()
    service.viewers.delete(viewer)
  }

  function refuse(stream: string, message: string): void {
    if (STREAM_ID.test(stream)) send(stream, encodeError('bad-request', message))
    else ws.close(1008, 'malformed stream id')
  }

  function onMessage(text: string): void {
    if (ws.bufferedAmount > FLOOD_BYTES) return ws.terminate()
    const message = parseMessage(text)
    if (message === null) return ws.close(1008, 'expected JSON objects with an "op"')
    const { op, stream, after } = message
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
    void subscribe(stream, after)
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
}

function parseMessage(text: string): Message | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return null
    const { op, stream, after } = value as Record<string, unknown>
    if (typeof op !== 'string') return null
    return { op, stream: textOrNull(stream), after: after === undefined ? null : textOf(after) }
  } catch {
    return null
  }
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null)

// What is no text fails the check for a cursor, and says so; null means the start.
const textOf = (value: unknown): string | null =>
  value === null || typeof value === 'string' ? value : JSON.stringify(value)
