// Makes the pictures of the README, docs/images/demo.png and inspector.png: real runs, half way through, of the built
// demo.
// Colour emoji and Chinese in the text want fonts that have them: fonts-noto-color-emoji and fonts-noto-cjk.
import { fileURLToPath } from 'node:url'
import { startDemo } from './demo-page.ts'

const picture = (name: string): string =>
  fileURLToPath(new URL(`../../docs/images/${name}.png`, import.meta.url))
const query = 'source=worker&rate=400&chunk=4&events=5000&renderer=markdown&seed=1&autostart=1'

const alone = 'panels=raw&rate=300&chunk=3&events=9000&renderer=markdown&seed=1&autostart=1'

const demo = await startDemo()
try {
  const page = await demo.open(query)
  await page.getByLabel('Type here').pressSequentially('fluid?', { delay: 60 })
  await page.waitForFunction(
    () => Number(document.querySelector('[data-testid=raw-events]')?.textContent) >= 3600,
  )
  await page.screenshot({ path: picture('demo') })
  await page.close()
  const raw = await demo.open(alone)
  await raw.getByRole('button', { name: 'Inspect Raw' }).click()
  await raw.waitForFunction(
    () => Number(document.querySelector('[data-testid=raw-events]')?.textContent) >= 4500,
  )
  await raw.locator('framewise-inspector').screenshot({ path: picture('inspector') })
} finally {
  await demo.stop()
}
