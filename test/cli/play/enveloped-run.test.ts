import fc from 'fast-check'
import { expect, it } from 'vitest'
import { envelopedRun } from '../../../src/cli/play/enveloped-run.ts'

const run = { seed: 1, chunk: 4, layout: 'suna-stream', runId: 'r' } as const

it('gives exactly as many envelopes as asked for', () => {
  const layout = fc.constantFrom('suna-list' as const, 'suna-stream' as const)
  fc.assert(
    fc.property(
      fc.integer({ min: 16, max: 3000 }),
      fc.integer({ min: 1, max: 40 }),
      fc.nat(1000),
      layout,
      (events, chunk, seed, lies) => {
        expect(envelopedRun({ ...run, events, chunk, seed, layout: lies })).toHaveLength(events)
      },
    ),
    { numRuns: 60, examples: [[588, 1, 0, 'suna-list']] },
  )
})

it('gives the smallest run where fewer are asked for than that takes', () => {
  const rows = envelopedRun({ ...run, events: 8 })
  expect(rows.length).toBeGreaterThan(8)
  expect(rows.length).toBeLessThan(16)
  expect(rows.at(-1)).toMatchObject({ type: 'status', status: 'completed' })
})
