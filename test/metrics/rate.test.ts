import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRate } from '../../src/metrics/rate.ts'

describe('createRate', () => {
  it('agrees with a list that forgets what is too old, to the width of a bucket', () => {
    const step = fc.record({ wait: fc.nat(700), amount: fc.nat(50) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const rate = createRate(1000)
        const list: { at: number; amount: number }[] = []
        const sumSince = (from: number): number =>
          list.reduce((sum, { at, amount }) => sum + (at >= from ? amount : 0), 0)
        let now = 0
        for (const { wait, amount } of steps) {
          now += wait
          rate.add(now, amount)
          list.push({ at: now, amount })
          expect(rate.sum(now)).toBeGreaterThanOrEqual(sumSince(now - 990))
          expect(rate.sum(now)).toBeLessThanOrEqual(sumSince(now - 1000))
        }
      }),
    )
  })

  it('counts any number of events in the same memory', () => {
    const rate = createRate(5000)
    for (let event = 0; event < 1_000_000; event++) rate.add(event / 1000, 1)
    expect(rate.perSecond(1000, 1000)).toBe(1_000_000)
  })

  it('knows no rate of a short time, and zero after a rest', () => {
    const rate = createRate(5000)
    expect(rate.perSecond(100, 0)).toBe(null)
    rate.add(100, 10)
    expect(rate.perSecond(200, 100)).toBe(null)
    expect(rate.perSecond(600, 500)).toBe(20)
    expect(rate.perSecond(60_000, 5000)).toBe(0)
  })
})
