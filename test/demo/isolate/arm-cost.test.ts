import { describe, expect, it } from 'vitest'
import {
  type ArmCost,
  busyShareOf,
  compare,
  medianCost,
  totalMs,
} from '../../../demo/isolate/arm-cost.ts'

const cost = (receiveMs: number, publishMs: number, paintMs: number): ArmCost => ({
  runMs: 400,
  receiveMs,
  publishMs,
  paintMs,
  renders: 100,
  arrivalToPaintP95: 20,
})

describe('compare', () => {
  it('takes receive and publish for script, paint for the rest', () => {
    const { scriptShare, immediateMs } = compare({
      discard: [cost(5, 0, 0)],
      adaptive: [cost(10, 20, 20)],
      immediate: [cost(10, 70, 20)],
    })
    expect(immediateMs).toBe(100)
    expect(scriptShare.median).toBeCloseTo(0.8)
  })

  it('tells how much of the run the main thread was busy, round by round', () => {
    const { busyShare } = compare({
      discard: [],
      adaptive: [cost(0, 1, 0), cost(0, 1, 0)],
      immediate: [cost(10, 70, 20), { ...cost(10, 70, 20), runMs: 200 }],
    })
    expect(busyShare).toEqual({ median: 0.375, min: 0.25, max: 0.5 })
  })

  it('compares the two arms of one round, not the medians of all rounds', () => {
    const { batchedRatio } = compare({
      discard: [],
      adaptive: [cost(0, 50, 0), cost(0, 20, 0), cost(0, 90, 0)],
      immediate: [cost(0, 100, 0), cost(0, 100, 0), cost(0, 300, 0)],
    })
    expect(batchedRatio?.median).toBeCloseTo(0.3)
    expect(batchedRatio?.min).toBeCloseTo(0.2)
    expect(batchedRatio?.max).toBeCloseTo(0.5)
  })
})

describe('medianCost', () => {
  it('takes the median of each stage by itself', () => {
    const median = medianCost([cost(1, 30, 5), cost(2, 10, 6), cost(3, 20, 4)])
    expect(median).toEqual(cost(2, 20, 5))
    expect(totalMs(median)).toBe(27)
    expect(busyShareOf(median)).toBe(27 / 400)
  })

  it('knows no freshness where nothing was painted', () => {
    const unpainted = { ...cost(1, 0, 0), arrivalToPaintP95: null }
    expect(medianCost([unpainted, cost(1, 0, 0)]).arrivalToPaintP95).toBeNull()
  })
})
