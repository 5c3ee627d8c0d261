import { describe, expect, it } from 'vitest'
import { createRateHistory } from '../../../demo/plot/rate-history.ts'

describe('createRateHistory', () => {
  it('gives the rate over the second before each moment', () => {
    const history = createRateHistory()
    for (let at = 0; at <= 3000; at += 250)
      history.add(at, { events: at * 0.4, renders: at * 0.06 })
    const { seconds, events, renders } = history.rows()
    expect(seconds.at(-1)).toBe(3)
    expect(events.slice(1).every((rate) => Math.abs((rate ?? 0) - 400) < 1e-9)).toBe(true)
    expect(renders.at(-1)).toBeCloseTo(60)
  })

  it('falls to zero within a second of a stall', () => {
    const history = createRateHistory()
    for (const at of [0, 500, 1000]) history.add(at, { events: at, renders: at })
    for (const at of [1500, 2000]) history.add(at, { events: 1000, renders: 1000 })
    expect(history.rows().events.slice(-2)).toEqual([500, 0])
  })

  it('knows no rate at the first moment', () => {
    const history = createRateHistory()
    history.add(0, { events: 3, renders: 1 })
    expect(history.rows().events).toEqual([null])
  })

  it('forgets what is older than it keeps, and all when it is cleared', () => {
    const history = createRateHistory(2000)
    for (let at = 0; at <= 60_000; at += 250) history.add(at, { events: at, renders: at })
    expect(history.rows().seconds[0]).toBe(58)
    expect(history.rows().seconds).toHaveLength(9)
    history.clear()
    expect(history.rows().seconds).toEqual([])
  })
})
