// msw handlers that stand in for the relay, over SSE and over WebSocket, for an application's own tests.
import { http, HttpResponse, type HttpHandler, ws, type WebSocketHandler } from 'msw'
import {
  AFTER_PARAM,
  type ClientMessage,
  type EndReason,
  RELAY_EVENT,
  WIRE_VERSION,
  WS_PATH,
} from '../wire/protocol.ts'

/** A relay in a test's hand. */
export interface MockAgentStream {
  /** Pass these to msw's `setupWorker` or `setupServer`. */
  readonly handlers: readonly (HttpHandler | WebSocketHandler)[]
  /** Every connection there was: which stream, over what, and the cursor it asked to go on after. */
  readonly connections: readonly MockConnection[]
  /** Appends events to a stream; objects are sent as JSON, strings as they are. */
  append(stream: string, ...payloads: readonly (string | object)[]): void
  /** Ends a stream, as the relay does after a terminal event. @default 'completed' */
  end(stream: string, reason?: EndReason): void
  /** Breaks every open connection of a stream. */
  cut(stream: string): void
}

/** One connection to the mocked relay. */
export interface MockConnection {
  readonly stream: string
  readonly transport: 'sse' | 'websocket'
  readonly after: string | null
}

/** Options of {@link mockAgentStream}. */
export interface MockAgentStreamOptions {
  /** Origin of the relay, as an msw pattern. @default '*' (any) */
  readonly origin?: string | undefined
}

/**
 * Mocks the relay's SSE and WebSocket endpoints. Cursors are `M-1`, `M-2`, …; a resume gets exactly the rest.
 * @example
 * const relay = mockAgentStream()
 * const worker = setupWorker(...relay.handlers)
 * relay.append('run-1', { type: 'TEXT_MESSAGE_CONTENT', messageId: 'm1', delta: 'Hello' })
 */
export function mockAgentStream(options: MockAgentStreamOptions = {}): MockAgentStream {
  const { origin = '*' } = options
  const logs = new Map<string, Log>()
  const connections: MockConnection[] = []
  const logOf = (stream: string): Log => {
    const log = logs.get(stream) ?? { frames: [], end: null, viewers: new Set() }
    logs.set(stream, log)
    return log
  }
  const join = (connection: MockConnection, viewer: Viewer): void => {
    const { stream, after } = connection
    const log = logOf(stream)
    connections.push(connection)
    const hello = { version: WIRE_VERSION, stream, heartbeatMs: 15_000 }
    const caughtUp = { cursor: log.frames.length === 0 ? null : cursorOf(log.frames.length) }
    viewer.send(encode(RELAY_EVENT.hello, hello) + log.frames.slice(indexAfter(after)).join(''))
    viewer.send(encode(RELAY_EVENT.caughtUp, caughtUp))
    if (log.end === null) log.viewers.add(viewer)
    else viewer.finish(log.end)
  }
  const link = ws.link(`${origin === '*' ? 'ws://*' : origin.replace(/^http/, 'ws')}${WS_PATH}`)
  return {
    connections,
    handlers: [
      http.get(`${origin}/v1/streams/:stream/events`, ({ request, params }) => {
        const stream = String(params['stream'])
        const query = new URL(request.url).searchParams.get(AFTER_PARAM)
        const after = request.headers.get('last-event-id') ?? query
        const log = logOf(stream)
        const over = log.end !== null && indexAfter(after) >= log.frames.length && after !== null
        if (over) return new HttpResponse(null, { status: 204 })
        return sseResponse((viewer) => join({ stream, transport: 'sse', after }, viewer))
      }),
      link.addEventListener('connection', ({ client }) => {
        client.addEventListener('message', ({ data }) => {
          const message = JSON.parse(String(data)) as ClientMessage
          if (message.op !== 'subscribe') return
          const { stream, after = null } = message
          const send = (text: string): void =>
            client.send(new TextEncoder().encode(`${JSON.stringify({ stream })}\n${text}`).buffer)
          join(
            { stream, transport: 'websocket', after },
            { send, finish: send, cut: () => client.close(1012, 'cut by the test') },
          )
        })
      }),
    ],
    append(stream, ...payloads) {
      const log = logOf(stream)
      for (const payload of payloads) {
        const data = typeof payload === 'string' ? payload : JSON.stringify(payload)
        const frame = `id: ${cursorOf(log.frames.length + 1)}\ndata: ${data}\n\n`
        log.frames.push(frame)
        for (const viewer of log.viewers) viewer.send(frame)
      }
    },
    end(stream, reason = 'completed') {
      const log = logOf(stream)
      log.end = encode(RELAY_EVENT.end, { reason })
      for (const viewer of log.viewers) viewer.finish(log.end)
      log.viewers.clear()
    },
    cut(stream) {
      const { viewers } = logOf(stream)
      for (const viewer of viewers) viewer.cut()
      viewers.clear()
    },
  }
}

interface Log {
  readonly frames: string[]
  end: string | null
  readonly viewers: Set<Viewer>
}

interface Viewer {
  send(text: string): void
  finish(text: string): void
  cut(): void
}

function sseResponse(join: (viewer: Viewer) => void): Response {
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      let open = true
      const whileOpen = (act: () => void): void => {
        // The client may have gone, which a stream tells only by refusing.
        if (open) act()
      }
      join({
        send: (text) => whileOpen(() => tryTo(() => controller.enqueue(encoder.encode(text)))),
        finish: (text) =>
          whileOpen(() => {
            open = false
            tryTo(() => {
              controller.enqueue(encoder.encode(text))
              controller.close()
            })
          }),
        cut: () =>
          whileOpen(() => {
            open = false
            tryTo(() => controller.error(new TypeError('cut by the test')))
          }),
      })
    },
  })
  return new HttpResponse(body, { headers: { 'content-type': 'text/event-stream' } })
}

function tryTo(act: () => void): void {
  try {
    act()
  } catch {
    // A stream that its reader has cancelled takes nothing more.
  }
}

const encode = (event: string, payload: object): string =>
  `event: ${event}\ndata: ${JSON.stringify(payload)}\n\n`

const cursorOf = (position: number): string => `M-${position}`

function indexAfter(cursor: string | null): number {
  return cursor === null ? 0 : Number(cursor.slice(2))
}
