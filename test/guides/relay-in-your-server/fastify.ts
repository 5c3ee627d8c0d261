import fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import type { Relay } from 'framewise/relay'

/** A Fastify app with the relay in it. */
export function fastifyApp(relay: Relay): FastifyInstance {
  const app = appOf()
  app.all('/v1/*', (request, reply) => {
    if (relay.handler(request.raw, reply.raw)) reply.hijack()
    else reply.callNotFound()
  })
  app.server.on('upgrade', (req, socket, head) => {
    if (!relay.upgrade(req, socket, head)) socket.destroy()
  })
  return app
}

/** The same with the relay below a prefix. */
export function fastifyAppBelow(relay: Relay): FastifyInstance {
  const below = (url = ''): string => url.replace(/^\/relay\//, '/')
  const app = appOf()
  app.all('/relay/*', (request, reply) => {
    request.raw.url = below(request.raw.url)
    if (relay.handler(request.raw, reply.raw)) reply.hijack()
    else reply.callNotFound()
  })
  app.server.on('upgrade', (req, socket, head) => {
    req.url = below(req.url)
    if (!relay.upgrade(req, socket, head)) socket.destroy()
  })
  return app
}

function appOf(): FastifyInstance {
  const app = fastify({ forceCloseConnections: true })
  app.get('/hello', () => 'the app')
  return app
}
