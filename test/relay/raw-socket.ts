// A peer that keeps to no rules: sends bytes as they are, and keeps what comes back.
import { connect } from 'node:net'
import type { Socket } from 'node:net'

/** An open connection. */
export interface RawSocket {
  readonly socket: Socket
  /** Everything received so far. */
  text(): string
  /** Resolves when the other side has closed. */
  readonly closed: Promise<void>
  /** Resolves when what was received matches, and fails when it closes before. */
  until(pattern: RegExp): Promise<void>
}

/** Connects, and sends what is given at once. */
export function openRaw(port: number, bytes: string | Uint8Array = ''): RawSocket {
  const socket = connect(port, '127.0.0.1', () => void socket.write(bytes))
  let text = ''
  let change = Promise.withResolvers<void>()
  const tell = (): void => {
    change.resolve()
    change = Promise.withResolvers()
  }
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk
    tell()
  })
  socket.on('error', () => {})
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => {
      resolve()
      tell()
    })
  })
  return {
    socket,
    closed,
    text: () => text,
    async until(pattern) {
      while (!pattern.test(text)) {
        if (socket.closed) throw new Error(`closed before ${pattern}: ${text}`)
        await change.promise
      }
    },
  }
}
