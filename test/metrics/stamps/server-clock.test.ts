import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { BURST, createServerClock } from '../../../src/metrics/stamps/server-clock.ts'
import { createManualClock, type ManualClock } from '../../../src/testing/manual-clock.ts'

const EPOCH = 1_800_000_000_000

/** A relay whose clock is ahead by `EPOCH`, asked over a way that takes so long there and back. */
function relay(clock: ManualClock, ways: readonly (readonly [there: number, back: number])[]) {
  let asked = 0
  return vi.fn(async () => {
    const [there, back] = ways[asked++ % ways.length] ?? [0, 0]
    await wait(clock, there)
    const receivedMs = EPOCH + clock.now()
    await wait(clock, 1)
    const sentMs = EPOCH + clock.now()
    await wait(clock, back)
    return { receivedMs, sentMs, storeOffsetMs: 3, storeRttMs: 0.5 }
  })
}

const wait = (clock: ManualClock, ms: number): Promise<void> =>
  new Promise((resolve) => clock.setTimer(resolve, ms))

describe('createServerClock', () => {
  it('knows nothing before it has asked, and asks a few times at once, then seldom', async () => {
    const clock = createManualClock()
    const ask = relay(clock, [[5, 5]])
    const server = createServerClock(clock, ask)
    expect(server.offset()).toBeNull()
    server.start()
    await clock.advance(1000)
    expect(ask).toHaveBeenCalledTimes(BURST)
    await clock.advance(10 * 60_000)
    expect(ask.mock.calls.length).toBeLessThanOrEqual(BURST + 10)
    server.stop()
    const { length } = ask.mock.calls
    await clock.advance(10 * 60_000)
    expect(ask).toHaveBeenCalledTimes(length)
  })

  it('asks once more with another connection, and forgets what a clock said before it was moved', async () => {
    const clock = createManualClock()
    let movedMs = 0
    const ask = async () => ({ receivedMs: clock.now() + movedMs, sentMs: clock.now() + movedMs })
    const server = createServerClock(clock, ask)
    server.start()
    await clock.advance(1000)
    expect(server.offset()?.offsetMs).toBe(0)
    movedMs = 3_600_000
    server.start()
    await clock.advance(1)
    expect(server.offset()?.offsetMs).toBe(movedMs)
  })

  it('takes the sample with the shortest way, and half of that for its bound', async () => {
    const clock = createManualClock()
    const server = createServerClock(
      clock,
      relay(clock, [
        [40, 0],
        [3, 3],
        [90, 7],
      ]),
    )
    server.start()
    await clock.advance(2000)
    expect(server.offset()).toEqual({
      offsetMs: EPOCH,
      boundMs: 3,
      storeOffsetMs: 3,
      storeBoundMs: 0.25,
    })
    server.stop()
  })

  it('is never off by more than its bound', async () => {
    const way = fc.tuple(fc.nat(200), fc.nat(200))
    await fc.assert(
      fc.asyncProperty(fc.array(way, { minLength: 1, maxLength: 8 }), async (ways) => {
        const clock = createManualClock()
        const server = createServerClock(clock, relay(clock, ways))
        server.start()
        await clock.advance(5000)
        server.stop()
        const { offsetMs = NaN, boundMs = NaN } = server.offset() ?? {}
        expect(Math.abs(offsetMs - EPOCH)).toBeLessThanOrEqual(boundMs + 1e-3)
      }),
      { numRuns: 30 },
    )
  })

  it.each([[{ nowMs: EPOCH }], [null], ['soon'], [{ receivedMs: '1', sentMs: 2 }]])(
    'does not guess from %j',
    async (answer) => {
      const clock = createManualClock()
      const server = createServerClock(clock, async () => answer)
      server.start()
      await clock.advance(1000)
      expect(server.offset()).toBeNull()
      server.stop()
    },
  )

  it('knows the relay though nobody measured the store', async () => {
    const clock = createManualClock()
    const answer = { receivedMs: EPOCH, sentMs: EPOCH, storeOffsetMs: null, storeRttMs: null }
    const server = createServerClock(clock, async () => answer)
    server.start()
    await clock.advance(0)
    expect(server.offset()).toMatchObject({ storeOffsetMs: null, storeBoundMs: null, boundMs: 0 })
    server.stop()
  })

  it('asks again later when it is refused, and at once after a sleep', async () => {
    const clock = createManualClock()
    const ask = relay(clock, [[1, 1]])
    ask.mockRejectedValueOnce(new Error('offline'))
    const server = createServerClock(clock, ask)
    server.start()
    await clock.advance(1000)
    expect(ask).toHaveBeenCalledTimes(1)
    await clock.advance(60_000)
    expect(ask).toHaveBeenCalledTimes(1 + BURST)
    expect(server.offset()).not.toBeNull()
    await clock.freeze(3_600_000)
    expect(server.offset()).toBeNull()
    await clock.advance(1000)
    expect(ask).toHaveBeenCalledTimes(1 + 2 * BURST)
    server.stop()
    expect(server.offset()).not.toBeNull()
  })

  describe('of one relay, for several streams of a page', () => {
    const places = ['http://one.test/v1/time', 'http://other.test/v1/time'] as const
    const setUp = () => {
      const clock = createManualClock()
      const asks = places.map((url) => {
        const ask = relay(clock, [[5, 5]])
        return vi.fn(async () => ({ ...(await ask()), url }))
      })
      const open = (place: 0 | 1 = 0) => {
        const server = createServerClock(clock, asks[place] ?? (() => undefined))
        server.start()
        return server
      }
      return { clock, open, asked: (place = 0) => asks[place]?.mock.calls.length }
    }

    it('asks once for each stream after the first one', async () => {
      const { clock, open, asked } = setUp()
      const first = open()
      await clock.advance(1000)
      expect(asked()).toBe(BURST)
      for (let remount = 1; remount <= 24; remount++) {
        const next = open()
        expect(next.offset()).toBeNull()
        await clock.advance(20)
        expect(next.offset()).toEqual(first.offset())
        expect(asked()).toBe(BURST + remount)
        next.stop()
      }
      first.stop()
    })

    it('asks together where several begin at once, and no more once all are gone', async () => {
      const { clock, open, asked } = setUp()
      const streams = [open(), open(), open()]
      await clock.advance(1000)
      expect(asked()).toBeLessThan(BURST + streams.length)
      for (const stream of streams) stream.stop()
      const after = asked()
      await clock.advance(10 * 60_000)
      expect(asked()).toBe(after)
    })

    it('asks another relay by itself', async () => {
      const { clock, open, asked } = setUp()
      const [one, other] = [open(0), open(1)]
      await clock.advance(1000)
      expect([asked(0), asked(1)]).toEqual([BURST, BURST])
      one.stop()
      other.stop()
    })

    it('keeps what a stream knew in the end, whatever others learn', async () => {
      const { clock, open } = setUp()
      const first = open()
      await clock.advance(1000)
      first.stop()
      const known = first.offset()
      const next = open()
      await clock.advance(20)
      await clock.freeze(3_600_000)
      expect(next.offset()).toBeNull()
      expect(first.offset()).toEqual(known)
      next.stop()
    })

    it('asks anew where all that is known is old', async () => {
      const { clock, open, asked } = setUp()
      const first = open()
      await clock.advance(1000)
      first.stop()
      await clock.advance(3_600_000)
      const next = open()
      await clock.advance(1000)
      expect(asked()).toBe(2 * BURST)
      next.stop()
    })
  })

  it('asks nobody where there is no relay', async () => {
    const clock = createManualClock()
    const server = createServerClock(clock, () => undefined)
    server.start()
    await clock.advance(120_000)
    expect(server.offset()).toBeNull()
    server.stop()
  })
})
