import fc from 'fast-check'
import { expect, it } from 'vitest'
import { DEFAULT_BACKOFF, retryDelay } from '../../src/core/backoff.ts'

it('stays between nothing and the capped exponential', () => {
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2000 }), random, (attempt, draw) => {
      const delay = retryDelay(attempt, draw, DEFAULT_BACKOFF)
      expect(delay).toBeGreaterThanOrEqual(0)
      expect(delay).toBeLessThanOrEqual(Math.min(20_000, 500 * 2 ** (attempt - 1)))
    }),
  )
})

it('uses the whole width of the jitter', () => {
  expect(retryDelay(1, 0, DEFAULT_BACKOFF)).toBe(0)
  expect(retryDelay(3, 0.5, DEFAULT_BACKOFF)).toBe(1000)
  expect(retryDelay(30, 0.999, DEFAULT_BACKOFF)).toBeCloseTo(19_980)
})
