// The benches of text in their short form, with room for a busy machine: what they notice is a cost that grows with
// the length of the text, or a page that keeps what it should let go. The figures themselves: `npm run bench:text`.
import { expect, it } from 'vitest'
import type { BenchLine } from './bench-line.ts'
import { runBench } from './run-bench.ts'

it('keeps text cheap at any length, catching up cheaper than by hand, and nothing behind', async () => {
  const lines = JSON.parse(await runBench('text-bench', '--short', '--json')) as BenchLine[]
  const measured = (what: string): number | undefined =>
    lines.find((line) => line.what.startsWith(what))?.measured
  expect(measured('flush at 1 MB ÷ at 10 kB, plain')).toBeLessThan(2)
  expect(measured('flush at 1 MB ÷ at 10 kB, markdown')).toBeLessThan(2)
  expect(measured('catch-up')).toBeLessThan(1.25)
  expect(measured('longest frame')).toBeLessThan(50)
  expect(measured('heap left')).toBeLessThan(1024)
})
