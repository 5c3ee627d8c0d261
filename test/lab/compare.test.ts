import { describe, expect, it } from 'vitest'
import { armOf, effectsOf, sharesOf } from '../../src/lab/compare.ts'
import { planLab } from '../../src/lab/plan.ts'
import { costOf } from './planted.ts'

const plan = planLab({ factors: ['schedule'], sources: ['page'], view: 'plain', short: true })

/** Whether the effect of batching is told, when it costs so much to 100 without, and who lost events. */
function isShown(busyMs: number, lossy: readonly ('adaptive' | 'immediate')[]): boolean {
  const arm = (name: 'adaptive' | 'immediate', ms: number) =>
    armOf(name, [costOf(ms), costOf(ms, { complete: !lossy.includes(name) }), costOf(ms)])
  const arms = [arm('immediate', 100), arm('adaptive', busyMs)]
  return effectsOf(
    plan.flatMap((factor) => factor.arms),
    arms,
  ).some(({ shown }) => shown)
}

describe('an effect of runs that were cut or lost events, which cost at least so much', () => {
  it.each([
    ['dearer, though it did less', 200, ['adaptive'], true],
    ['dearer than what did less', 200, ['immediate'], false],
    ['cheaper, but it did less', 50, ['adaptive'], false],
    ['cheaper even than what did less', 50, ['immediate'], true],
    ['dearer, and neither did all', 200, ['adaptive', 'immediate'], false],
    ['cheaper, and neither did all', 50, ['adaptive', 'immediate'], false],
    ['dearer', 200, [], true],
    ['cheaper', 50, [], true],
  ] as const)('%s', (_, busyMs, lossy, shown) => {
    expect(isShown(busyMs, lossy)).toBe(shown)
  })
})

it('tells no share that a run which was cut or lost events has a part in', () => {
  const ladder = (lossy: string) =>
    ['discard', 'parse', 'reduce', 'plain', 'markdown', 'hidden'].map((name, at) =>
      armOf(name, [costOf(10 * (at + 1)), costOf(10 * (at + 1), { complete: name !== lossy })]),
    )
  const known = (lossy: string): readonly string[] =>
    sharesOf({ arms: ladder(lossy) }).flatMap(({ hypothesis, share }) =>
      share === null ? [] : [hypothesis],
    )
  expect(known('none')).toHaveLength(6)
  expect(known('parse')).toEqual(['receiving', 'rendering', 'markdown', 'painting'])
  expect(known('hidden')).toEqual(['receiving', 'parsing', 'reducing', 'rendering', 'markdown'])
  expect(known('markdown')).toEqual([])
})
