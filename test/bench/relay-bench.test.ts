// The relay's benches in their short form: real sockets, processes and Redis; every viewer gets every event, in order,
// or the script fails. Of costs only what no busy machine can turn round. The figures: `npm run bench:relay`.
import { expect, it } from 'vitest'
import type { BenchLine } from './bench-line.ts'
import { runBench } from './run-bench.ts'

it('delivers everything to everyone, cheaper than what it is measured beside', async () => {
  const lines = JSON.parse(await runBench('relay-bench', '--short', '--json')) as BenchLine[]
  const measured = (what: string): number | undefined =>
    lines.find((line) => line.what.includes(what))?.measured
  expect(measured('deliveries to 2000 viewers of 100 streams')).toBe(20_000)
  for (const other of ['naive', 'better-sse', 'assistant-stream', 'resumable-stream']) {
    expect(measured(`÷ ${other}`)).toBeLessThan(1)
  }
})
