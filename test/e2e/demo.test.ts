import { readFile } from 'node:fs/promises'
import { scenario, textOf } from 'framewise/testing'
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeRecording } from '../../src/wire/recording.ts'
import { type DemoRig, ended, framesLater, framesOf, readPanel, startDemo } from './demo-page.ts'

let demo: DemoRig

beforeAll(async () => {
  demo = await startDemo()
})

afterAll(() => demo.stop())

const written = (seed: number, events: number, chunk: number): string =>
  textOf(scenario({ seed, events, chunk }))

describe('a run by address', () => {
  it.each(['source=worker', 'source=relay&transport=sse', 'source=relay&transport=ws'])(
    'ends with the whole text in both panels (%s)',
    async (source) => {
      const page = await demo.open(
        `${source}&rate=1000&chunk=3&events=900&seed=5&renderer=plain&autostart=1`,
      )
      await ended(page)
      const [raw, batched] = [await readPanel(page, 'Raw'), await readPanel(page, 'Batched')]
      const text = written(5, 900, 3)
      expect(raw.text).toBe(text)
      expect(batched.text).toBe(text)
      expect(raw).toMatchObject({ state: 'done', events: 900, textLength: text.length })
      expect(batched).toMatchObject({ state: 'done', events: 900, textLength: text.length })
      await page.close()
    },
  )

  it.each(['source=worker', 'source=relay&transport=sse', 'source=relay&transport=ws'])(
    'renders Raw for every event and Batched at most once a frame, with Markdown (%s)',
    async (source) => {
      const page = await demo.open(
        `${source}&rate=400&chunk=4&events=1200&renderer=markdown&autostart=1`,
      )
      await ended(page)
      const frames = await framesOf(page)
      const [raw, batched] = [await readPanel(page, 'Raw'), await readPanel(page, 'Batched')]
      expect(raw.renders).toBeGreaterThanOrEqual(0.7 * raw.events)
      expect(batched.renders).toBeLessThanOrEqual(0.5 * batched.events)
      expect(batched.renders).toBeLessThanOrEqual(frames + 2)
      expect(raw.text.length).toBeGreaterThan(0)
      expect(batched.text).toBe(raw.text)
      expect(batched.textLength).toBe(written(1, 1200, 4).length)
      await page.close()
    },
  )

  it.each([
    { panels: 'raw', runs: 'Raw', rests: 'Batched' },
    { panels: 'batched', runs: 'Batched', rests: 'Raw' },
  ] as const)('runs $panels alone', async ({ panels, runs, rests }) => {
    const page = await demo.open(
      `panels=${panels}&source=worker&rate=2000&events=300&renderer=plain&autostart=1`,
    )
    await ended(page)
    expect((await readPanel(page, runs)).textLength).toBe(written(1, 300, 4).length)
    expect(await page.getByRole('region', { name: rests, exact: true }).count()).toBe(0)
    await page.close()
  })
})

describe('the controls', () => {
  it('show the address, correct what is wrong in it, and say so', async () => {
    const page = await demo.open('rate=50000&chunk=2&renderer=html&source=worker&panels=raw')
    await page.getByText('rate 50000 is outside').waitFor()
    await page.getByText('renderer “html” is not one of').waitFor()
    expect(await page.getByLabel('Events/s').inputValue()).toBe('10000')
    expect(await page.getByLabel('Chars/event').inputValue()).toBe('2')
    expect(await page.getByLabel('Panels').inputValue()).toBe('raw')
    expect(new URL(page.url()).searchParams.get('rate')).toBe('10000')
    expect(await page.locator('body').getAttribute('data-state')).toBe('idle')
    await page.close()
  })

  it('write themselves into the address', async () => {
    const page = await demo.open('')
    await page.getByLabel('Source').selectOption('worker')
    await page.getByLabel('Chars/event').fill('9')
    await page.getByLabel('Chars/event').press('Tab')
    const { searchParams } = new URL(page.url())
    expect(Object.fromEntries(searchParams)).toMatchObject({ source: 'worker', chunk: '9' })
    await page.close()
  })

  it('stop a run at once and start another one from zero', async () => {
    const page = await demo.open('source=worker&rate=200&events=200000&renderer=plain&autostart=1')
    await page.waitForFunction(
      () => Number(document.querySelector('[data-testid=raw-events]')?.textContent) > 20,
    )
    await page.getByRole('button', { name: 'Stop' }).click()
    expect(await page.locator('body').getAttribute('data-state')).toBe('idle')
    const chat = page.getByRole('log', { name: 'Raw conversation' })
    const stopped = [await readPanel(page, 'Raw'), await chat.textContent()]
    await framesLater(page, 5)
    expect([await readPanel(page, 'Raw'), await chat.textContent()]).toEqual(stopped)
    await page.getByLabel('Events', { exact: true }).fill('64')
    await page.getByRole('button', { name: 'Start' }).click()
    await ended(page)
    const again = await readPanel(page, 'Raw')
    expect(again.events).toBe(64)
    expect(again.text).toBe(written(1, 64, 4))
    await page.close()
  })

  it('say what to do when the server has no Redis', async () => {
    const page = await demo.open('source=redis&autostart=1')
    await expect(ended(page)).rejects.toThrow(/without a Redis.*REDIS_URL/)
    await page.close()
  })

  it('say what to do when there is no server', async () => {
    const page = await demo.open('source=relay')
    await page.route('**/demo/runs', (route) => route.abort())
    await page.getByRole('button', { name: 'Start' }).click()
    await expect(ended(page)).rejects.toThrow(/npm start/)
    await page.close()
  })
})

describe('the page', () => {
  it('follows a window that becomes narrow', async () => {
    const page = await demo.open('source=worker&rate=2000&events=300&autostart=1')
    await ended(page)
    await page.setViewportSize({ width: 390, height: 844 })
    await framesLater(page, 5)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
    await page.close()
  })
})

describe('isolate', () => {
  const recording = encodeRecording({
    framewise: 1,
    layout: 'memory',
    protocol: 'ag-ui',
    events: scenario({ events: 200 }).map((event, index) => ({
      t: index,
      id: null,
      data: JSON.stringify(event),
    })),
  })

  const openIsolate = async (): Promise<Page> => {
    const page = await demo.open('renderer=plain&source=worker')
    await page.route('**/recordings/*.ndjson', (route) => route.fulfill({ body: recording }))
    return page
  }

  const begin = (page: Page): Promise<void> => page.getByRole('button', { name: 'Isolate' }).click()

  it('ends in words, a table for every factor, and the same as JSON', async () => {
    const page = await openIsolate()
    await page.getByLabel('quick look').check()
    await begin(page)
    await ended(page)
    const section = page.getByRole('region', { name: 'Isolate' })
    const cells = (factor: string, column: number): Promise<string[]> =>
      section
        .locator(`table[data-factor=${factor}] tbody tr > :nth-child(${column})`)
        .allTextContents()
    expect(await cells('client', 1)).toEqual([
      'discard',
      'parse',
      'reduce',
      'plain',
      'hidden',
      'by hand',
    ])
    expect(await cells('source', 1)).toEqual([
      'worker',
      'worker, by hand',
      'memory',
      'memory, by hand',
    ])
    // What is played of the 200 events, in 150 ms: each of them once, or as a frame finds them.
    const [immediate = 0, adaptive = 0] = (await cells('schedule', 4)).map(Number)
    expect(immediate).toBeGreaterThanOrEqual(150)
    expect(adaptive).toBeLessThan(immediate / 2)
    const conclusion = await section.getByRole('list', { name: 'Conclusion' }).textContent()
    expect(conclusion).toMatch(/^Rendering once per event keeps the main thread busy \d+ %/)
    expect(conclusion).toContain('What this client keeps up with')
    const download = page.waitForEvent('download')
    await section.getByRole('link', { name: 'The result as JSON' }).click()
    const result = JSON.parse(await readFile(await (await download).path(), 'utf8')) as object
    expect(result).toMatchObject({ framewiseLab: 1, pairs: 2, costBy: 'stages' })
    await page.close()
  })

  it('is done by keyboard alone, with a server that has no lab', async () => {
    const page = await openIsolate()
    await page.route('**/lab/config', (route) => route.fulfill({ status: 404 }))
    await page.getByLabel('quick look').press('Space')
    await page.getByRole('button', { name: 'Isolate' }).press('Enter')
    await page.getByText('client: ').waitFor()
    // The focus is on what one may want next.
    await page.keyboard.press('Enter')
    await page.getByText('Isolate was cancelled').waitFor()
    expect(await page.locator('#lab-stage').textContent()).toBe('')
    expect(await page.locator('body').getAttribute('data-state')).toBe('idle')
    await page.close()
  })

  it('gives way to a run that is started meanwhile', async () => {
    const page = await openIsolate()
    await begin(page)
    await page.getByText('client: ').waitFor()
    await page.getByLabel('Events', { exact: true }).fill('64')
    await page.getByRole('button', { name: 'Start' }).click()
    await ended(page)
    expect(await page.locator('#lab').getAttribute('data-state')).toBe('idle')
    expect((await readPanel(page, 'Batched')).text).toBe(written(1, 64, 4))
    await page.close()
  })
})
