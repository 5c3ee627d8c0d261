// A relay behind a real server on a free port, for tests.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createRelay } from '../../src/relay/index.ts'
import type { Relay, RelayOptions } from '../../src/relay/index.ts'
import { openSse } from './sse-client.ts'
import type { SseClient } from './sse-client.ts'

/** A served relay. */
export interface Served {
  readonly relay: Relay
  readonly port: number
  readonly url: string
  /** Opens a stream's events. */
  view(id: string, headers?: Record<string, string>, query?: string): Promise<SseClient>
  close(): Promise<void>
}

/** Serves a relay until closed; `close` closes the relay with its backend too. */
export async function serve(options: RelayOptions): Promise<Served> {
  const relay = createRelay(options)
  const server = createServer((req, res) => {
    if (!relay.handler(req, res)) res.writeHead(418).end()
  })
  server.on('upgrade', (req, socket, head) => {
    if (!relay.upgrade(req, socket, head)) socket.destroy()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const clients: SseClient[] = []
  return {
    relay,
    port,
    url,
    async view(id, headers, query = '') {
      const client = await openSse(`${url}/v1/streams/${id}/events${query}`, headers)
      clients.push(client)
      return client
    },
    async close() {
      await relay.close()
      for (const client of clients) client.close()
      server.closeAllConnections()
      server.close()
    },
  }
}
