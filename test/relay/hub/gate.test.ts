import { describe, expect, it } from 'vitest'
import { createGate } from '../../../src/relay/hub/gate.ts'

const settle = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

describe('a gate', () => {
  it('lets so many run at a time, and all in the end', async () => {
    const gate = createGate(3)
    const ends: (() => void)[] = []
    const all = Array.from({ length: 10 }, (_, n) =>
      gate.pass(`key ${n % 2}`, async () => {
        await new Promise<void>((resolve) => void ends.push(resolve))
        return n
      }),
    )
    for (let ended = 0; ended < 10; ended++) {
      await settle()
      expect(ends).toHaveLength(Math.min(10, ended + 3))
      ends[ended]?.()
    }
    expect(await Promise.all(all)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  it('gives turns by key, in order within one', async () => {
    const gate = createGate(1)
    const order: string[] = []
    const pass = (key: string, n: number): Promise<void> =>
      gate.pass(key, async () => void order.push(`${key}${n}`))
    const many = [0, 1, 2, 3].map((n) => pass('a', n))
    await Promise.all([...many, pass('b', 0), pass('c', 0), pass('b', 1)])
    expect(order).toEqual(['a0', 'a1', 'b0', 'c0', 'a2', 'b1', 'a3'])
  })

  it('is left also by work that fails', async () => {
    const gate = createGate(1)
    const failed = gate.pass('a', () => Promise.reject(new Error('no')))
    const next = gate.pass('a', () => Promise.resolve('yes'))
    await expect(failed).rejects.toThrow('no')
    expect(await next).toBe('yes')
  })
})
