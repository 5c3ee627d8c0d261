import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRing, createRingBudget } from '../../../src/relay/hub/ring.ts'
import type { EventRing } from '../../../src/relay/hub/ring.ts'

const READ = { startMs: 0, endMs: 1 }
const item = (n: number, size: number) => ({
  bytes: Buffer.alloc(size, 'x'),
  position: `S-1-${n}`,
  read: READ,
})
const OVERHEAD = 256

describe('a ring', () => {
  it('keeps to its own bounds, and one item at least', () => {
    const budget = createRingBudget(1e9)
    const ring = createRing(null, { ringEvents: 5, ringBytes: 2000 }, budget)
    for (let n = 0; n < 10; n++) ring.push(item(n, 10))
    expect([ring.first(), ring.end()]).toEqual([5, 10])
    ring.push(item(10, 5000))
    expect([ring.first(), ring.end()]).toEqual([10, 11])
    expect(ring.held()).toBe(5000 + OVERHEAD)
    expect(ring.indexAfter('S-1-9')).toBe(10)
    expect(ring.indexAfter('S-1-8')).toBeNull()
  })

  it('shares one buffer among all that ask for the same, until it changes', () => {
    const budget = createRingBudget(1e9)
    const ring = createRing(null, { ringEvents: 5, ringBytes: 2000 }, budget)
    for (let n = 0; n < 3; n++) ring.push(item(n, 10))
    const slice = ring.slice(1)
    expect(slice).toMatchObject({ next: 3, position: 'S-1-2', events: 2, read: READ })
    expect(ring.slice(1)).toBe(slice)
    ring.push(item(3, 10))
    expect(ring.slice(1)).toMatchObject({ next: 4, events: 3 })
  })

  it('shares the budget of all, and the largest gives way', () => {
    const budget = createRingBudget(10 * (1000 + OVERHEAD))
    const rings = [1, 2].map(() => createRing(null, { ringEvents: 99, ringBytes: 1e9 }, budget))
    const [large, small] = rings as [EventRing, EventRing]
    for (let n = 0; n < 8; n++) large.push(item(n, 1000))
    for (let n = 0; n < 2; n++) small.push(item(n, 1000))
    expect([large.end() - large.first(), small.end() - small.first()]).toEqual([8, 2])
    small.push(item(2, 1000))
    expect([large.end() - large.first(), small.end() - small.first()]).toEqual([4, 3])
    expect(large.indexAfter('S-1-3')).toBe(large.first())
    large.close()
    for (let n = 3; n < 10; n++) small.push(item(n, 1000))
    expect(small.end() - small.first()).toBe(10)
  })

  it('never holds more than the budget, whatever is pushed where', () => {
    const push = fc.record({ to: fc.nat(4), size: fc.nat(3000) })
    fc.assert(
      fc.property(fc.array(push, { maxLength: 200, size: 'max' }), (pushes) => {
        const budget = createRingBudget(8000)
        const bounds = { ringEvents: 10, ringBytes: 6000 }
        const rings = Array.from({ length: 5 }, () => createRing(null, bounds, budget))
        const sizes: number[][] = rings.map(() => [])
        for (const { to, size } of pushes) {
          const ring = rings[to] as EventRing
          ring.push(item(sizes[to]?.length ?? 0, size))
          sizes[to]?.push(size)
          expect(rings.reduce((sum, one) => sum + one.held(), 0)).toBeLessThanOrEqual(8000)
        }
        rings.forEach((ring, at) => {
          const kept = (sizes[at] ?? []).slice(ring.first(), ring.end())
          expect(ring.held()).toBe(kept.reduce((sum, size) => sum + size + OVERHEAD, 0))
          expect(ring.slice(ring.first())?.bytes.length ?? 0).toBe(
            kept.reduce((sum, size) => sum + size, 0),
          )
        })
      }),
    )
  })
})
