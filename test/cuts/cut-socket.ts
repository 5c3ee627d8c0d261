// An endpoint of the relay over WebSocket, whose sockets break after so many bytes of the stream; the last one holds.
import type { WebSocketConstructor } from '../../src/transport/shared-socket.ts'
import { createFakeSockets } from '../transport/fake-socket.ts'
import type { Endpoint } from './endpoints.ts'

const encoder = new TextEncoder()

/** Serves `endpoint`; socket n breaks after `cuts[n]` bytes. */
export function cutSocket(endpoint: Endpoint, cuts: readonly number[]): WebSocketConstructor {
  let connection = 0
  const sockets = createFakeSockets(
    (socket) => socket.accept(),
    (socket, message) => {
      if (message.op !== 'subscribe') return
      const { stream, after = null } = message
      const bytes = encoder.encode(endpoint.serve({ after, url: socket.url, connection }))
      const cut = cuts[connection++]
      const half = (cut ?? bytes.length) >> 1
      socket.send(stream, bytes.slice(0, half))
      socket.send(stream, bytes.slice(half, cut))
      if (cut !== undefined) socket.close(1006)
    },
  )
  return sockets.WebSocket
}
