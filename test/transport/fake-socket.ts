// WebSockets whose other side a test plays: what was sent is kept, and what arrives is up to the test.
import type { ClientMessage } from '../../src/wire/protocol.ts'
import type { WebSocketConstructor } from '../../src/transport/shared-socket.ts'

/** One socket, from the side of the server. */
export interface FakeSocket {
  readonly url: string
  readonly sent: readonly ClientMessage[]
  /** Code the client closed it with; null while it did not. */
  readonly closedWith: number | null
  accept(): void
  /** Sends bytes of a stream, as the relay does. */
  send(stream: string, bytes: Uint8Array | string): void
  /** Sends whatever it is. */
  sendRaw(data: unknown): void
  close(code: number, reason?: string): void
}

/** A constructor of its own, and the sockets that were made with it. */
export interface FakeSockets {
  readonly WebSocket: WebSocketConstructor
  readonly all: readonly FakeSocket[]
  /** The newest one. */
  readonly last: FakeSocket
}

/**
 * Makes a WebSocket that connects to the test. `onConnect` hears of every socket, in a microtask of its own, `onMessage`
 * of all that is sent.
 */
export function createFakeSockets(
  onConnect?: (socket: FakeSocket) => void,
  onMessage?: (socket: FakeSocket, message: ClientMessage) => void,
): FakeSockets {
  const all: FakeSocket[] = []
  class Socket extends EventTarget {
    binaryType = 'blob'
    readyState = 0
    closedWith: number | null = null
    readonly sent: ClientMessage[] = []
    readonly url: string

    private readonly server: FakeSocket

    constructor(url: string) {
      super()
      this.url = url
      const socket = (this.server = serverSide(this))
      all.push(socket)
      queueMicrotask(() => onConnect?.(socket))
    }
    send(text: string): void {
      if (this.readyState === 0) throw new DOMException('still connecting', 'InvalidStateError')
      if (this.readyState !== 1) return
      const message = JSON.parse(text) as ClientMessage
      this.sent.push(message)
      onMessage?.(this.server, message)
    }
    close(code: number): void {
      if (this.readyState > 1) return
      this.readyState = 2
      this.closedWith = code
    }
  }
  return {
    WebSocket: Socket as unknown as WebSocketConstructor,
    all,
    get last() {
      const socket = all.at(-1)
      if (socket === undefined) throw new TypeError('expected a socket, got none')
      return socket
    },
  }
}

interface ClientSide extends EventTarget {
  readonly url: string
  readonly sent: readonly ClientMessage[]
  readonly closedWith: number | null
  readyState: number
}

function serverSide(socket: ClientSide): FakeSocket {
  const sendRaw = (data: unknown): void => {
    if (socket.readyState === 1) socket.dispatchEvent(new MessageEvent('message', { data }))
  }
  return {
    url: socket.url,
    sent: socket.sent,
    get closedWith() {
      return socket.closedWith
    },
    accept() {
      if (socket.readyState !== 0) return
      socket.readyState = 1
      socket.dispatchEvent(new Event('open'))
    },
    send: (stream, bytes) => sendRaw(message(stream, bytes)),
    sendRaw,
    close(code, reason = '') {
      if (socket.readyState === 3) return
      socket.readyState = 3
      socket.dispatchEvent(Object.assign(new Event('close'), { code, reason }))
    },
  }
}

function message(stream: string, bytes: Uint8Array | string): ArrayBuffer {
  const line = Buffer.from(`${JSON.stringify({ stream })}\n`)
  return Uint8Array.from(Buffer.concat([line, Buffer.from(bytes)])).buffer
}
