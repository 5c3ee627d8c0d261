import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createJourney, type Journey, type PageStage } from '../../../src/metrics/meter/journey.ts'

const NAMES: readonly PageStage[] = ['parse', 'queue', 'reduce', 'react', 'paint', 'other']
const never = (): number => 0

const newest = (journey: Journey, at: number): Record<PageStage, number | null> =>
  Object.fromEntries(NAMES.map((name) => [name, journey.stages[name].spread(at).max])) as Record<
    PageStage,
    number | null
  >

const sum = (journey: Journey, at: number): number =>
  NAMES.reduce((total, name) => total + journey.stages[name].spread(at).sum, 0)

const read = (journey: Journey, at: number, decodedAt: number, events = 1): void =>
  journey.read(at, at, at, decodedAt, events)

describe('createJourney', () => {
  it('takes the way of an event apart', () => {
    const journey = createJourney(5000, never)
    read(journey, 100, 102)
    journey.flushed(1, 110, 113, 118)
    journey.painted(130, 5)
    expect(newest(journey, 130)).toEqual({
      parse: 2,
      queue: 8,
      reduce: 3,
      react: 5,
      paint: 12,
      other: 0,
    })
    expect(journey.total.spread(130).max).toBe(30)
  })

  it('does not book as waiting what the thread worked meanwhile, be it for other events', () => {
    const journey = createJourney(5000, never)
    read(journey, 0, 1)
    read(journey, 4, 9)
    journey.flushed(1, 10, 12, 30)
    journey.flushed(1, 31, 32, 50)
    journey.painted(52, 1)
    expect(newest(journey, 52)).toEqual({
      parse: 6,
      queue: 4,
      reduce: 3,
      react: 36,
      paint: 3,
      other: 0,
    })
  })

  it('gives to others what held the frames back and was no work of ours', () => {
    // From 3 to 63 the thread did something else.
    const overrun = (at: number): number => Math.min(Math.max(0, at - 3), 60)
    const journey = createJourney(5000, overrun)
    read(journey, 0, 1)
    journey.flushed(1, 64, 66, 70)
    journey.painted(72, 1)
    expect(newest(journey, 72)).toEqual({
      parse: 1,
      queue: 4,
      reduce: 2,
      react: 4,
      paint: 2,
      other: 59,
    })
  })

  it('gives to others what held back the frame of what had been committed', () => {
    // From 5 to 55.
    const overrun = (at: number): number => Math.min(Math.max(0, at - 5), 50)
    const journey = createJourney(5000, overrun)
    read(journey, 0, 1)
    journey.flushed(1, 2, 3, 4)
    journey.painted(60, 2)
    expect(newest(journey, 60)).toEqual({
      parse: 1,
      queue: 1,
      reduce: 1,
      react: 1,
      paint: 10,
      other: 46,
    })
    expect(sum(journey, 60)).toBe(60)
  })

  it('keeps the way from a Worker apart', () => {
    const journey = createJourney(5000, never)
    journey.read(0, 3, 43, 44, 1)
    journey.flushed(1, 44, 45, 46)
    journey.painted(48, 2)
    expect(newest(journey, 48)).toEqual({
      parse: 4,
      queue: 0,
      reduce: 1,
      react: 1,
      paint: 2,
      other: 40,
    })
    expect(journey.work.parse.sum(48)).toBe(1)
  })

  it('books two flushes of one task once', () => {
    const journey = createJourney(5000, never)
    read(journey, 0, 0, 2)
    // Both were reduced before React rendered either.
    journey.flushed(1, 1, 4, 10)
    journey.flushed(1, 4, 4, 10)
    journey.painted(11, 1)
    expect(journey.work.reduce.sum(11) + journey.work.react.sum(11)).toBe(9)
    expect(sum(journey, 11)).toBe(11)
  })

  it('does not take for paint what a task did before the frame was told', () => {
    const journey = createJourney(5000, never)
    read(journey, 0, 1)
    journey.flushed(1, 2, 3, 4)
    // From 10 on the frame is rendered; before it is told, another read is decoded.
    read(journey, 14, 17)
    journey.painted(18, 8)
    expect(newest(journey, 18)).toEqual({
      parse: 4,
      queue: 1,
      reduce: 1,
      react: 1,
      paint: 11,
      other: 0,
    })
    expect(journey.work.paint.sum(18)).toBe(5)
  })

  it('leaves out what nobody could see', () => {
    const journey = createJourney(5000, never)
    read(journey, 0, 1)
    journey.flushed(1, 2, 3, 4)
    journey.leaveUnseen()
    journey.painted(4000, 1)
    expect(journey.total.spread(4000).count).toBe(0)
    read(journey, 4010, 4010)
    journey.flushed(1, 4011, 4011, 4011)
    journey.painted(4012, 1)
    expect(journey.total.spread(4012)).toMatchObject({ count: 1, max: 2 })
    expect(journey.freshness(4012).longestPauseMs).toBeNull()
  })

  it('knows the oldest that waits, the newest that is shown and the longest pause', () => {
    const journey = createJourney(5000, never)
    read(journey, 0, 0)
    expect(journey.oldestWaiting(7)).toBe(7)
    journey.flushed(1, 8, 8, 8)
    expect(journey.oldestWaiting(9)).toBe(0)
    journey.painted(10, 1)
    read(journey, 20, 20, 2)
    read(journey, 30, 30)
    // One of two: the read is shown in part.
    journey.flushed(1, 40, 40, 40)
    journey.painted(50, 1)
    expect(journey.freshness(50).newest).toMatchObject({ count: 2, max: 30 })
    expect(journey.reads.spread(50)).toMatchObject({ count: 1, max: 10 })
    journey.flushed(2, 60, 60, 60)
    journey.painted(61, 1)
    expect(journey.freshness(61)).toMatchObject({
      oldest: { count: 3, max: 41 },
      newest: { min: 10, max: 31 },
      longestPauseMs: 40,
    })
  })

  it('measures the oldest it still knows when more wait than it can hold', () => {
    const journey = createJourney(60_000, never)
    for (let index = 0; index < 20_000; index++) read(journey, index, index)
    expect(journey.oldestWaiting(20_000)).toBe(8192)
    journey.flushed(15_000, 20_000, 20_000, 20_000)
    journey.painted(20_001, 1)
    expect(journey.total.spread(20_001).max).toBe(20_001 - (20_000 - 8192))
    expect(journey.oldestWaiting(20_000)).toBe(5000)
  })

  it('closes: the stages add up to the time from arrival to paint, whatever comes', () => {
    const ms = fc.integer({ min: 0, max: 60 })
    const step = fc.oneof(
      fc.record({ type: fc.constant('read' as const), wait: ms, events: fc.nat(3), parse: ms }),
      fc.record({
        type: fc.constant('flush' as const),
        wait: ms,
        share: ms,
        reduce: ms,
        react: ms,
      }),
      fc.record({ type: fc.constant('paint' as const), wait: ms, paint: ms }),
      fc.record({ type: fc.constant('foreign' as const), wait: ms }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        let now = 0
        let late = 0
        let waiting = 0
        const journey = createJourney(1e9, () => late)
        for (const one of steps) {
          now += one.wait
          if (one.type === 'foreign') late += one.wait
          else if (one.type === 'read') {
            read(journey, now, (now += one.parse), one.events)
            waiting += one.events
          } else if (one.type === 'flush') {
            const events = Math.round((waiting * one.share) / 60)
            const startedAt = now
            const reducedAt = (now += one.reduce)
            journey.flushed(events, startedAt, reducedAt, (now += one.react))
            waiting -= events
          } else journey.painted((now += one.paint), one.paint)
        }
        const { sum: whole, count } = journey.total.spread(now)
        expect(sum(journey, now)).toBeCloseTo(whole, 6)
        for (const name of NAMES) {
          const { min, count: counted } = journey.stages[name].spread(now)
          expect(counted).toBe(count)
          expect(min ?? 0).toBeGreaterThanOrEqual(0)
        }
      }),
      { numRuns: 500 },
    )
  })
})
