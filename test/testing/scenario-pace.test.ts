import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { burstyPace, pace } from '../../src/testing/pace.ts'

const run = fc.record({
  length: fc.integer({ min: 1, max: 3000 }),
  rate: fc.integer({ min: 1, max: 10_000 }),
})

describe('pace', () => {
  it('makes event i due i / rate seconds after the start', () => {
    expect(pace({ length: 4 }, 200)).toEqual([0, 5, 10, 15])
  })

  it('refuses a rate that is not above 0', () => {
    for (const rate of [0, -1, Number.NaN, Infinity]) {
      expect(() => pace([1], rate)).toThrow(RangeError)
    }
  })
})

describe('burstyPace', () => {
  it('never goes back in time and ends when a steady pace of that rate would', () => {
    fc.assert(
      fc.property(run, fc.integer(), ({ length, rate }, seed) => {
        const due = burstyPace({ length }, rate, seed)
        expect(due).toHaveLength(length)
        expect(due[0]).toBe(0)
        expect(due.toSorted((a, b) => a - b)).toEqual(due)
        expect(due.at(-1)).toBeLessThanOrEqual((length * 1000) / rate + 0.1)
      }),
    )
  })

  it('has bursts and long pauses', () => {
    const due = burstyPace({ length: 1500 }, 375)
    const gaps = due.slice(1).map((at, index) => at - (due[index] ?? 0))
    expect(gaps.filter((gap) => gap === 0).length).toBeGreaterThan(300)
    expect(Math.max(...gaps)).toBeGreaterThan(100)
  })
})
