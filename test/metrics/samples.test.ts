import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSamples } from '../../src/metrics/samples.ts'

describe('createSamples', () => {
  it('agrees with a sorted list of what is young enough', () => {
    const step = fc.record({ wait: fc.nat(400), value: fc.integer({ min: 0, max: 1000 }) })
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 100 }), (steps) => {
        const samples = createSamples(1000, 1000)
        let list: { at: number; value: number }[] = []
        let now = 0
        for (const { wait, value } of steps) {
          now += wait
          samples.add(now, value)
          list.push({ at: now, value })
        }
        list = list.filter(({ at }) => at > now - 1000)
        const sorted = list.map(({ value }) => value).toSorted((a, b) => a - b)
        expect(samples.spread(now)).toMatchObject({
          p50: sorted[Math.ceil(sorted.length * 0.5) - 1],
          p95: sorted[Math.ceil(sorted.length * 0.95) - 1],
          p99: sorted[Math.ceil(sorted.length * 0.99) - 1],
        })
      }),
    )
  })

  it('gives percentiles that were measured, and null where nothing was', () => {
    const samples = createSamples(10_000, 100)
    expect(samples.spread(0)).toMatchObject({ p50: null, p95: null, p99: null })
    for (let value = 1; value <= 20; value++) samples.add(value, value)
    expect(samples.spread(20)).toMatchObject({ p50: 10, p95: 19, p99: 20 })
  })

  it('keeps the newest when it is full, and nothing after a rest', () => {
    const samples = createSamples(1000, 10)
    for (let at = 0; at < 100; at++) samples.add(at, at)
    expect(samples.spread(100)).toMatchObject({ p50: 94, p95: 99, p99: 99 })
    expect(samples.spread(2000)).toMatchObject({ p50: null, p95: null, p99: null })
  })
})
