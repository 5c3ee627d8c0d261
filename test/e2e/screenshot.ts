// Makes the picture of the README, docs/images/demo.png: a real run, half way through, of the built demo.
// Colour emoji and Chinese in the text want fonts that have them: fonts-noto-color-emoji and fonts-noto-cjk.
import { fileURLToPath } from 'node:url'
import { startDemo } from './demo-page.ts'

const picture = fileURLToPath(new URL('../../docs/images/demo.png', import.meta.url))
const query = 'source=worker&rate=400&chunk=4&events=5000&renderer=markdown&seed=1&autostart=1'

const demo = await startDemo()
try {
  const page = await demo.open(query)
  await page.getByLabel('Type here').pressSequentially('fluid?', { delay: 60 })
  await page.waitForFunction(
    () => Number(document.querySelector('[data-testid=raw-events]')?.textContent) >= 3600,
  )
  await page.screenshot({ path: picture })
  process.stdout.write(`${picture}\n`)
} finally {
  await demo.stop()
}
