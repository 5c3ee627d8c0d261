// A client for tests: many streams on one WebSocket, kept to the byte.
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { parseSse } from './sse-client.ts'
import type { Received } from './sse-client.ts'

/** An open socket. */
export interface WsClient {
  readonly ws: WebSocket
  send(message: unknown): void
  /** All that was received of a stream. */
  text(stream: string): string
  events(stream: string): Received[]
  /** The producer's events only. */
  payloads(stream: string): string[]
  until(test: () => boolean): Promise<void>
  /** Resolves with the code that the socket was closed with. */
  readonly closed: Promise<number>
}

/** Opens a socket to a relay; resolves once it is open. */
export async function openWs(url: string, headers: Record<string, string> = {}): Promise<WsClient> {
  const ws = new WebSocket(`${url.replace('http', 'ws')}/v1/ws`, 'framewise.v1', { headers })
  const received = new Map<string, string>()
  let change = Promise.withResolvers<void>()
  ws.on('message', (data: Buffer, isBinary) => {
    const at = data.indexOf(10)
    const { stream } = JSON.parse(data.subarray(0, at).toString())
    if (!isBinary) throw new Error('expected a binary message')
    received.set(stream, (received.get(stream) ?? '') + data.subarray(at + 1).toString())
    change.resolve()
    change = Promise.withResolvers()
  })
  const closed = new Promise<number>((resolve) => void ws.once('close', resolve))
  await once(ws, 'open')
  const text = (stream: string): string => received.get(stream) ?? ''
  const events = (stream: string): Received[] => parseSse(text(stream))
  return {
    ws,
    closed,
    text,
    events,
    send: (message) => ws.send(JSON.stringify(message)),
    payloads: (stream) =>
      events(stream)
        .filter(({ event }) => event === null)
        .map(({ data }) => data),
    async until(test) {
      while (!test()) await change.promise
    },
  }
}
