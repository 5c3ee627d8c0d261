import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPackedLog } from '../../src/relay/packed-log.ts'

describe('createPackedLog', () => {
  it('gives back what it was given, whatever its sizes', () => {
    const sizes = fc.oneof(fc.nat(40), fc.nat(3000), fc.constantFrom(1024, 65_536, 200_000))
    fc.assert(
      fc.property(fc.array(sizes), (lengths) => {
        const log = createPackedLog()
        const events = lengths.map((length, n) => Buffer.alloc(length, n + 1))
        for (const event of events) log.push(event)
        expect(log.length()).toBe(events.length)
        expect(events.every((event, n) => log.at(n)?.equals(event))).toBe(true)
        expect(log.at(-1)).toBeUndefined()
        expect(log.at(events.length)).toBeUndefined()
      }),
    )
  })

  it('keeps what it was given when the caller uses its bytes again', () => {
    const log = createPackedLog()
    const bytes = Buffer.from('first')
    log.push(bytes)
    bytes.write('other')
    expect(log.at(0)?.toString()).toBe('first')
  })
})
