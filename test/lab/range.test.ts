import { describe, expect, it } from 'vitest'
import { chanceOf, excludes, pairedRatios, rangeOf } from '../../src/lab/range.ts'

describe('a range', () => {
  it('has the middle value, or the mean of the middle two', () => {
    expect(rangeOf([9, 1, 4])).toEqual({ median: 4, min: 1, max: 9 })
    expect(rangeOf([4, 1])).toEqual({ median: 2.5, min: 1, max: 4 })
  })

  it('needs a value', () => {
    expect(() => rangeOf([])).toThrow('got none')
  })
})

describe('paired ratios', () => {
  it('divide each value by its own partner, so that a mood of the machine cancels out', () => {
    const ratio = pairedRatios([10, 100, 1000], [20, 200, 2000])
    expect(ratio).toEqual({ median: 0.5, min: 0.5, max: 0.5 })
  })

  it('are null where they cannot be divided', () => {
    expect(pairedRatios([1], [0])).toBeNull()
    expect(pairedRatios([], [])).toBeNull()
  })

  it('refuse what is not in pairs', () => {
    expect(() => pairedRatios([1, 2], [1])).toThrow('got 2 and 1 values')
  })
})

it('claims an effect only where all pairs say the same', () => {
  expect(excludes({ median: 2, min: 1.01, max: 3 }, 1)).toBe(true)
  expect(excludes({ median: 0.5, min: 0.4, max: 0.99 }, 1)).toBe(true)
  expect(excludes({ median: 2, min: 1, max: 3 }, 1)).toBe(false)
  expect(excludes({ median: 0.9, min: 0.5, max: 1.1 }, 1)).toBe(false)
})

it.each([
  [1, 1],
  [2, 0.5],
  [5, 0.0625],
  [7, 0.015625],
])('says how often %i pairs agree by chance alone', (pairs, chance) => {
  expect(chanceOf(pairs)).toBe(chance)
})
