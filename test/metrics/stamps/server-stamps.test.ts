import { describe, expect, it } from 'vitest'
import type { Frame } from '../../../src/core/protocol.ts'
import { createServerStamps, type PayloadTime } from '../../../src/metrics/stamps/server-stamps.ts'
import type { ClockOffset } from '../../../src/metrics/snapshot.ts'

const EPOCH = 1_800_000_000_000
const CLOCKS: ClockOffset = { offsetMs: EPOCH, boundMs: 2, storeOffsetMs: 100, storeBoundMs: 0.5 }

const event = (id: string, data = '{}'): Frame => ({ event: 'message', id, data })
const relays = (name: string, data: object = {}): Frame => ({
  event: `relay.${name}`,
  id: undefined,
  data: JSON.stringify(data),
})
/** Read from 10 to 12 and sent at 15, by the relay's clock. */
const timing = (n: number, base = 0): Frame =>
  relays('timing', {
    n,
    readStartMs: EPOCH + base + 10,
    readEndMs: EPOCH + base + 12,
    sentMs: EPOCH + base + 15,
    rttMs: 2,
  })

function setUp(payloadTime: PayloadTime = () => null, clocks: ClockOffset | null = CLOCKS) {
  const stamps = createServerStamps(5000, payloadTime, () => clocks)
  return {
    stamps,
    read: (at: number, ...frames: Frame[]): void => {
      const events = frames.filter(({ event }) => event === 'message').length
      stamps.read({ at, frames }, events, 4 * events)
    },
  }
}

describe('createServerStamps', () => {
  it('tells Redis, relay and network apart', () => {
    const { stamps, read } = setUp()
    read(20, timing(1), event(`S-${EPOCH + 100 + 9}-0`))
    // Redis' clock is 100 ms ahead: the entry is of 9 by the relay's.
    expect(stamps.redis.spread(20).max).toBe(3)
    expect(stamps.relay.spread(20).max).toBe(3)
    expect(stamps.network.spread(20).max).toBe(5)
    expect(stamps.storeRead.spread(20).max).toBe(2)
  })

  it('takes gaps of the relay’s own writes, however their bytes are gathered on the way', () => {
    const { stamps, read } = setUp()
    read(
      900,
      timing(1),
      event('a'),
      timing(1, 20),
      event('b'),
      timing(2, 70),
      event('c'),
      event('d'),
    )
    const { produced, sent, arrived } = stamps.gaps(900)
    expect([produced, arrived.count]).toEqual([null, 0])
    expect(sent).toMatchObject({ count: 2, min: 20, max: 50 })
    // What lies between two connections is nobody's gap.
    stamps.connected()
    read(950, timing(1, 800), event('e'))
    read(960, timing(1, 810), event('f'))
    expect(stamps.gaps(960).sent).toMatchObject({ count: 3, sum: 80 })
    expect(setUp().stamps.gaps(0).sent).toBeNull()
  })

  it('takes what a busy relay took up late for the relay, of a read and of the wait before it', () => {
    const { stamps, read } = setUp()
    const late = { n: 1, readStartMs: EPOCH + 110, readEndMs: EPOCH + 209, sentMs: EPOCH + 210 }
    read(220, relays('timing', { ...late, rttMs: 99, busy: 0.9 }), event(`S-${EPOCH + 109}-0`))
    expect(stamps.redis.spread(220).max).toBeCloseTo(20)
    expect(stamps.relay.spread(220).max).toBeCloseTo(1 + 180)
    const list = setUp()
    list.read(
      220,
      relays('timing', { ...late, rttMs: 99, busy: 7 }),
      event('L-0a0b0c0d-3-0a0b0c0d'),
    )
    expect(list.stamps.redis.spread(220).max).toBe(0)
    expect(list.stamps.relay.spread(220).max).toBe(100)
  })

  it('takes the time in which events of a list gathered behind a busy relay for the relay', () => {
    const { stamps, read } = setUp()
    const id = 'L-0a0b0c0d-3-0a0b0c0d'
    const at = (n: number, start: number): Frame => {
      const endMs = EPOCH + start + 1
      const times = { readStartMs: EPOCH + start, readEndMs: endMs, sentMs: endMs, rttMs: 1 }
      return relays('timing', { n, ...times, busy: 0.5 })
    }
    read(1, at(1, 0), event(id))
    read(202, at(1, 201), event(id))
    expect(stamps.relay.spread(202).max).toBe(0.5)
    read(403, at(2, 402), event(id), event(id))
    expect(stamps.relay.spread(403).max).toBe(0.5 + 100)
  })

  it('stamps no more events than a write carries, though it comes in two reads', () => {
    const { stamps, read } = setUp()
    read(20, timing(2))
    read(21, event(`S-${EPOCH + 109}-0`))
    read(22, event(`S-${EPOCH + 110}-0`), event(`S-${EPOCH + 4000}-0`))
    expect(stamps.redis.spread(22).count).toBe(2)
  })

  it('leaves the catch-up out: what is old is not slow', () => {
    const { stamps, read } = setUp()
    read(1, relays('hello'), timing(2), event('S-1000-0'), event('S-2000-0'))
    expect(stamps.redis.spread(1).count).toBe(0)
    expect(stamps.relay.spread(1).count).toBe(0)
    expect(stamps.gaps(1).produced?.count).toBe(0)
    read(2, relays('caught-up'))
    read(20, timing(1), event(`S-${EPOCH + 109}-0`))
    expect(stamps.redis.spread(20).count).toBe(1)
  })

  it('counts once what a resumed connection sends twice', () => {
    const { stamps, read } = setUp()
    read(1, event('S-1000-0'), event('S-1010-0'), event('S-1010-1'))
    expect(stamps.gaps(1).produced).toMatchObject({ count: 2, max: 10, min: 0 })
    read(2, event('S-1010-0'), event('S-1010-1'), event('S-1030-0'))
    expect(stamps.gaps(2).produced).toMatchObject({ count: 3, max: 20 })
  })

  it('measures gaps by the payload where it knows them, and the write beside them', () => {
    const { stamps, read } = setUp(({ data }) => (JSON.parse(data) as { at: number }).at)
    read(1, event('S-1007-0', '{"at":1000}'))
    read(9, event('S-1055-0', '{"at":1050}'))
    expect(stamps.gaps(9)).toMatchObject({
      producedBy: 'payload',
      produced: { max: 50 },
      arrived: { max: 8 },
    })
    expect(stamps.write.spread(9)).toMatchObject({ min: 5, max: 7 })
  })

  it('knows only how long a list took to read', () => {
    const { stamps, read } = setUp()
    read(20, timing(1), event('L-0a0b0c0d-3-0a0b0c0d'))
    expect(stamps.redis.spread(20).max).toBe(2)
    expect(stamps.gaps(20)).toMatchObject({ producedBy: null, produced: null })
  })

  it('knows no network without the clock', () => {
    const { stamps, read } = setUp(undefined, null)
    read(20, timing(1), event(`S-${EPOCH + 9}-0`))
    expect(stamps.network.spread(20).count).toBe(0)
    expect(stamps.redis.spread(20).max).toBe(3)
  })

  it('takes the gap between two connections for none, and counts losses', () => {
    const { stamps, read } = setUp()
    read(1, event('S-1000-0'))
    stamps.connected()
    read(9000, relays('gap', { reason: 'trimmed' }), event('S-9000-0'))
    expect(stamps.gaps(9000)).toMatchObject({ produced: { count: 0 }, arrived: { count: 0 } })
    expect(stamps.losses).toBe(1)
  })

  it.each(['', 'null', '{}', '{"n":"1"}', '[1]', '{"n":1,"readStartMs":1,"readEndMs":2}'])(
    'does not believe a stamp that says %j',
    (data) => {
      const { stamps, read } = setUp()
      read(1, { event: 'relay.timing', id: undefined, data }, event('S-1-0'))
      expect(stamps.seen.timing).toBe(false)
      expect(stamps.redis.spread(1).count).toBe(0)
    },
  )

  it('says how long the first text took', () => {
    const { stamps } = setUp()
    stamps.read({ at: 5, frames: [event('S-1000-0')] }, 1, 0)
    expect(stamps.gaps(5).firstTextMs).toBeNull()
    stamps.read({ at: 900, frames: [event('S-1700-0')] }, 1, 3)
    stamps.read({ at: 950, frames: [event('S-1800-0')] }, 1, 3)
    expect(stamps.gaps(950).firstTextMs).toBe(700)
  })

  it('never measures from the clock of ids to that of a producer', () => {
    const { stamps, read } = setUp(({ data }) => (JSON.parse(data) as { t?: number }).t ?? null)
    read(0, event(`S-${EPOCH}-0`, '{}'))
    read(25, event(`S-${EPOCH + 25}-0`, `{"t":${EPOCH - 3000}}`))
    read(50, event(`S-${EPOCH + 50}-0`, '{}'))
    read(75, event(`S-${EPOCH + 75}-0`, `{"t":${EPOCH - 2950}}`))
    expect(stamps.produced.spread(75)).toMatchObject({ count: 1, max: 50 })
    expect(stamps.gaps(75).firstTextMs).toBe(0)
  })

  it.each([
    ['throws', () => JSON.parse('[DONE]') as number],
    ['is no number', () => Date.parse('never')],
    ['is endless', () => Infinity],
  ])('takes a payload time that %s for none', (_, payloadTime) => {
    const { stamps, read } = setUp(payloadTime)
    read(0, event(`S-${EPOCH}-0`))
    read(40, event(`S-${EPOCH + 40}-0`))
    expect(stamps.gaps(40)).toMatchObject({ producedBy: 'entry', produced: { max: 40 } })
    expect(stamps.write.spread(40).count).toBe(0)
  })
})
