// A node:http server that opens with clear words and closes at once.
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { CommandError } from '../command-error.ts'
import { limitSockets } from './socket-limits.ts'
import type { SocketLimits } from './socket-limits.ts'

/** What answers. */
export interface HttpHandlers {
  readonly request: (request: IncomingMessage, response: ServerResponse) => void
  /** True when it has taken the socket. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean
}

/** An open server. */
export interface HttpServer {
  /** Address to open in a browser, without a slash at the end. */
  readonly url: string
  /** Stops listening and cuts every connection. */
  close(): Promise<void>
}

/** Where to listen. */
export interface ListenOptions {
  readonly host: string
  readonly port: number
  /** How another port is chosen, for people. @default '--port N or PORT=N' */
  readonly portBy?: string | undefined
  /** @default none */
  readonly sockets?: SocketLimits | undefined
}

type Where = Required<Omit<ListenOptions, 'sockets'>>

// A request has little to say: who dribbles it holds a connection for seconds and no longer. How long an answer takes
// is not limited. An idle connection outlasts the minute after which proxies close theirs.
const PATIENCE: ServerOptions = {
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  connectionsCheckingInterval: 1000,
  maxHeaderSize: 16 * 1024,
  keepAliveTimeout: 75_000,
}

/**
 * Opens a server.
 * @throws CommandError when the port cannot be had, with what to do
 */
export async function openHttpServer(
  handlers: HttpHandlers,
  { host, port, portBy = '--port N or PORT=N', sockets }: ListenOptions,
): Promise<HttpServer> {
  // Some clients offer HTTP/2 by `Upgrade: h2c`: an offer may be ignored. (Node before 24.9 cannot.)
  const shouldUpgradeCallback = ({ headers }: IncomingMessage): boolean =>
    headers.upgrade?.toLowerCase() === 'websocket'
  const server = createServer({ ...PATIENCE, shouldUpgradeCallback }, handlers.request)
  if (sockets !== undefined) limitSockets(server, sockets)
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    if (handlers.upgrade(request, socket, head)) return
    // Not left half open: that would hold up the end of the server.
    const answer = 'HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'
    socket.end(answer, () => socket.destroy())
  })
  await listen(server, { host, port, portBy })
  const { port: taken } = server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    close: () => close(server),
  }
}

function listen(server: Server, where: Where): Promise<void> {
  return new Promise((done, failed) => {
    server.once('error', (error: NodeJS.ErrnoException) => failed(explained(error, where)))
    server.listen(where.port, where.host, done)
  })
}

function explained(error: NodeJS.ErrnoException, { host, port, portBy }: Where): CommandError {
  const remedy = `choose another port with ${portBy}`
  if (error.code === 'EADDRINUSE') {
    return new CommandError(
      `port ${port} on ${host} is taken by another program; stop that program, or ${remedy}`,
      { cause: error },
    )
  }
  if (error.code === 'EACCES') {
    return new CommandError(`port ${port} needs rights that you do not have; ${remedy}`, {
      cause: error,
    })
  }
  return new CommandError(`cannot listen on ${host} port ${port}: ${error.message}`, {
    cause: error,
  })
}

function close(server: Server): Promise<void> {
  return new Promise((done) => {
    server.close(() => done())
    server.closeAllConnections()
  })
}
