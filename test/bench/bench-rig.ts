// A built page, a real Chromium, and what the page's main thread spent: read by the DevTools protocol, from outside.
import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo } from 'node:net'
import type { Browser, CDPSession, JSHandle, Page } from 'playwright'
import { createStaticFiles } from '../../src/cli/http/static-files.ts'
import { launchChromium } from '../support/browser.ts'
import { buildPage } from '../support/build-page.ts'
import type { TextBench } from './page/main.ts'

/** What a stretch of time cost the main thread, in ms. */
export interface MainThreadMs {
  /** All tasks, paint included. */
  readonly task: number
  readonly script: number
  /** Style and layout. */
  readonly layout: number
}

/** One open page. */
export interface BenchPage {
  readonly page: Page
  readonly bench: JSHandle<TextBench>
  /** Does something in the page and says what it cost. */
  spent<T>(work: () => Promise<T>): Promise<{ readonly ms: MainThreadMs; readonly result: T }>
  /** Bytes in use after a garbage collection. */
  heap(): Promise<number>
  close(): Promise<void>
}

/** Server and browser. */
export interface BenchRig {
  /** Port of the server. */
  readonly port: number
  /** Where the page was built to. */
  readonly dir: string
  /**
   * @param port of what stands in front of the server. @default the server's own
   * @param time `threadTicks`: what the thread computed, not the time that passed meanwhile; a busy machine disturbs it
   *   less. @default 'timeTicks'
   */
  open(port?: number, time?: 'timeTicks' | 'threadTicks'): Promise<BenchPage>
  stop(): Promise<void>
}

/**
 * Builds the page, as it is in production, and starts what shows it.
 * @param answered answers requests on the page's own origin; true where it does. @default answers none
 */
export async function startBench(
  answered: (...request: Parameters<RequestListener>) => boolean = () => false,
): Promise<BenchRig> {
  const outDir = await buildPage('bench', new URL('page', import.meta.url))
  const files = createStaticFiles(outDir)
  const server = createServer((request, response) => {
    if (answered(request, response)) return
    void files(request, response).then((found) => found || response.writeHead(404).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const browser = await launchChromium()
  return {
    port,
    dir: outDir,
    open: (by = port, time = 'timeTicks') => openPage(browser, `http://127.0.0.1:${by}/`, time),
    async stop() {
      await browser.close()
      server.close()
      server.closeAllConnections()
    },
  }
}

async function openPage(
  browser: Browser,
  url: string,
  timeDomain: 'timeTicks' | 'threadTicks',
): Promise<BenchPage> {
  const page = await browser.newPage()
  page.on('pageerror', (error) => process.stderr.write(`the page failed: ${error.message}\n`))
  await page.goto(url)
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain })
  const bench = await page.evaluateHandle(
    () => (globalThis as unknown as { bench: TextBench }).bench,
  )
  return {
    page,
    bench,
    async spent(work) {
      const before = await read(session)
      const result = await work()
      const after = await read(session)
      const ms = (name: string): number => ((after.get(name) ?? 0) - (before.get(name) ?? 0)) * 1000
      return {
        result,
        ms: {
          task: ms('TaskDuration'),
          script: ms('ScriptDuration'),
          layout: ms('LayoutDuration') + ms('RecalcStyleDuration'),
        },
      }
    },
    async heap() {
      // The first frees what the second finds to be unreachable.
      await session.send('HeapProfiler.collectGarbage')
      await session.send('HeapProfiler.collectGarbage')
      return (await session.send('Runtime.getHeapUsage')).usedSize
    },
    close: () => page.close(),
  }
}

async function read(session: CDPSession): Promise<ReadonlyMap<string, number>> {
  const { metrics } = await session.send('Performance.getMetrics')
  return new Map(metrics.map(({ name, value }) => [name, value]))
}
