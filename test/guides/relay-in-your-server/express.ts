import { createServer } from 'node:http'
import type { Server } from 'node:http'
import compression from 'compression'
import express from 'express'
import type { Express } from 'express'
import type { Relay } from 'framewise/relay'

/** An Express app with the relay in it. */
export function expressServer(relay: Relay): Server {
  const app = appOf()
  app.use(relay.handler)

  const server = createServer(app)
  server.on('upgrade', (req, socket, head) => {
    if (!relay.upgrade(req, socket, head)) socket.destroy()
  })
  return server
}

/** The same with the relay below a prefix. */
export function expressServerBelow(relay: Relay): Server {
  const app = appOf()
  app.use('/relay', relay.handler)

  const server = createServer(app)
  server.on('upgrade', (req, socket, head) => {
    // Express cuts the prefix off; an upgrade does not come through Express.
    req.url = req.url?.replace(/^\/relay\//, '/')
    if (!relay.upgrade(req, socket, head)) socket.destroy()
  })
  return server
}

/** The same behind compression, which leaves alone what says `no-transform`. */
export function compressedServer(relay: Relay): Server {
  const app = express()
  app.use(compression({ threshold: 0 }))
  app.use(relay.handler)
  app.get('/hello', (_req, res) => void res.send('the app'))
  return createServer(app)
}

function appOf(): Express {
  const app = express()
  app.get('/hello', (_req, res) => void res.send('the app'))
  return app
}
