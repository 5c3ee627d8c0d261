import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createViewers } from '../../../src/relay/hub/viewers.ts'
import type { Arrival, Stay, Viewers } from '../../../src/relay/hub/viewers.ts'
import { parseSse } from '../sse-client.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A viewer that keeps what it is told, and when it was sent away. */
interface Told {
  readonly stay: Stay
  events(): { event: string | null; data: unknown }[]
  /** Since the test began, in ms; null while it stays. */
  goneMs(): number | null
}

interface SetUp {
  readonly viewers: Viewers
  arrive(arrival?: Partial<Arrival>): Told
  /** Lets time pass, with the relay's beat. */
  pass(ms: number): Promise<void>
}

function setUp({ maxConnectionMs = 0, random = (): number => 0.5 } = {}): SetUp {
  const beganMs = Date.now()
  const viewers = createViewers({ nowMs: Date.now, random, maxConnectionMs })

  function arrive(arrival: Partial<Arrival> = {}): Told {
    let text = ''
    let goneMs: number | null = null
    const say = (bytes: Buffer): void => void (text += bytes.toString())
    const stay = viewers.add(
      {
        drained() {},
        tick() {},
        tell: say,
        dismiss(bytes) {
          if (goneMs !== null) return
          goneMs = Date.now() - beganMs
          say(bytes)
          setTimeout(() => stay?.end(), 0) // as a response that is over
        },
        close() {},
      },
      { transport: 'sse', untilMs: null, ...arrival },
    )
    const events = () =>
      parseSse(text).map(({ event, data }) => ({ event, data: JSON.parse(data) as unknown }))
    return { stay, events, goneMs: () => goneMs }
  }

  async function pass(ms: number): Promise<void> {
    for (let at = 0; at < ms; at += 1000) {
      await vi.advanceTimersByTimeAsync(Math.min(1000, ms - at))
      viewers.tick()
    }
  }

  return { viewers, arrive, pass }
}

const EXPIRING = { event: 'relay.reconnect', data: { reason: 'expiring', afterMs: 0 } }

describe('a grant', () => {
  it('is told of ten seconds before its end, and ends the viewer', async () => {
    const { viewers, arrive, pass } = setUp()
    const viewer = arrive({ untilMs: Date.now() + 60_000 })
    await pass(49_000)
    expect(viewer.events()).toEqual([])
    await pass(1000)
    expect(viewer.events()).toEqual([EXPIRING])
    await pass(9000)
    expect(viewer.goneMs()).toBe(null)
    await pass(1000)
    expect(viewer.goneMs()).toBe(60_000)
    const last = { event: 'relay.error', data: expect.objectContaining({ code: 'unauthorized' }) }
    expect(viewer.events()).toEqual([EXPIRING, last])
    await pass(1000)
    expect(viewers.count()).toBe(0)
  })

  it('goes on when it is extended, and is told of again', async () => {
    const { arrive, pass } = setUp()
    const viewer = arrive({ untilMs: Date.now() + 20_000 })
    await pass(15_000)
    viewer.stay.extend(Date.now() + 30_000)
    await pass(19_000)
    expect(viewer.events()).toEqual([EXPIRING])
    await pass(1000)
    expect(viewer.events()).toEqual([EXPIRING, EXPIRING])
    viewer.stay.extend(null)
    await pass(100_000)
    expect(viewer.goneMs()).toBe(null)
  })

  it('of a few seconds is told of in its middle', async () => {
    const { arrive, pass } = setUp()
    const viewer = arrive({ untilMs: Date.now() + 8000 })
    await pass(3000)
    expect(viewer.events()).toEqual([])
    await pass(1000)
    expect(viewer.events()).toEqual([EXPIRING])
  })
})

describe('rotation', () => {
  it('sends each away within the last fifth of its time, to come back at once', async () => {
    let draw = 0
    const { arrive, pass } = setUp({ maxConnectionMs: 100_000, random: () => (draw++ % 10) / 10 })
    const viewers = Array.from({ length: 10 }, () => arrive())
    await pass(100_000)
    const gone = viewers.map(({ goneMs }) => goneMs())
    expect(gone).toEqual([80, 82, 84, 86, 88, 90, 92, 94, 96, 98].map((s) => s * 1000))
    const rotation = { event: 'relay.reconnect', data: { reason: 'rotation', afterMs: 0 } }
    for (const { events } of viewers) expect(events()).toEqual([rotation])
  })

  it('counts from where the connection began', async () => {
    const { arrive, pass } = setUp({ maxConnectionMs: 10_000 })
    const late = arrive({ sinceMs: Date.now() - 8000 })
    await pass(1000)
    expect(late.goneMs()).toBe(1000)
  })

  it('never takes place without a limit', async () => {
    const { arrive, pass } = setUp()
    const viewer = arrive()
    await pass(1_000_000)
    expect(viewer.goneMs()).toBe(null)
  })
})

describe('taking leave', () => {
  it('is even over its time and in no order of arrival, and over once nobody is left', async () => {
    let seed = 7
    const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647
    const { viewers, arrive } = setUp({ random })
    const all = Array.from({ length: 20 }, () => arrive())
    const gone = viewers.leave(10_000)
    const isLeft = vi.fn<() => void>()
    void gone.then(isLeft)
    for (let half = 1; half <= 20; half++) {
      await vi.advanceTimersByTimeAsync(500)
      const left = all.filter(({ goneMs }) => goneMs() === null).length
      expect(left).toBeGreaterThanOrEqual(19 - half)
      expect(left).toBeLessThanOrEqual(20 - half)
    }
    expect(isLeft).toHaveBeenCalledOnce()
    const order = all.map(({ goneMs }) => goneMs() ?? Infinity)
    expect(order).not.toEqual(order.toSorted((a, b) => a - b))
    expect(order).not.toEqual(order.toSorted((a, b) => b - a))
  })

  it('is over at once with nobody there, and with the last that leaves by itself', async () => {
    const empty = setUp()
    await empty.viewers.leave(60_000)
    const { viewers, arrive } = setUp()
    const isLeft = vi.fn<() => void>()
    const two = [arrive(), arrive()]
    void viewers.leave(60_000).then(isLeft)
    for (const { stay } of two) stay.end()
    await vi.advanceTimersByTimeAsync(100)
    expect(isLeft).toHaveBeenCalledOnce()
  })

  it('is cut short by another call', async () => {
    const { viewers, arrive } = setUp()
    const all = Array.from({ length: 5 }, () => arrive())
    const gone = viewers.leave(60_000)
    await vi.advanceTimersByTimeAsync(100)
    await viewers.leave(0)
    await gone
    expect(all.map(({ goneMs }) => goneMs()).filter((ms) => ms === null)).toEqual([])
  })

  it('sends away who comes later', async () => {
    const { viewers, arrive } = setUp()
    arrive()
    void viewers.leave(60_000)
    expect(arrive().goneMs()).toBe(0)
    expect(viewers.count()).toBe(1)
  })

  it('lets none come back at once, and a crowd over as many milliseconds as there are heads', async () => {
    const afterOf = ({ events }: Told): number =>
      (events()[0]?.data as { afterMs: number } | undefined)?.afterMs ?? Number.NaN
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3000 }), fc.boolean(), async (heads, paced) => {
        const { viewers, arrive } = setUp({ random: Math.random })
        const all = Array.from({ length: heads }, () => arrive())
        const gone = viewers.leave(paced ? 10_000 : 0)
        await vi.advanceTimersByTimeAsync(10_000)
        await gone
        const most = 1000 + Math.max(1000, paced ? 0 : heads)
        return all.every((told) => afterOf(told) >= 1000 && afterOf(told) <= most)
      }),
      { numRuns: 20 },
    )
  })
})

it('counts by transport', () => {
  const { viewers, arrive } = setUp()
  const [first] = [arrive(), arrive({ transport: 'webSocket' }), arrive()]
  expect(viewers.counts()).toEqual({ sse: 2, webSocket: 1 })
  first.stay.end()
  first.stay.end()
  expect([viewers.counts(), viewers.count()]).toEqual([{ sse: 1, webSocket: 1 }, 2])
})
