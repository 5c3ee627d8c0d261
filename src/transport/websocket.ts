// The relay's WebSocket: a binary message is one line that names the stream, then the bytes of its SSE.
import { AgentStreamError } from '../core/errors.ts'
import { type ClientMessage, WS_PROTOCOL } from '../wire/protocol.ts'
import { createFrameParser } from './frame-parser.ts'
import { createInbox, type Inbox } from './inbox.ts'
import type { OpenOptions, Read, Transport } from './transport.ts'

/** The part of the WebSocket constructor that is needed. */
export type WebSocketConstructor = new (url: string, protocols: string) => WebSocket

/** Options of {@link webSocket}. */
export interface WebSocketOptions {
  /** Address of the relay's WebSocket (`/v1/ws`); may be relative, `http` becomes `ws`. */
  readonly url: string
  /** Id of the stream to read. */
  readonly stream: string
  /** @default the global WebSocket */
  readonly WebSocket?: WebSocketConstructor | undefined
}

/** WebSocket close codes after which a new attempt is of no use. */
const FATAL_CLOSE: ReadonlySet<number> = new Set([1002, 1003, 1007, 1008, 1010])

/**
 * Reads a stream from the relay over a WebSocket.
 * @example createAgentStream({ id: run, transport: webSocket({ url: '/v1/ws', stream: run }) })
 */
export function webSocket(options: WebSocketOptions): Transport {
  return { name: `${options.url}#${options.stream}`, open: (open) => readSocket(options, open) }
}

async function* readSocket(options: WebSocketOptions, open: OpenOptions): AsyncGenerator<Read> {
  if (open.signal.aborted) return
  const inbox = createInbox(open.signal)
  const socket = connect(options, open, inbox)
  try {
    yield* inbox.reads()
  } finally {
    socket.close(1000)
  }
}

function connect(options: WebSocketOptions, open: OpenOptions, inbox: Inbox): WebSocket {
  const { stream } = options
  const parser = createFrameParser()
  const socket = new (options.WebSocket ?? WebSocket)(socketUrl(options.url), WS_PROTOCOL)
  socket.binaryType = 'arraybuffer'
  socket.addEventListener('open', () => {
    const message: ClientMessage = { op: 'subscribe', stream, after: open.after ?? undefined }
    socket.send(JSON.stringify(message))
    inbox.put({ at: open.clock.now(), frames: [] })
  })
  socket.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    const at = open.clock.now()
    const bytes = data instanceof ArrayBuffer ? payloadFor(stream, new Uint8Array(data)) : null
    try {
      inbox.put({ at, frames: bytes === null ? [] : parser.parse(bytes) })
    } catch (error) {
      inbox.end(error as AgentStreamError)
    }
  })
  socket.addEventListener('close', ({ code, reason }) => {
    inbox.end(code === 1000 ? undefined : closeError(code, reason))
  })
  return socket
}

/** What one message carries for `stream`, or null when it is for another one. */
function payloadFor(stream: string, message: Uint8Array): Uint8Array | null {
  const lineEnd = message.indexOf(10)
  const line = new TextDecoder().decode(message.subarray(0, Math.max(lineEnd, 0)))
  try {
    const named: unknown = JSON.parse(line)
    const same = (named as { stream?: unknown } | null)?.stream === stream
    return same ? message.subarray(lineEnd + 1) : null
  } catch {
    return null
  }
}

function closeError(code: number, reason: string): AgentStreamError {
  const words = `the socket was closed with code ${code}${reason === '' ? '' : `: ${reason}`}`
  return new AgentStreamError(FATAL_CLOSE.has(code) ? 'relay-error' : 'connection-failed', words)
}

function socketUrl(url: string): string {
  const base = typeof location === 'undefined' ? undefined : location.href
  const absolute = new URL(url, base)
  absolute.protocol = absolute.protocol.replace('http', 'ws')
  return absolute.href
}
