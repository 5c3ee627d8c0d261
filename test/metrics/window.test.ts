import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createWindow } from '../../src/metrics/window.ts'

describe('createWindow', () => {
  it('agrees with a list that forgets what is too old', () => {
    const step = fc.record({ wait: fc.nat(400), value: fc.integer({ min: 0, max: 1000 }) })
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 200 }), (steps) => {
        const window = createWindow(1000, 1000)
        let list: { at: number; value: number }[] = []
        let now = 0
        for (const { wait, value } of steps) {
          now += wait
          window.add(now, value)
          list.push({ at: now, value })
          list = list.filter(({ at }) => at > now - 1000)
          expect(window.count(now)).toBe(list.length)
          expect(window.sum(now)).toBe(list.reduce((sum, one) => sum + one.value, 0))
        }
      }),
    )
  })

  it('gives percentiles that were measured, and null where nothing was', () => {
    const window = createWindow(10_000, 100)
    expect(window.percentiles(0)).toEqual({ p50: null, p95: null })
    for (let value = 1; value <= 20; value++) window.add(value, value)
    expect(window.percentiles(20)).toEqual({ p50: 10, p95: 19 })
  })

  it('forgets everything after a rest', () => {
    const window = createWindow(1000, 10)
    window.add(0, 5)
    expect(window.sum(2000)).toBe(0)
    expect(window.percentiles(2000).p50).toBe(null)
  })

  it('covers a shorter time rather than more memory, and says so', () => {
    const window = createWindow(1000, 10)
    for (let at = 0; at < 100; at++) window.add(at, 1)
    expect(window.count(100)).toBe(10)
    expect(window.span(100)).toBe(10)
  })

  it('knows that it is young', () => {
    const window = createWindow(5000, 10)
    expect(window.span(40)).toBe(0)
    window.add(50, 1)
    expect(window.span(150)).toBe(100)
    expect(window.span(60_000)).toBe(5000)
  })
})
