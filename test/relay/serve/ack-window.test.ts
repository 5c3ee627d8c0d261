import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createAckWindow } from '../../../src/relay/serve/ack-window.ts'

const MIB = 1024 * 1024
const at = (index: number): string => `L-00000000-${index}-0000000${index % 10}`

describe('an ack window', () => {
  it('never is full for who never acks', () => {
    const window = createAckWindow()
    for (let n = 0; n < 5000; n++) window.sent(MIB, at(n))
    expect(window.isFull()).toBe(false)
  })

  it('is full after 1 MiB, and after 1,000 writes, until an ack', () => {
    for (const [bytes, writes] of [
      [MIB / 4, 4],
      [1, 1000],
    ] as const) {
      const window = createAckWindow()
      expect(window.ack(at(0))).toBe(false)
      for (let n = 1; n <= writes; n++) {
        expect(window.isFull()).toBe(false)
        window.sent(bytes, at(n))
      }
      expect(window.isFull()).toBe(true)
      expect(window.ack(at(1))).toBe(true)
      expect(window.isFull()).toBe(false)
    }
  })

  it.each(['', 'x', at(0), 'S-1-1', 'L-11111111-9-00000000', `${at(3)} `])(
    'is as it was after an ack of "%s", which is old, foreign or none',
    (cursor) => {
      const window = createAckWindow()
      window.ack(at(0))
      for (let n = 1; n <= 4; n++) window.sent(MIB / 4, at(n))
      expect(window.ack(cursor)).toBe(false)
      expect(window.isFull()).toBe(true)
    },
  )

  it('counts nothing that reaches no new place: nobody could acknowledge a heartbeat', () => {
    const window = createAckWindow()
    window.ack(at(0))
    window.sent(1, at(1))
    for (let n = 0; n < 5000; n++) window.sent(1, at(1))
    for (let n = 0; n < 5000; n++) window.sent(1, null)
    expect(window.isFull()).toBe(false)
  })

  it('knows the order of entries of a Redis Stream, and goes on in a log that took its place', () => {
    const window = createAckWindow()
    window.ack('S-0-0')
    for (const id of ['S-9-18446744073709551615', 'S-10-0', 'L-aaaaaaaa-0-00000000']) {
      window.sent(MIB / 2, id)
    }
    expect(window.ack('S-9-1')).toBe(false)
    expect(window.ack('S-10-0')).toBe(true)
    expect(window.isFull()).toBe(false)
    window.sent(MIB / 2, 'L-aaaaaaaa-1-00000000')
    expect(window.isFull()).toBe(true)
    expect(window.ack('L-aaaaaaaa-3-00000000')).toBe(true)
    expect(window.isFull()).toBe(false)
  })

  it('lets whoever acks half of it, at any event, have everything in the end', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ bytes: fc.nat(300_000), events: fc.integer({ min: 1, max: 40 }) }), {
          minLength: 1,
          maxLength: 200,
        }),
        (writes) => {
          const window = createAckWindow()
          window.ack(at(0))
          let event = 0
          let taken = 0
          for (const { bytes, events } of writes) {
            event += events
            window.sent(bytes, at(event))
            taken += bytes
            if (taken < 256 * 1024) continue
            taken = 0
            window.ack(at(event))
            expect(window.isFull()).toBe(false)
          }
        },
      ),
    )
  })
})
