import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readEntryTime } from '../../../src/metrics/stamps/entry-time.ts'

const read = (id: string | undefined): { ms: number; seq: number } => {
  const entry = { ms: 1, seq: 1 }
  readEntryTime(id, entry)
  return entry
}

it('reads what Redis gave', () => {
  fc.assert(
    fc.property(fc.nat(4e12), fc.nat(1e6), (ms, seq) => {
      expect(read(`S-${ms}-${seq}`)).toEqual({ ms, seq })
    }),
  )
})

it.each([undefined, '', 'S-', 'S-1', 'S-1-', 'S-1-2-3', 'S-1x-2', 'L-0a0b-3-ffff', 'x'])(
  'takes %j for none, unless it is one',
  (id) => {
    const isOne = id === 'S-1-'
    expect(Number.isNaN(read(id).ms)).toBe(!isOne)
  },
)
