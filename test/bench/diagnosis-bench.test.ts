// The bench of verdicts: what it plays, what it counts, and in its short form that a real run comes to a line of JSON.
import { describe, expect, it } from 'vitest'
import { runBench } from './run-bench.ts'
import { FAULTS } from './diagnosis-faults.ts'
import { SECTIONS, withSection } from './diagnosis-page.ts'
import { armsOf, pairsOf, runsOf, strengthOf } from './diagnosis-plan.ts'
import { type Outcome, reliabilityOf, tablesOf, tallyOf } from './diagnosis-tally.ts'

const outcome = (
  kind: Outcome['kind'],
  confidence: number,
  more: Partial<Outcome> = {},
): Outcome => {
  return { name: 'none', right: ['healthy'], isKnowable: true, kind, confidence, ...more }
}

const OUTCOMES: readonly Outcome[] = [
  outcome('healthy', 0.9),
  outcome('healthy', 0.3),
  outcome('model-bound', 0.8),
  outcome('model-bound', 0.79),
  outcome('unknown', 0),
  outcome('unknown', 0, { name: 'hidden tab', right: ['unknown'], isKnowable: false }),
  outcome('relay-bound', 1, { name: 'overloaded relay', right: ['relay-bound'] }),
]

describe('the tally', () => {
  it('counts what was right, surely wrong, and unknown though it could be known', () => {
    expect(tallyOf(OUTCOMES)).toEqual({
      runs: 7,
      right: 4,
      confidentlyWrong: 1,
      unknown: 1,
      matrix: {
        none: { healthy: 2, 'model-bound': 2, unknown: 1 },
        'hidden tab': { unknown: 1 },
        'overloaded relay': { 'relay-bound': 1 },
      },
    })
  })

  it('sorts verdicts by their confidence, each once, and those that claim nothing not at all', () => {
    expect(reliabilityOf(OUTCOMES)).toEqual([
      { from: 0, below: 0.3, right: 0, wrong: 0 },
      { from: 0.3, below: 0.5, right: 1, wrong: 0 },
      { from: 0.5, below: 0.8, right: 0, wrong: 1 },
      { from: 0.8, below: 1, right: 2, wrong: 1 },
    ])
  })

  it('shows what may not be said in bold', () => {
    const tables = tablesOf(OUTCOMES)
    expect(tables).toContain('| none | healthy 2, **model-bound 2**, **unknown 1** |')
    expect(tables).toContain('| 0.8 to 1 | 2 | 1 |')
    expect(tables).toContain('7 runs, 4 right (57.1 %), 1 wrong')
  })
})

describe('the page', () => {
  it('replaces one section and keeps the others, in their order', () => {
    const two = withSection(withSection('', 'The field note', 'settled'), 'The matrix', 'old')
    const three = withSection(withSection(two, 'The matrix', 'new'), SECTIONS[1], 'small')
    const [, matrix = '', smallest = '', note = ''] = three.split('\n## ')
    expect(matrix).toMatch(/^The matrix\n[^]*\n\nnew\n$/)
    expect(smallest).toMatch(/^The smallest that is found\n[^]*\n\nsmall\n$/)
    expect(note).toMatch(/^The field note\n[^]*\n\nsettled\n$/)
    expect(withSection(three, 'The matrix', 'new')).toBe(three)
  })
})

describe('the plan', () => {
  it('has every fault in its layouts, the server’s in both', () => {
    const runs = runsOf(3)
    expect(new Set(runs.map(({ name }) => name))).toEqual(new Set(FAULTS.map(({ name }) => name)))
    const layouts = runs.filter(({ name }) => name === 'overloaded relay').map((one) => one.layout)
    expect(layouts).toEqual(['stream', 'list'])
    for (let seed = 1; seed <= 100; seed++) {
      expect(strengthOf(seed)).toBeGreaterThanOrEqual(0.8)
      expect(strengthOf(seed)).toBeLessThan(1.6)
    }
  })

  it('ends one seed within 8 minutes, at most 15 s a run', () => {
    expect((runsOf(1).length + armsOf(1).length) * 11).toBeLessThanOrEqual(480)
  })

  it('puts in two faults at once ten times, whole, and takes either for right', () => {
    const pairs = pairsOf(1)
    expect(pairs).toHaveLength(10)
    const [first] = pairs
    expect(first?.fault.right).toEqual(['model-bound', 'render-bound'])
    expect(first?.fault.gapMs?.(0, () => 0, 1)).toBe(150)
    expect(first?.fault.page?.(1)).toEqual({ stamped: true, renderMs: 40 })
  })

  it('never lets the network be blamed for a slow processor', () => {
    const throttled = armsOf(1).filter(({ arm }) => arm === 'throttled')
    expect(throttled.length).toBeGreaterThan(0)
    for (const { fault } of throttled) expect(fault.right).not.toContain('network-bound')
  })
})

it('plays a stream in a real page, and ends in one line of JSON', async () => {
  const flags = ['--only', 'none', '--arm', 'page', '--seconds', '3', '--json']
  const stdout = await runBench('diagnosis-bench', ...flags)
  const tally = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as ReturnType<typeof tallyOf>
  expect(Object.keys(tally)).toEqual(['runs', 'right', 'confidentlyWrong', 'unknown', 'matrix'])
  expect(tally.runs).toBe(2)
  const counts = Object.values(tally.matrix['none'] ?? {})
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(2)
})
