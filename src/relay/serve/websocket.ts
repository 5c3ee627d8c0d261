// The WebSocket side of a relay: whom it lets open a socket. A browser says who it is only on the socket itself.
import { STATUS_CODES } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket, WebSocketServer } from 'ws'
import { WS_PATH, WS_PROTOCOL } from '../../wire/protocol.ts'
import { countRefusal } from '../counters.ts'
import { RETRY } from '../door/limits.ts'
import { fromNode } from './node-http.ts'
import type { RelayReply, RelayRequest } from '../request.ts'
import { closeSocket, serveSocket } from './socket-session.ts'
import type { SocketSession } from './socket-session.ts'
import type { Service } from './service.ts'

/** The WebSocket side of a relay. */
export interface WebSockets {
  /** Takes over a socket. False when its path is not the relay's; nothing was done then. */
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): boolean
  count(): number
  /** Closes those without streams, and each of the others once its last stream has gone. */
  drain(): void
  close(): void
}

type Refusal = Pick<RelayReply, 'status' | 'headers' | 'problem'>

const MAX_MESSAGE_BYTES = 16 * 1024

/** Creates the WebSocket side. `ws` is loaded with the first upgrade. */
export function createWebSockets(service: Service): WebSockets {
  const { viewers, limits, origins, logger } = service
  let server: Promise<WebSocketServer> | null = null
  const open = new Map<WebSocket, SocketSession>()

  function refusal(request: RelayRequest): Refusal | null {
    const offered = request.header('sec-websocket-protocol')?.split(',') ?? []
    if (viewers.isLeaving()) return { status: 503, headers: RETRY, problem: 'closing' }
    const isOurs = origins.isKnownHost(request) && origins.isAllowed(request)
    if (!isOurs) return { status: 403, headers: {}, problem: 'forbidden' }
    if (!offered.some((name) => name.trim() === WS_PROTOCOL)) {
      return { status: 400, headers: {}, problem: 'bad-request' }
    }
    return limits.admit(request)
  }

  function upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    const request = fromNode(req, socket)
    if (request.path !== WS_PATH) return false
    socket.on('error', () => socket.destroy()) // node:http has let go of it, and would end the process
    const refused = refusal(request)
    if (refused !== null) refuse(socket, refused)
    else void accept(request, req, socket, head)
    logger.debug?.(`WebSocket from ${request.address}: ${refused?.status ?? 101}`)
    return true
  }

  function refuse(socket: Duplex, refused: Refusal): void {
    countRefusal(service.settings.counters, refused.problem ?? 'internal')
    // A peer that keeps its own half open must not keep the socket.
    socket.end(headOf(refused), () => socket.destroy())
  }

  async function accept(
    request: RelayRequest,
    req: IncomingMessage,
    socket: Duplex,
    head: Buffer,
  ): Promise<void> {
    try {
      const sockets = await (server ??= newServer())
      sockets.handleUpgrade(req, socket, head, (ws) => {
        open.set(ws, serveSocket(service, request, ws))
        ws.on('close', () => open.delete(ws))
        if (viewers.isLeaving()) drain()
      })
    } catch (error) {
      logger.warn(`WebSockets cannot be served (${String(error)}): npm i ws`)
      refuse(socket, { status: 501, headers: {} })
    }
  }

  function drain(): void {
    for (const session of open.values()) session.drain()
  }

  function close(): void {
    for (const ws of open.keys()) closeSocket(ws, 1012, 'relay is going away')
  }

  return { upgrade, count: () => open.size, drain, close }
}

async function newServer(): Promise<WebSocketServer> {
  const ws = await import('ws')
  return new ws.WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    handleProtocols: () => WS_PROTOCOL,
  })
}

function headOf({ status, headers }: Refusal): string {
  const lines = Object.entries({ ...headers, connection: 'close', 'content-length': '0' })
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    ...lines.map((line) => line.join(': ')),
  ]
  return `${head.join('\r\n')}\r\n\r\n`
}
