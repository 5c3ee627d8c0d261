// The WebSocket side of a mocked relay: many streams on one socket, each message named by a line before its SSE bytes.
import type { WebSocketHandler } from 'msw'
import { type RelayErrorCode, STREAM_ID, WS_PATH, WS_PROTOCOL } from '../wire/protocol.ts'
import { bytesOf } from './mock-body.ts'
import type { MockRefusal } from './mock-refusals.ts'
import type { MockRequest, MockService } from './mock-service.ts'
import { errorText, helloText, positionOf, relayText } from './mock-words.ts'

/** The part of msw's connection that is used. */
interface Client {
  send(data: ArrayBuffer): void
  close(code?: number, reason?: string): void
}

/** Makes msw's handler. */
export function mockSocket(
  { ws }: Pick<typeof import('msw'), 'ws'>,
  service: MockService,
  origin: string,
): WebSocketHandler {
  const link = ws.link(`${origin === '*' ? 'ws://*' : origin.replace(/^http/, 'ws')}${WS_PATH}`)
  return link.addEventListener('connection', ({ client, info }) => {
    // The relay refuses the upgrade; a browser sees no more of that than this code.
    if (![info.protocols].flat().includes(WS_PROTOCOL)) return client.close(1006)
    const socket = serveSocket(service, client)
    client.addEventListener('message', ({ data }) => service.later(() => socket.hear(data)))
    client.addEventListener('close', socket.close)
  })
}

function serveSocket(
  service: MockService,
  client: Client,
): { hear(data: unknown): void; close(): void } {
  const leaving = new Map<string, () => void>()
  let token: string | null = null
  const send = (stream: string, text: string): void =>
    client.send(bytesOf(`{"stream":"${stream}"}\n${text}`).buffer)
  const drop = (stream: string): void => {
    leaving.get(stream)?.()
    leaving.delete(stream)
  }
  const refuse = (stream: string, message: string): void => {
    if (STREAM_ID.test(stream)) send(stream, errorText('bad-request', message))
    else client.close(1008, 'malformed stream id')
  }

  function subscribe(request: MockRequest): void {
    const { stream, after } = request
    const refusal = service.refusals.take(stream, 'events')
    if (refusal !== null) {
      service.turnAway(request, refusal.status)
      const code = REFUSED.get(refusal.status)
      // Other streams of the socket go on.
      if (code !== undefined) return send(stream, errorText(code, 'refused by the test'))
      return client.close(closeCodeOf(refusal), 'refused by the test')
    }
    const over = service.log(stream).over(after)
    if (over !== null) {
      service.turnAway(request, 204)
      return send(stream, helloText(stream) + relayText('end', { reason: over }))
    }
    // A turn later, since a close overtakes what was sent in this one.
    const close = (code: number) => (): void => queueMicrotask(() => client.close(code))
    // Known before it joins: what ends while it catches up drops it again.
    leaving.set(stream, () => {})
    const leave = service.join(request, {
      send: (text) => send(stream, text),
      end: () => leaving.delete(stream),
      hangUp: close(1000),
      cut: close(1006),
    })
    if (leaving.has(stream)) leaving.set(stream, leave)
  }

  function hear(data: unknown): void {
    const message = parseMessage(data)
    if (message === null) return client.close(1008, 'expected JSON objects with an "op"')
    const { op, stream, after } = message
    if (op === 'auth' || op === 'ack') {
      token = message.token ?? token
      return
    }
    if (stream === null) return client.close(1008, 'expected a "stream"')
    if (op === 'unsubscribe') return drop(stream)
    if (op !== 'subscribe' || !STREAM_ID.test(stream)) {
      return refuse(stream, 'expected an op of the wire and a stream id')
    }
    if (leaving.has(stream)) return refuse(stream, `already subscribed to ${stream}`)
    if (after !== null && positionOf(after) === null) {
      return refuse(stream, 'malformed cursor: expected "M-<number>"')
    }
    subscribe({ stream, transport: 'websocket', after, token: message.token ?? token })
  }

  return {
    hear,
    close() {
      for (const stream of leaving.keys()) drop(stream)
    },
  }
}

// What the relay says of one stream that it does not serve.
const REFUSED: ReadonlyMap<MockRefusal['status'], RelayErrorCode> = new Map([
  [400, 'bad-request'],
  [401, 'unauthorized'],
  [404, 'not-found'],
])

// For the rest a socket has no words: what may pass gets a code that clients retry, what may not gets one that they do not.
function closeCodeOf({ status }: MockRefusal): number {
  if (status === 'network-error' || status === 200) return 1006
  return status >= 500 || status === 408 || status === 429 ? 1013 : 1008
}

interface Message {
  readonly op: string
  readonly stream: string | null
  readonly after: string | null
  readonly token: string | null
}

function parseMessage(data: unknown): Message | null {
  if (typeof data !== 'string') return null
  try {
    const value: unknown = JSON.parse(data)
    if (typeof value !== 'object' || value === null) return null
    const { op, stream, after, token } = value as Record<string, unknown>
    if (typeof op !== 'string') return null
    const cursor = after === undefined || after === null ? null : textOf(after)
    return { op, stream: textOrNull(stream), after: cursor, token: textOrNull(token) }
  } catch {
    return null
  }
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null)

// What is no text fails the check for a cursor, and says so.
const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value)
