// A page with nothing but the client on it, and a relay on the same origin, for what only a real browser can show.
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { BrowserContext, Page } from 'playwright'
import { build } from 'vite'
import { createRelay, memoryBackend } from '../../src/relay/index.ts'
import type { MemoryBackend, Relay } from '../../src/relay/index.ts'
import { launchChromium } from '../support/browser.ts'

/** A relay with its pages, and a browser beside it. */
export interface StreamsRig {
  readonly relay: Relay
  readonly backend: MemoryBackend
  /** Paths that were asked for, with the method or `UPGRADE` in front, without those of the page itself. */
  readonly requests: readonly string[]
  /** Opens the page; tabs of one context share their connections. */
  open(context: BrowserContext): Promise<Page>
  context(): Promise<BrowserContext>
  stop(): Promise<void>
}

/** Starts all of it. */
export async function startStreams(): Promise<StreamsRig> {
  const script = await bundle()
  const backend = memoryBackend()
  const relay = createRelay({ backend })
  const requests: string[] = []
  const note = (method: string, { url }: IncomingMessage): void =>
    void requests.push(`${method} ${url}`)
  const server = createServer((req, res) => {
    if (req.url === '/') return res.setHeader('content-type', 'text/html').end(PAGE)
    if (req.url === '/client.js') {
      return res.setHeader('content-type', 'text/javascript').end(script)
    }
    note(String(req.method), req)
    return relay.handler(req, res) || res.writeHead(404).end()
  })
  server.on('upgrade', (req, socket, head) => {
    note('UPGRADE', req)
    if (!relay.upgrade(req, socket, head)) socket.destroy()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const browser = await launchChromium()
  return {
    relay,
    backend,
    requests,
    context: () => browser.newContext(),
    async open(context) {
      const page = await context.newPage()
      await page.goto(url)
      await page.waitForFunction(() => 'createAgentStream' in globalThis)
      return page
    },
    async stop() {
      await browser.close()
      await relay.close()
      server.closeAllConnections()
      server.close()
    },
  }
}

const PAGE = '<!doctype html><title>streams</title><script type="module" src="/client.js"></script>'

async function bundle(): Promise<string> {
  const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
  const built = await build({
    configFile: false,
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"' },
    resolve: {
      alias: [
        { find: /^framewise$/, replacement: at('../../src/index.ts') },
        { find: /^framewise\/react$/, replacement: at('../../src/react/index.ts') },
      ],
    },
    build: {
      write: false,
      lib: { entry: at('./streams-entry.ts'), formats: ['es'], fileName: 'client' },
    },
  })
  const [result] = Array.isArray(built) ? built : [built]
  const [chunk] = result !== undefined && 'output' in result ? result.output : []
  if (chunk === undefined) throw new Error('expected a bundle, got none')
  return chunk.code
}
