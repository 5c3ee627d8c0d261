// The demo as its users have it: the command's own server, the built page, a real Chromium.
import type { Browser, Page } from 'playwright'
import { launchChromium } from '../support/browser.ts'
import { type Cli, startCli, urlIn } from '../cli/run-cli.ts'

/** A demo server and a browser beside it. */
export interface DemoRig {
  readonly url: string
  /** Opens the page with this query, in a context of its own. */
  open(query: string): Promise<Page>
  stop(): Promise<void>
}

/** Starts `framewise demo` on a free port, and a browser. */
export async function startDemo(env: Record<string, string> = {}): Promise<DemoRig> {
  const server = startCli(['demo', '--port', '0'], env)
  const url = urlIn(await server.line(/^framewise demo on http:/))
  const browser = await launchChromium()
  return {
    url,
    open: (query) => open(browser, `${url}/?${query}`),
    stop: () => stop(browser, server),
  }
}

/** What the page shows at one moment. */
export interface Shown {
  readonly state: string
  readonly events: number
  readonly renders: number
  readonly textLength: number
  /** Assistant text on the screen. */
  readonly text: string
}

/** Waits until the page is done or failed; rejects with what it said when it failed. */
export async function ended(page: Page): Promise<void> {
  await page.waitForFunction(() => /done|failed/.test(document.body.dataset['state'] ?? ''), null, {
    timeout: 60_000,
  })
  const problem = await page.locator('#problem').textContent()
  if (problem !== '') throw new Error(`the page failed: ${problem}`)
}

/** Reads one panel. */
export async function readPanel(page: Page, name: 'Raw' | 'Batched'): Promise<Shown> {
  const region = page.getByRole('region', { name, exact: true })
  const integer = async (what: string): Promise<number> => {
    const text = (await region.getByTestId(`${name.toLowerCase()}-${what}`).textContent()) ?? ''
    if (!/^\d+$/.test(text)) throw new Error(`${what}: expected a plain integer, got “${text}”`)
    return Number(text)
  }
  const texts = region.locator('[data-role=assistant] .text')
  return {
    state: (await page.locator('body').getAttribute('data-state')) ?? '',
    events: await integer('events'),
    renders: await integer('renders'),
    textLength: await integer('text-length'),
    text: (await texts.allTextContents()).join(''),
  }
}

/** Frames that the page made since it was opened. */
export function framesOf(page: Page): Promise<number> {
  return page.evaluate(() => (globalThis as { framesMade?: number }).framesMade ?? 0)
}

/** Resolves once the page has made so many frames more. */
export async function framesLater(page: Page, count: number): Promise<void> {
  const until = (await framesOf(page)) + count
  await page.waitForFunction(
    (frames) => ((globalThis as { framesMade?: number }).framesMade ?? 0) >= frames,
    until,
  )
}

async function open(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
  await page.addInitScript(() => {
    const counter = globalThis as { framesMade?: number }
    counter.framesMade = 0
    const count = (): void => {
      counter.framesMade = (counter.framesMade ?? 0) + 1
      requestAnimationFrame(count)
    }
    requestAnimationFrame(count)
  })
  await page.goto(url)
  return page
}

async function stop(browser: Browser, server: Cli): Promise<void> {
  await browser.close()
  server.process.kill('SIGINT')
  await server.ended
}
