import { describe, expect, it } from 'vitest'
import { findCapacity } from '../../src/lab/capacity.ts'

/** Searches a client that keeps up with anything below `limit`. */
async function search(limit: number, maxSpeed = 1000) {
  const asked: number[] = []
  const found = await findCapacity({
    maxSpeed,
    refinements: 3,
    async keepsUp(speed) {
      asked.push(speed)
      return speed < limit
    },
  })
  return { ...found, asked }
}

describe('the search for a capacity', () => {
  it('doubles until the backlog stays, asks once more, and halves the gap by ratio', async () => {
    const { speed, atLeast, asked } = await search(5)
    expect(asked.slice(0, 5)).toEqual([1, 2, 4, 8, 8])
    expect(atLeast).toBe(false)
    expect(speed).toBeLessThan(5)
    expect(speed).toBeGreaterThan(5 / 2 ** (1 / 8))
  })

  it('says that there may be more where the source has no more', async () => {
    expect(await search(Infinity, 6)).toEqual({ speed: 6, atLeast: true, asked: [1, 2, 4, 6] })
  })

  it('looks below the recording’s own pace too', async () => {
    const { speed } = await search(0.3)
    expect(speed).toBeLessThan(0.3)
    expect(speed).toBeGreaterThan(0.3 / 2 ** (1 / 8))
  })

  it('gives up on a client that keeps up with nothing', async () => {
    const { speed, asked } = await search(0)
    expect(speed).toBe(0)
    expect(asked.length).toBeLessThan(20)
  })

  it('takes a single failure for a mood of the machine', async () => {
    const failed = new Set<number>()
    const found = await findCapacity({
      maxSpeed: 4,
      refinements: 3,
      async keepsUp(speed) {
        const before = failed.has(speed)
        failed.add(speed)
        return before
      },
    })
    expect(found).toEqual({ speed: 4, atLeast: true })
  })
})
