// A real server that plays what a test wrote down: bytes of a response, or messages of a WebSocket, piece by piece, and an
// end of some kind. It tells what it was asked.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { TestProject } from 'vitest/node'
import { type WebSocket, WebSocketServer } from 'ws'

declare module 'vitest' {
  interface ProvidedContext {
    /** Origin of the server: `PUT /scripts/{id}`, then `/play/{id}` or a WebSocket there; `GET /asked/{id}` tells. */
    scriptServer: string
  }
}

/** What is played on one connection. */
export interface Script {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Pieces, each written on its own; a number is a pause in ms; `binary` is base64. */
  readonly pieces: readonly (string | number | { readonly binary: string })[]
  /** @default 'end' */
  readonly end?: 'end' | 'break' | 'stay' | { readonly code: number; readonly reason: string }
  /** Messages of a client are sent back. */
  readonly echo?: boolean
}

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': '*',
  'access-control-allow-headers': '*',
  'access-control-expose-headers': '*',
}

/** Global set-up of the `browser` project. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const scripts = new Map<string, readonly Script[]>()
  const asked = new Map<string, string[]>()
  // Each connection plays the next script; the last one again and again.
  const next = (id: string, words: string): Script => {
    const before = asked.get(id) ?? []
    asked.set(id, [...before, words])
    const all = scripts.get(id) ?? []
    return all[Math.min(before.length, all.length - 1)] ?? { status: 404, pieces: [] }
  }
  const server = createServer((req, res) => void answer(req, res).catch(() => res.destroy()))
  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    for (const [name, value] of Object.entries(CORS)) res.setHeader(name, value)
    const [, what, id = ''] = (req.url ?? '').split(/[/?]/)
    if (req.method === 'OPTIONS') return void res.end()
    if (what === 'scripts') {
      scripts.set(id, JSON.parse(await bodyOf(req)) as Script[])
      asked.delete(id)
      return void res.end()
    }
    if (what === 'asked') return void res.end(JSON.stringify(asked.get(id) ?? []))
    if (what === 'moved') return void res.writeHead(307, { location: `/play/${id}` }).end()
    await play(next(id, `${req.method} ${req.headers['last-event-id'] ?? ''}`), res)
  }
  const sockets = new WebSocketServer({ noServer: true })
  server.on('upgrade', (req, socket, head) => {
    const id = (req.url ?? '').split('/')[2] ?? ''
    sockets.handleUpgrade(req, socket, head, (one) => void talk(next(id, 'UPGRADE'), one))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  project.provide('scriptServer', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  return async () => {
    sockets.close()
    for (const one of sockets.clients) one.terminate()
    server.close()
    server.closeAllConnections()
  }
}

async function play({ status = 200, headers, pieces, end }: Script, res: ServerResponse) {
  res.writeHead(status, headers)
  res.flushHeaders()
  for (const piece of pieces) {
    if (res.destroyed) return
    if (typeof piece === 'number') await pause(piece)
    else {
      const bytes = typeof piece === 'string' ? piece : Buffer.from(piece.binary, 'base64')
      if (!res.write(bytes)) await new Promise((resolve) => res.once('drain', resolve))
    }
  }
  if (end === 'break') res.destroy()
  else if (end !== 'stay') res.end()
}

async function talk({ pieces, end, echo }: Script, socket: WebSocket) {
  if (echo)
    socket.on('message', (data: Buffer, isBinary) => socket.send(data, { binary: isBinary }))
  for (const piece of pieces) {
    if (typeof piece === 'number') await pause(piece)
    else socket.send(typeof piece === 'string' ? piece : Buffer.from(piece.binary, 'base64'))
  }
  if (end === 'break') socket.terminate()
  else if (typeof end === 'object') socket.close(end.code, end.reason)
  else if (end !== 'stay') socket.close(1000)
}

async function bodyOf(req: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of req.setEncoding('utf8')) text += String(chunk)
  return text
}
