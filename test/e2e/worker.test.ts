// A stream that is read in a Worker, in a real Chromium: built by Vite, and served by its development server.
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright'
import { build, createServer as createViteServer, type InlineConfig } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createStaticFiles } from '../../src/cli/http/static-files.ts'
import { createRelay, memoryBackend, type MemoryBackend } from '../../src/relay/index.ts'
import { launchChromium } from '../support/browser.ts'
import type { atHand } from './worker-page/main.ts'

type Client = typeof globalThis & { atHand: typeof atHand }
type Pages = Parameters<typeof createServer>[1] & object

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const outDir = at('../../node_modules/.cache/worker-page')
const config: InlineConfig = {
  configFile: false,
  root: at('worker-page'),
  logLevel: 'error',
  resolve: {
    alias: [
      { find: /^framewise$/, replacement: at('../../src/index.ts') },
      { find: /^framewise\/([a-z]+)$/, replacement: at('../../src/$1/index.ts') },
    ],
  },
  worker: { format: 'es' },
}

const delta = (text: string): string =>
  JSON.stringify({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta: text })
const FINISHED = JSON.stringify({ type: 'RUN_FINISHED', threadId: 't', runId: 'r' })

let browser: Browser
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser.close())

interface Site {
  readonly backend: MemoryBackend
  readonly requests: string[]
  readonly page: Page
  close(): Promise<void>
}

/** A relay with pages, and a browser's page that is open on it. */
async function serve(pages: Pages): Promise<Site> {
  const backend = memoryBackend()
  const relay = createRelay({ backend })
  const requests: string[] = []
  const server: Server = createServer((request, response) => {
    const { url = '' } = request
    if (url.startsWith('/v1/')) requests.push(url)
    const stream = /^\/blocking\/(.*)/.exec(url)?.[1]
    if (stream !== undefined) {
      void backend.append(stream, delta('late'))
      return void response.end()
    }
    if (!relay.handler(request, response)) pages(request, response)
  })
  server.on('upgrade', (request, socket, head) => {
    requests.push(`UPGRADE ${request.url}`)
    if (!relay.upgrade(request, socket, head)) socket.destroy()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const page = await browser.newPage()
  page.on('pageerror', ({ message }) => {
    // The development server’s own client finds no socket, and need not.
    if (!message.startsWith('WebSocket closed'))
      process.stderr.write(`the page failed: ${message}\n`)
  })
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  await page.waitForFunction(() => 'atHand' in globalThis)
  return {
    backend,
    requests,
    page,
    async close() {
      await page.close()
      await relay.close()
      server.closeAllConnections()
      server.close()
    },
  }
}

const open = (page: Page, stream: string, way: 'sse' | 'ws' | 'page'): Promise<void> =>
  page.evaluate(([stream, way]) => (globalThis as Client).atHand.open(stream, way), [
    stream,
    way,
  ] as const)
const call = <Name extends 'text' | 'status' | 'snapshot' | 'reconnect' | 'close'>(
  page: Page,
  name: Name,
  stream: string,
): Promise<ReturnType<(typeof atHand)[Name]>> =>
  page.evaluate(([name, stream]) => (globalThis as Client).atHand[name](stream) as never, [
    name,
    stream,
  ] as const)
const shows = (page: Page, stream: string, text: string): Promise<void> =>
  expect.poll(() => call(page, 'text', stream), { timeout: 20_000 }).toBe(text)

/** Reads a run in a Worker, cut once, to its end. */
async function readRun({ backend, page, requests }: Site, way: 'sse' | 'ws'): Promise<void> {
  const stream = `run-${way}`
  const words = Array.from({ length: 300 }, (_, index) => `${index} 漢字 🎉 `)
  for (const word of words.slice(0, 100)) await backend.append(stream, delta(word))
  await open(page, stream, way)
  await shows(page, stream, words.slice(0, 100).join(''))
  await call(page, 'reconnect', stream)
  for (const word of words.slice(100)) await backend.append(stream, delta(word))
  await backend.append(stream, FINISHED)
  await shows(page, stream, words.join(''))
  await expect.poll(() => call(page, 'status', stream)).toBe('finished')
  const { events, resumes, stages } = await call(page, 'snapshot', stream)
  expect({ events, resumes }).toEqual({ events: 301, resumes: 1 })
  expect(stages.parse).not.toBeNull()
  if (way === 'sse') {
    const asked = requests.filter((url) => url.startsWith(`/v1/streams/${stream}/events?timing=1`))
    expect(asked).toHaveLength(2)
    expect(asked[1]).toContain('&after=L-')
  } else expect(requests.some((url) => url.startsWith('UPGRADE'))).toBe(true)
  await call(page, 'close', stream)
}

/** Blocks the page while an event comes, and tells where the time went. */
async function blocked({ backend, page }: Site, way: 'sse' | 'page') {
  const stream = `blocked-${way}`
  await backend.append(stream, delta('first '))
  await open(page, stream, way)
  await shows(page, stream, 'first ')
  // The clock must be known, or nothing is known of the network.
  await expect
    .poll(() => call(page, 'snapshot', stream).then(({ serverClock }) => serverClock))
    .not.toBeNull()
  await page.evaluate((stream) => (globalThis as Client).atHand.block(stream, 500), stream)
  await shows(page, stream, 'first late')
  await expect
    .poll(() => call(page, 'snapshot', stream).then(({ stages }) => stages.network?.count))
    .toBe(1)
  const frames = async (): Promise<number | undefined> =>
    (await call(page, 'snapshot', stream)).longFrames?.count
  await expect.poll(frames).toBeGreaterThan(0)
  const snapshot = await call(page, 'snapshot', stream)
  await call(page, 'close', stream)
  return snapshot
}

describe('built by Vite', () => {
  let site: Site
  beforeAll(async () => {
    await build({ ...config, build: { outDir, emptyOutDir: true } })
    const files = createStaticFiles(outDir)
    site = await serve((request, response) => {
      void files(request, response).then((found) => found || response.writeHead(404).end())
    })
  })
  afterAll(() => site.close())

  it.each(['sse', 'ws'] as const)('reads a run to its end over %s, whole', (way) =>
    readRun(site, way),
  )

  it('tells a busy page from a slow network', async () => {
    const { stages, closing } = await blocked(site, 'sse')
    expect(stages.network).toMatchObject({ source: 'bounded', count: 1 })
    expect(stages.other?.max).toBeGreaterThan(250)
    expect(stages.network?.max).toBeLessThan(250)
    expect(closing).toBeGreaterThan(0.95)
    expect(closing).toBeLessThan(1.05)
  })

  it('cannot tell them apart without a Worker, and says so', async () => {
    const { stages } = await blocked(site, 'page')
    expect(stages.network?.source).toBe('inferred')
  })
})

it('is served by the development server', async () => {
  const vite = await createViteServer({
    ...config,
    appType: 'spa',
    server: { middlewareMode: true, hmr: false, ws: false },
    cacheDir: at('../../node_modules/.cache/worker-page-dev'),
  })
  const site = await serve((request, response) => vite.middlewares(request, response))
  try {
    await readRun(site, 'sse')
  } finally {
    await site.close()
    await vite.close()
  }
})
