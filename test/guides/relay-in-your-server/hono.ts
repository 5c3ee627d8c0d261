import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import type { HttpBindings } from '@hono/node-server'
import { getConnInfo } from '@hono/node-server/conninfo'
import { Hono } from 'hono'
import { mount } from 'hono/mount'
import type { Relay } from 'framewise/relay'

/** A Hono app with the relay in it, on Node. */
export function honoServer(relay: Relay): Server {
  const app = appOf()
  app.all('/v1/*', (c) => relay.fetch(c.req.raw, getConnInfo(c).remote))

  const server = createAdaptorServer(app) as Server
  server.on('upgrade', (req, socket, head) => {
    if (!relay.upgrade(req, socket, head)) socket.destroy()
  })
  return server
}

/** The same with the relay below a prefix. */
export function honoServerBelow(relay: Relay): Server {
  const app = appOf()
  app.all(
    '/relay/*',
    mount(relay.fetch, (c) => getConnInfo(c).remote),
  )

  const server = createAdaptorServer(app) as Server
  server.on('upgrade', (req, socket, head) => {
    // mount() cuts the prefix off; an upgrade does not come through Hono.
    req.url = req.url?.replace(/^\/relay\//, '/')
    if (!relay.upgrade(req, socket, head)) socket.destroy()
  })
  return server
}

function appOf(): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>()
  app.get('/hello', (c) => c.text('the app'))
  return app
}
