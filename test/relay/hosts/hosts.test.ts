// The servers of docs/guides/relay-in-your-server.md, with the packages themselves.
import { once } from 'node:events'
import { createServer, get } from 'node:http'
import type { IncomingMessage, RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import { createRelay, memoryBackend } from '../../../src/relay/index.ts'
import type { Relay } from '../../../src/relay/index.ts'
import {
  compressedServer,
  expressServer,
  expressServerBelow,
} from '../../guides/relay-in-your-server/express.ts'
import { fastifyApp, fastifyAppBelow } from '../../guides/relay-in-your-server/fastify.ts'
import { honoServer, honoServerBelow } from '../../guides/relay-in-your-server/hono.ts'
import { nodeServer } from '../../guides/relay-in-your-server/node-http.ts'
import { hostContract } from './host-contract.ts'

const prefix = '/relay'

async function listening(app: FastifyInstance): Promise<Server> {
  await app.listen({ port: 0, host: '127.0.0.1' })
  return app.server
}

hostContract('node:http', { open: nodeServer })
hostContract('Express', { open: expressServer })
hostContract('Express, below a prefix', { open: expressServerBelow, prefix })
hostContract('Fastify', { open: (relay) => listening(fastifyApp(relay)) })
hostContract('Fastify, below a prefix', {
  open: (relay) => listening(fastifyAppBelow(relay)),
  prefix,
})
hostContract('Hono', { open: honoServer })
hostContract('Hono, below a prefix', { open: honoServerBelow, prefix })

describe('what stands around a relay', () => {
  const backend = memoryBackend()
  let relay: Relay
  let server: Server
  afterEach(async () => {
    await relay.close()
    server.closeAllConnections()
    server.close()
  })

  async function ask(path: string, on: (relay: Relay) => Server): Promise<IncomingMessage> {
    relay = createRelay({ backend })
    server = on(relay).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const headers = { 'accept-encoding': 'gzip' }
    const [response] = await once(get({ port, path, headers, agent: false }), 'response')
    return response as IncomingMessage
  }

  it('holds no event back to compress it', async () => {
    const page = await ask('/hello', compressedServer)
    expect(page.headers['content-encoding']).toBe('gzip')
    page.destroy()
    await relay.close()
    server.close()
    const response = await ask('/v1/streams/compressed/events', compressedServer)
    expect(response.headers['content-encoding']).toBeUndefined()
    let text = ''
    response.on('data', (bytes) => void (text += String(bytes)))
    for (const payload of ['one', 'two']) {
      await backend.append('compressed', payload)
      await expect.poll(() => text).toContain(payload)
    }
  })

  it('may have answered already, and goes on', async () => {
    const impatient: RequestListener = (req, res) => {
      relay.handler(req, res)
      res.writeHead(503).write('too ')
      setImmediate(() => res.end('late'))
    }
    const response = await ask('/v1/streams/a', () => createServer(impatient))
    expect(response.statusCode).toBe(503)
    expect(relay.stats().viewers).toBe(0)
  })
})
