// The relay's routes behind node:http, and so behind Express, Fastify and whatever else hands on its requests.
import { ServerResponse } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Writable } from 'node:stream'
import { WRITE_BYTES } from '../hub/ring.ts'
import type { RelayReply, RelayRequest } from '../request.ts'

// How long a peer may take for the last bytes, each 64 KiB of them: who is cut off before begins anew on its last event.
const LAST_BYTES_MS = 15_000
const CRLF = Buffer.from('\r\n')
// The last request of each connection; null while one is answered that goes on: what is sent behind that would wait for
// ever, each with a place of its own, and no browser does so.
const lastOf = new WeakMap<Socket, IncomingMessage | null>()

/** A request of node:http, over with its reply. Express has cut off a prefix from `url` where it has one. */
export function fromNode(req: IncomingMessage, reply: Writable): RelayRequest {
  const { method = 'GET', url = '/', headers, socket } = req
  if (lastOf.get(socket) === null) socket.destroy()
  else lastOf.set(socket, req)
  const at = url.indexOf('?')
  return {
    method,
    path: at < 0 ? url : url.slice(0, at),
    query: new URLSearchParams(at < 0 ? '' : url.slice(at + 1)),
    address: socket.remoteAddress ?? null,
    header(name) {
      const value = headers[name]
      return Array.isArray(value) ? value.join(', ') : value
    },
    onClose(listener) {
      if (reply.closed) listener()
      else reply.once('close', listener)
    },
  }
}

/** Sends a reply; one that goes on ends with the connection. */
export function sendNode(res: ServerResponse, { status, headers, body }: RelayReply): void {
  if (res.destroyed || res.headersSent) return // gone, or answered by the server around: by a timeout of its own
  if (!res.req.complete) res.shouldKeepAlive = false // nobody waits for the rest of its body
  res.writeHead(status, headers)
  if (typeof body === 'string') return void res.end(body)
  if (!goOn(res)) return
  res.flushHeaders()
  res.socket?.setNoDelay(true).setKeepAlive(true, 30_000)
  const direct = directSocket(res)
  const viewer = body({
    write: (bytes) => (direct ? direct.write(framed(bytes)) : res.write(bytes)),
    end() {
      res.end()
      const patience = Math.max(1, res.writableLength / WRITE_BYTES)
      setTimeout(() => res.destroy(), LAST_BYTES_MS * patience).unref() // a dead peer takes none
    },
  })
  const drained = direct ?? res
  drained.on('drain', viewer.drained)
  res.on('close', () => drained.off('drain', viewer.drained))
}

// HTTP/2 has many requests on one connection, side by side.
function goOn(res: ServerResponse): boolean {
  const { req } = res
  if (req.httpVersionMajor > 1) return true
  const isLast = lastOf.get(req.socket) === req
  if (isLast) lastOf.set(req.socket, null)
  else req.socket.destroy()
  res.on('close', () => lastOf.delete(req.socket))
  return isLast
}

// Past the response's own bookkeeping a write costs half, and viewers share the framed bytes as well. Where somebody
// has put something in between (compression, HTTP/2), or another response has yet to go, the response is written to.
function directSocket(res: ServerResponse): Socket | null {
  const { socket } = res
  const isPlain = res.write === ServerResponse.prototype.write && res.constructor === ServerResponse
  const isNext = socket !== null && res.writableLength === 0
  return isPlain && isNext && res.chunkedEncoding ? socket : null
}

// The viewers of a stream are told one after the other: whoever comes next has what the last one had. Two are kept, since
// a stamp of each viewer's own may go before what they share.
interface Framed {
  readonly bytes: Buffer
  readonly framed: Buffer
}

let last: Framed = { bytes: CRLF, framed: CRLF }
let before: Framed = last

function framed(bytes: Buffer): Buffer {
  if (last.bytes === bytes) return last.framed
  const known = before.bytes === bytes ? before : { bytes, framed: frame(bytes) }
  before = last
  last = known
  return known.framed
}

function frame(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, CRLF])
}
