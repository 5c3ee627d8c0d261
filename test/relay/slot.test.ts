import { describe, expect, it } from 'vitest'
import { slotOf } from '../../src/relay/slot.ts'

describe('slotOf', () => {
  // The check value of the cluster specification, and answers of CLUSTER KEYSLOT.
  it.for([
    ['123456789', 0x31c3 % 16_384],
    ['foo', 12_182],
    ['{user1000}.following', 3443],
    ['{user1000}.followers', 3443],
    ['foo{}{bar}', 8363],
    ['foo{{bar}}zap', 4015],
  ] as const)('hashes %s', ([key, slot]) => {
    expect(slotOf(key)).toBe(slot)
  })
})
