// The benches of text in their short form, with room for a busy machine: what they notice is a cost that grows with
// the length of the text, or a page that keeps what it should let go. The figures themselves: `npm run bench:text`.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const script = fileURLToPath(new URL('text-bench.ts', import.meta.url))

it('keeps text cheap at any length, catching up cheaper than by hand, and nothing behind', async () => {
  // Without the test run's own environment: the page is built as for production.
  const { NODE_ENV: _, VITEST: __, ...env } = process.env
  const { stdout } = await promisify(execFile)(process.execPath, [script, '--short', '--json'], {
    env,
  })
  const lines = JSON.parse(stdout) as { what: string; measured: number }[]
  const measured = (what: string): number | undefined =>
    lines.find((line) => line.what.startsWith(what))?.measured
  expect(measured('flush at 1 MB ÷ at 10 kB, plain')).toBeLessThan(2)
  expect(measured('flush at 1 MB ÷ at 10 kB, markdown')).toBeLessThan(2)
  expect(measured('catch-up')).toBeLessThan(1.25)
  expect(measured('longest frame')).toBeLessThan(50)
  expect(measured('heap left')).toBeLessThan(1024)
})
