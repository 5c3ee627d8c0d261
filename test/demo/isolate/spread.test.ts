import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { excludesOne, pairedRatios, spreadOf } from '../../../demo/isolate/spread.ts'

const positive = fc.double({ min: 0.001, max: 1e6, noNaN: true })

describe('spreadOf', () => {
  it('takes the middle one of an odd number, and the mean of the middle two of an even one', () => {
    expect(spreadOf([9, 1, 5])).toEqual({ median: 5, min: 1, max: 9 })
    expect(spreadOf([4, 1, 3, 2])).toEqual({ median: 2.5, min: 1, max: 4 })
  })

  it('refuses to speak of nothing', () => {
    expect(() => spreadOf([])).toThrow(RangeError)
  })

  it('keeps the median within the range, whatever the order', () => {
    fc.assert(
      fc.property(fc.array(positive, { minLength: 1 }), (values) => {
        const { median, min, max } = spreadOf(values)
        expect(min).toBeLessThanOrEqual(median)
        expect(median).toBeLessThanOrEqual(max)
        expect(spreadOf(values.toReversed())).toEqual({ median, min, max })
      }),
    )
  })
})

describe('pairedRatios', () => {
  it('divides pair by pair, so that a slow round does not count twice', () => {
    expect(pairedRatios([10, 100, 30], [20, 200, 60])).toEqual({ median: 0.5, min: 0.5, max: 0.5 })
  })

  it('knows nothing where a cost is zero, or where there is no pair', () => {
    expect(pairedRatios([1, 1], [1, 0])).toBeNull()
    expect(pairedRatios([], [])).toBeNull()
  })

  it('refuses values without a partner', () => {
    expect(() => pairedRatios([1], [1, 2])).toThrow(RangeError)
  })
})

describe('excludesOne', () => {
  it('holds only when all pairs point the same way', () => {
    expect(excludesOne({ median: 0.5, min: 0.4, max: 0.9 })).toBe(true)
    expect(excludesOne({ median: 1.5, min: 1.01, max: 2 })).toBe(true)
    expect(excludesOne({ median: 0.5, min: 0.4, max: 1 })).toBe(false)
    expect(excludesOne({ median: 1.5, min: 0.9, max: 2 })).toBe(false)
  })
})
