import { describe, expect, it } from 'vitest'
import { type PlanOptions, planLab, stepsOf } from '../../src/lab/plan.ts'
import { LAB_FACTORS } from '../../src/lab/result.ts'

const options: PlanOptions = {
  factors: LAB_FACTORS,
  sources: ['worker', 'memory', 'redis'],
  view: 'markdown',
  short: false,
}

const names = (given: Partial<PlanOptions>): Record<string, readonly string[]> =>
  Object.fromEntries(
    planLab({ ...options, ...given }).map(({ name, arms }) => [name, arms.map((arm) => arm.name)]),
  )

describe('a plan', () => {
  it('changes one factor at a time, with a consumer written by hand beside each', () => {
    expect(names({})).toEqual({
      client: ['discard', 'parse', 'reduce', 'plain', 'markdown', 'hidden', 'by hand'],
      schedule: ['immediate', 'frame', 'adaptive', 'throttle 100 ms', 'by hand'],
      chunk: [1, 4, 16, 64].flatMap((size) => [
        `${size} ${size === 1 ? 'char' : 'chars'}, immediate`,
        `${size} ${size === 1 ? 'char' : 'chars'}, adaptive`,
        `${size} ${size === 1 ? 'char' : 'chars'}, by hand`,
      ]),
      source: ['worker', 'memory', 'redis'].flatMap((name) => [name, `${name}, by hand`]),
    })
  })

  it.each([
    ['plain', ['discard', 'parse', 'reduce', 'plain', 'hidden', 'by hand']],
    ['none', ['discard', 'parse', 'reduce', 'by hand']],
  ] as const)('ends the ladder where there is nothing richer than %s', (view, rungs) => {
    expect(names({ view })['client']).toEqual(rungs)
  })

  it('compares each source with the one before it, which lacks one thing', () => {
    const source = planLab(options).find(({ name }) => name === 'source')
    expect(source?.arms.map(({ name, against }) => [name, against])).toEqual([
      ['worker', null],
      ['worker, by hand', 'worker'],
      ['memory', 'worker'],
      ['memory, by hand', 'memory'],
      ['redis', 'memory'],
      ['redis, by hand', 'redis'],
    ])
  })

  it('keeps to the factors that are asked for', () => {
    expect(Object.keys(names({ factors: ['chunk', 'speed'] }))).toEqual(['chunk'])
  })

  it('compares every arm with one of its own factor, and differs from it in one thing', () => {
    for (const { name, arms } of planLab(options)) {
      const compared = arms.filter(({ against }) => against !== null)
      expect(compared.length).toBeGreaterThan(arms.length / 3)
      for (const arm of compared) {
        const other = arms.find((one) => one.name === arm.against)
        expect(other, `${name}: ${arm.name} against ${arm.against}`).toBeDefined()
        if (name !== 'client' && arm.consumer === other?.consumer) {
          const differing = (['schedule', 'chunk', 'source', 'view', 'hidden'] as const).filter(
            (key) => arm[key] !== other[key],
          )
          expect(differing).toEqual([name])
        }
      }
    }
  })
})

it('runs the arms of a round after one another, and turns them round with every round', () => {
  const [client] = planLab({ ...options, view: 'none', factors: ['client'] })
  const order = stepsOf(client?.arms ?? [], 2).map(({ arm, round }) => `${round} ${arm.name}`)
  expect(order).toEqual([
    '0 discard',
    '0 parse',
    '0 reduce',
    '0 by hand',
    '1 by hand',
    '1 reduce',
    '1 parse',
    '1 discard',
    '2 discard',
    '2 parse',
    '2 reduce',
    '2 by hand',
  ])
})
