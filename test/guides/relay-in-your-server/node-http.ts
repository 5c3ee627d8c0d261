import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { Relay } from 'framewise/relay'

/** A server of node:http with the relay in it. */
export function nodeServer(relay: Relay): Server {
  const server = createServer((req, res) => {
    if (relay.handler(req, res)) return
    if (req.url === '/hello') res.end('the app')
    else res.writeHead(404).end('the app has nothing here')
  })
  server.on('upgrade', (req, socket, head) => {
    if (!relay.upgrade(req, socket, head)) socket.destroy()
  })
  return server
}
