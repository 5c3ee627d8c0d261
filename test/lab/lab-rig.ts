// The lab without a head: the page as it is built for production, the command's own server with its relays on memory
// and, where there is one, on Redis, and a real Chromium whose main thread is read by the DevTools protocol.
import type { CDPSession, Page } from 'playwright'
import type { LabProgress, LabReading, LabResult } from 'framewise/metrics'
import { startCli, urlIn } from '../cli/run-cli.ts'
import { launchChromium, which } from '../support/browser.ts'
import { buildPage } from '../support/build-page.ts'
import { type RedisServer, startRedis } from '../support/redis-server.ts'
import type { LabPage, LabPageOptions } from './page/main.ts'

/** Options of {@link startLab}. */
export interface LabRigOptions {
  /** Address of a Redis. @default one of its own, where redis-server is installed; '' for none */
  readonly redis: string | undefined
  readonly onProgress: (progress: LabProgress) => void
}

/** An open page and what it stands on. */
export interface LabRig {
  /** Plays. */
  run(options: LabPageOptions): Promise<LabResult>
  /** Ends what is being played: `run` rejects. */
  cancel(): void
  /** There is a Redis among the sources. */
  readonly redis: boolean
  stop(): Promise<void>
}

/** Builds the page and starts everything. */
export async function startLab({ redis, onProgress }: LabRigOptions): Promise<LabRig> {
  const outDir = await buildPage('lab', new URL('page', import.meta.url))
  const own = redis === undefined && which('redis-server') ? await startRedis() : null
  const url = own?.url ?? redis ?? ''
  const server = startCli(['demo', '--port', '0', '--dir', outDir], url ? { REDIS_URL: url } : {})
  const address = urlIn(await server.line(/^framewise demo on http:/))
  const browser = await launchChromium({
    // Ctrl-C is for the lab to hear: it ends the page in good order.
    handleSIGINT: false,
  })
  const page = await openPage(await browser.newPage(), address, onProgress)
  const lab = await page.evaluateHandle(() => (globalThis as unknown as { lab: LabPage }).lab)
  return {
    async run(options) {
      const json = await lab.evaluate((one, given) => one.run(given), options)
      return JSON.parse(json) as LabResult
    },
    cancel: () => void lab.evaluate((one) => one.cancel()),
    redis: url !== '',
    stop: () => stop(browser, server, own),
  }
}

async function openPage(
  page: Page,
  address: string,
  onProgress: LabRigOptions['onProgress'],
): Promise<Page> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  await page.exposeFunction('readCost', () => readCost(session))
  await page.exposeFunction('tellProgress', onProgress)
  page.on('pageerror', (error) => process.stderr.write(`the page failed: ${error.message}\n`))
  await page.goto(address)
  return page
}

async function readCost(session: CDPSession): Promise<LabReading> {
  const { metrics } = await session.send('Performance.getMetrics')
  const ms = (name: string): number =>
    1000 * (metrics.find((metric) => metric.name === name)?.value ?? NaN)
  return { taskMs: ms('TaskDuration'), scriptMs: ms('ScriptDuration') }
}

async function stop(
  browser: { close(): Promise<void> },
  server: ReturnType<typeof startCli>,
  redis: RedisServer | null,
): Promise<void> {
  await browser.close()
  server.process.kill('SIGINT')
  await server.ended
  await redis?.stop()
}
