// The bench of the meter in its short form, as counts: all arms show the same, publish as often, and leave nothing
// behind. What the meter costs: `npm run bench:metrics`.
import { expect, it } from 'vitest'
import type { MetricsLine } from './metrics-bench.ts'
import { runBench } from './run-bench.ts'

const all = (chars: number): MetricsLine['chars'] => ({
  off: chars,
  on: chars,
  read: chars,
  panel: chars,
})

it('changes nothing that is shown, and leaves nothing behind', async () => {
  const lines = JSON.parse(await runBench('metrics-bench', '--short', '--json')) as MetricsLine[]
  const [markdown, slow, fast] = lines
  expect(markdown?.chars).toEqual(all(90 * 8 * 8))
  expect(slow?.chars).toEqual(all(90 * 8 * 8))
  expect(fast?.chars).toEqual(all(90 * 100 * 8))
  for (const { entries, flushes } of lines) {
    expect(entries).toMatchObject({ on: entries.off, read: entries.off, panel: entries.off })
    // One per frame, and a few of the connection.
    expect(Math.max(...Object.values(flushes))).toBeLessThanOrEqual(100)
  }
})
