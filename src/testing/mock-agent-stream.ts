// msw handlers that stand in for the relay, over SSE and over WebSocket, for an application's own tests.
// msw is loaded when it is asked for: it is an optional peer, and it cannot be loaded in a Worker.
import type { HttpHandler, WebSocketHandler } from 'msw'
import { AFTER_PARAM, type ClientMessage, type EndReason, WS_PATH } from '../wire/protocol.ts'
import { createMockLog, type MockLog, type MockViewer } from './mock-log.ts'

/** A relay in a test's hand. */
export interface MockAgentStream {
  /** Pass these to msw's `setupWorker` or `setupServer`. */
  readonly handlers: readonly (HttpHandler | WebSocketHandler)[]
  /** Every connection there was, in order. */
  readonly connections: readonly MockConnection[]
  /** Appends events to a stream; objects are sent as JSON, strings as they are. */
  append(stream: string, ...payloads: readonly (string | object)[]): void
  /** Ends a stream, as the relay does after a terminal event. @default 'completed' */
  end(stream: string, reason?: EndReason): void
  /** Breaks every open connection of a stream. */
  cut(stream: string): void
}

/** One connection to the mocked relay: to which `stream`, over what `transport`, and `after` which cursor. */
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
 * Rejects when msw is not installed.
 * @example
 * const relay = await mockAgentStream()
 * const worker = setupWorker(...relay.handlers)
 * relay.append('run-1', { type: 'TEXT_MESSAGE_CONTENT', messageId: 'm1', delta: 'Hello' })
 */
export async function mockAgentStream(
  options: MockAgentStreamOptions = {},
): Promise<MockAgentStream> {
  const { http, HttpResponse, ws } = await import('msw')
  const { origin = '*' } = options
  const logs = new Map<string, MockLog>()
  const connections: MockConnection[] = []
  const logOf = (stream: string): MockLog => {
    const log = logs.get(stream) ?? createMockLog(stream)
    logs.set(stream, log)
    return log
  }
  const join = (connection: MockConnection, viewer: MockViewer): void => {
    connections.push(connection)
    logOf(connection.stream).join(viewer, connection.after)
  }

  const sse = http.get(`${origin}/v1/streams/:stream/events`, ({ request, params }) => {
    const stream = String(params['stream'])
    const query = new URL(request.url).searchParams.get(AFTER_PARAM)
    const after = request.headers.get('last-event-id') ?? query
    if (logOf(stream).isOver(after)) return new HttpResponse(null, { status: 204 })
    const body = sseBody((viewer) => join({ stream, transport: 'sse', after }, viewer))
    return new HttpResponse(body, { headers: { 'content-type': 'text/event-stream' } })
  })
  const link = ws.link(`${origin === '*' ? 'ws://*' : origin.replace(/^http/, 'ws')}${WS_PATH}`)
  const socket = link.addEventListener('connection', ({ client }) => {
    client.addEventListener('message', ({ data }) => {
      const message = JSON.parse(String(data)) as ClientMessage
      if (message.op !== 'subscribe') return
      const { stream, after = null } = message
      join(
        { stream, transport: 'websocket', after },
        {
          send: (text) =>
            client.send(encoder.encode(`${JSON.stringify({ stream })}\n${text}`).buffer),
          end: () => {},
          cut: () => client.close(1012, 'cut by the test'),
        },
      )
    })
  })

  return {
    connections,
    handlers: [sse, socket],
    append(stream, ...payloads) {
      for (const payload of payloads) logOf(stream).append(payload)
    },
    end: (stream, reason = 'completed') => logOf(stream).end(reason),
    cut: (stream) => logOf(stream).cut(),
  }
}

const encoder = new TextEncoder()

function sseBody(join: (viewer: MockViewer) => void): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    start(controller) {
      // A stream that its reader has cancelled, or that is over, takes nothing more, and says so by throwing.
      const attempt = (act: () => void): void => {
        try {
          act()
        } catch {
          // nobody is there any more
        }
      }
      join({
        send: (text) => attempt(() => controller.enqueue(encoder.encode(text))),
        end: () => attempt(() => controller.close()),
        cut: () => attempt(() => controller.error(new TypeError('cut by the test'))),
      })
    },
  })
}
