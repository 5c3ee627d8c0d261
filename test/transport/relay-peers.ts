// The other sides of the transports to the relay, in the test's hand: what they are asked by fetch or over a socket.
import { AFTER_PARAM } from '../../src/wire/protocol.ts'
import { sse } from '../../src/transport/sse.ts'
import type { Transport } from '../../src/transport/transport.ts'
import { webSocket, type WebSocketOptions } from '../../src/transport/websocket.ts'
import { createFakeSockets } from './fake-socket.ts'
import type { Peer } from './transport-contract.ts'

type Open<Way> = (options: Parameters<Peer['open']>[0], way: Way) => Transport

/** Where the peers are. */
export const SSE_URL = 'http://relay.test/v1/streams/run-1/events'
export const SOCKET_URL = 'ws://relay.test/v1/ws'
export const STREAM = 'run-1'

const END = 'event: relay.end\ndata: {"reason":"completed"}\n\n'
const utf8 = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(text))

/** By fetch. @param open makes the transport that is held to the contract */
export function ssePeer(
  open: Open<typeof globalThis.fetch> = (options, fetch) =>
    sse({ url: SSE_URL, fetch, ...options }),
): Peer {
  const requests: { after: string | null; token: string | null }[] = []
  let settle = Promise.withResolvers<Response>()
  let body: ReadableStreamDefaultController<Uint8Array> | null = null
  let released = false
  // Aborts as the real one does: what was not read yet is gone.
  const fetch: typeof globalThis.fetch = (input, init = {}) => {
    if (init.signal?.aborted === true) return Promise.reject(init.signal.reason)
    const headers = new Headers(init.headers)
    const after = new URL(String(input), 'http://relay.test').searchParams.get(AFTER_PARAM)
    requests.push({ after, token: headers.get('authorization')?.slice('Bearer '.length) ?? null })
    settle = Promise.withResolvers()
    init.signal?.addEventListener('abort', () => {
      released = true
      settle.reject(init.signal?.reason)
      body?.error(init.signal?.reason)
    })
    return settle.promise
  }
  return {
    open: (options) => open(options, fetch),
    requests,
    answer(bytes) {
      const stream = new ReadableStream<Uint8Array>({
        start: (controller) => void (body = controller),
        cancel: () => void (released = true),
      })
      settle.resolve(new Response(stream, { headers: { 'content-type': 'text/event-stream' } }))
      if (bytes.length > 0) body?.enqueue(bytes)
    },
    refuse: (status) => settle.resolve(new Response(null, { status })),
    send: (bytes) => void (bytes.length > 0 && !released && body?.enqueue(bytes)),
    end() {
      body?.enqueue(utf8(END))
      body?.close()
    },
    cut() {
      settle.reject(new TypeError('network error'))
      body?.error(new TypeError('network error'))
    },
    released: () => released,
  }
}

const REFUSALS: Readonly<Record<number, string>> = {
  400: 'bad-request',
  401: 'unauthorized',
  404: 'not-found',
  503: 'overloaded',
}

/** Over a socket. @param open makes the transport that is held to the contract */
export function socketPeer(
  open: Open<WebSocketOptions['WebSocket']> = (options, WebSocket) =>
    webSocket({ url: SOCKET_URL, stream: STREAM, WebSocket, ...options }),
): Peer {
  const sockets = createFakeSockets((socket) => socket.accept())
  const subscribes = () =>
    sockets.all.flatMap(({ sent }) => sent.filter((message) => message.op === 'subscribe'))
  const send = (bytes: Uint8Array | string): void => sockets.last.send(STREAM, bytes)
  return {
    open: (options) => open(options, sockets.WebSocket),
    get requests() {
      return subscribes().map(({ after = null, token = null }) => ({ after, token }))
    },
    answer: send,
    refuse(status) {
      const data = JSON.stringify({ code: REFUSALS[status], message: 'refused by the test' })
      send(`event: relay.error\ndata: ${data}\n\n`)
    },
    send,
    end: () => send(END),
    cut: () => sockets.last.close(1006),
    released: () =>
      sockets.last.closedWith !== null || sockets.last.sent.at(-1)?.op === 'unsubscribe',
  }
}
