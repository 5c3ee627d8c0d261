// The classic script in pages that know nothing of us: before the application's own, under a strict policy.
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright'
import { build } from 'vite'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { batchEventSource, observe, Watching } from '../../src/observe/index.ts'
import { launchChromium } from '../support/browser.ts'

type Client = typeof globalThis & {
  readonly framewiseObserve: {
    readonly observe: typeof observe
    readonly batchEventSource: typeof batchEventSource
    readonly watching: Watching
  }
  readonly app: { readonly tasks: number; readonly text: string; readonly trusted: boolean }
}

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const outDir = at('../../node_modules/.cache/observe-script')

const APP = `
const app = globalThis.app = { tasks: 0, text: '', trusted: true }
let isNew = true
const source = new EventSource('/events')
source.onmessage = (event) => {
  app.text += JSON.parse(event.data).delta
  app.trusted &&= event.isTrusted
  document.querySelector('p').textContent = app.text
  if (!isNew) return
  isNew = false
  app.tasks++
  queueMicrotask(() => (isNew = true))
}
source.onerror = () => source.close()
`
const EVENTS = 200
const page = (tag: string): string =>
  `<!doctype html><title>app</title><p></p>${tag}<script src="/app.js"></script>`
const FILES: Readonly<Record<string, readonly [type: string, text: () => string]>> = {
  '/plain': ['text/html', () => page('')],
  '/observed': ['text/html', () => page('<script src="/observe.js"></script>')],
  '/batched': ['text/html', () => page('<script src="/observe.js" data-batch></script>')],
  '/app.js': ['text/javascript', () => APP],
  '/observe.js': ['text/javascript', () => readFileSync(`${outDir}/observe.js`, 'utf8')],
}

let browser: Browser
let origin: string
const asked: string[] = []
const server = createServer((request, response) => {
  const { url = '' } = request
  asked.push(url)
  if (url === '/events') return stream(response)
  const [type, text] = FILES[url] ?? ['text/plain', () => '']
  const policy =
    "default-src 'none'; script-src 'self'; connect-src 'self'; require-trusted-types-for 'script'"
  response.writeHead(200, { 'content-type': type, 'content-security-policy': policy }).end(text())
})

function stream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const events = Array.from({ length: EVENTS }, (_, index) => `data: {"delta":"${index} "}\n\n`)
  response.end(events.join(''))
}

beforeAll(async () => {
  await build({
    configFile: at('../../vite.config.ts'),
    mode: 'observe-script',
    logLevel: 'warn',
    build: { outDir, emptyOutDir: true },
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  browser = await launchChromium()
})
afterAll(async () => {
  await browser.close()
  server.close()
  server.closeAllConnections()
})

async function open(path: string): Promise<{ page: Page; failures: string[]; app: Client['app'] }> {
  const page = await browser.newPage()
  const failures: string[] = []
  page.on('pageerror', ({ message }) => failures.push(message))
  page.on('console', (message) => failures.push(message.text()))
  await page.goto(origin + path)
  await page.waitForFunction(
    (events) => (globalThis as Client).app.text.endsWith(`${events - 1} `),
    EVENTS,
  )
  const app = await page.evaluate(() => ({ ...(globalThis as Client).app }))
  return { page, failures, app }
}

it('measures an application that it changes nothing for, under a strict policy', async () => {
  const plain = await open('/plain')
  asked.length = 0
  const observed = await open('/observed')
  expect(asked.filter((url) => url !== '/favicon.ico')).toEqual([
    '/observed',
    '/observe.js',
    '/app.js',
    '/events',
  ])
  expect(observed.app).toEqual(plain.app)
  expect(observed.app.tasks).toBe(EVENTS)
  expect([...plain.failures, ...observed.failures]).toEqual([])
  const names = await plain.page.evaluate(() => Object.keys(globalThis))
  const added = await observed.page.evaluate(
    (names) => Object.keys(globalThis).filter((name) => !names.includes(name)),
    names,
  )
  expect(added).toEqual(['framewiseObserve'])
  const streams = await observed.page.evaluate(() => {
    const { watching, observe } = (globalThis as Client).framewiseObserve
    const again = observe() === watching
    return watching
      .streams()
      .map((stream) => [
        again,
        stream.kind,
        new URL(stream.url).pathname,
        stream.snapshot().events,
        stream.diagnosis().verdict.kind,
      ])
  })
  // A fifth of a second is too young for a verdict.
  expect(streams).toEqual([[true, 'event-source', '/events', EVENTS, 'unknown']])
  await Promise.all([plain.page.close(), observed.page.close()])
})

it('delivers per frame where the tag says so', async () => {
  const { page, failures, app } = await open('/batched')
  expect(failures).toEqual([])
  expect(app.trusted).toBe(false)
  expect(app.tasks).toBeLessThan(EVENTS / 4)
  const events = await page.evaluate(
    () => (globalThis as Client).framewiseObserve.watching.streams()[0]?.snapshot().events,
  )
  expect(events).toBe(EVENTS)
  await page.close()
})
