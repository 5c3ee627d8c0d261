// A real relay for tests in a browser, behind a wire that breaks: a page asks for a way to it that is cut after so many
// bytes, connection by connection, and what the relay was asked.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer, type Server } from 'node:net'
import type { TestProject } from 'vitest/node'
import { createRelay, memoryBackend } from '../../src/relay/index.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Origin of the server: `PUT /runs/{id}` writes a log, `POST /wires` opens a way, `GET /requests` tells. */
    cutServer: string
  }
}

/** Global set-up of the `browser` project. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const backend = memoryBackend()
  const relay = createRelay({ backend, heartbeatMs: 1000 })
  const requests: string[] = []
  const wires: Server[] = []
  const server = createServer((req, res) => {
    requests.push(req.url ?? '')
    if (!relay.handler(req, res)) void control(req, res)
  })
  server.on('upgrade', (req, socket, head) => {
    requests.push(req.url ?? '')
    if (!relay.upgrade(req, socket, head)) socket.destroy()
  })
  const control = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    res.setHeader('access-control-allow-origin', '*').setHeader('access-control-allow-methods', '*')
    const [, what, id = ''] = (req.url ?? '').split('/')
    if (req.method === 'PUT' && what === 'runs') {
      for (const payload of (await bodyOf(req)) as readonly string[])
        await backend.append(id, payload)
      res.end()
    } else if (req.method === 'POST' && what === 'wires') {
      const wire = cutWire(port(), (await bodyOf(req)) as readonly number[])
      wires.push(wire)
      res.end(`http://127.0.0.1:${await listen(wire)}`)
    } else if (what === 'requests') {
      res.end(JSON.stringify(requests.filter((url) => url.includes(`/${id}/`))))
    } else res.end()
  }
  const port = (): number => (server.address() as AddressInfo).port
  project.provide('cutServer', `http://127.0.0.1:${await listen(server)}`)
  return async () => {
    await relay.close()
    for (const one of [...wires, server]) one.close()
    server.closeAllConnections()
  }
}

// Passes bytes on; from the relay only so many on each connection, then the connection is gone.
function cutWire(target: number, cuts: readonly number[]): Server {
  let connection = 0
  return createTcpServer((client) => {
    let left = cuts[connection++] ?? Infinity
    const relay = connect(target, '127.0.0.1')
    const end = (): void => {
      client.destroy()
      relay.destroy()
    }
    client
      .on('data', (bytes) => relay.write(bytes))
      .on('close', end)
      .on('error', end)
    relay.on('close', end).on('error', end)
    relay.on('data', (bytes) => {
      if (bytes.length < left) client.write(bytes)
      else client.end(bytes.subarray(0, left), end)
      left -= bytes.length
    })
  })
}

async function bodyOf(req: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const chunk of req.setEncoding('utf8')) text += String(chunk)
  return JSON.parse(text)
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}
