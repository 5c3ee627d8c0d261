import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { play } from '../../../src/cli/play/player.ts'
import type { RunPlan } from '../../../src/cli/play/run-plan.ts'
import { createManualPlayerClock } from '../manual-player-clock.ts'

const planOf = (due: readonly number[]): RunPlan => ({
  protocol: 'ag-ui',
  due,
  payload: (index, at) => `${index}@${at}`,
  stopped: () => 'stopped',
})
const { signal } = new AbortController()

describe('play', () => {
  it('writes every payload once, in order, never before it is due', () => {
    const times = fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 600 })
    return fc.assert(
      fc.asyncProperty(times, async (gaps) => {
        let at = 0
        const due = gaps.map((gap) => (at += gap))
        const clock = createManualPlayerClock()
        const written: string[] = []
        const early: number[] = []
        const write = (payload: string): undefined => {
          if (clock.now() < (due[written.length] ?? 0)) early.push(written.length)
          written.push(payload)
        }
        expect(await play({ plan: planOf(due), writer: { write }, signal, clock })).toBe(due.length)
        expect(written).toEqual(due.map((time, index) => `${index}@${1_000_000 + time}`))
        expect(early).toEqual([])
      }),
    )
  })

  it('sends what is overdue at once instead of shifting the rest', async () => {
    const clock = createManualPlayerClock()
    const times: number[] = []
    const write = (): undefined => {
      times.push(clock.now())
      if (times.length === 1) clock.pass(25)
    }
    await play({ plan: planOf([0, 10, 20, 30]), writer: { write }, signal, clock })
    expect(times).toEqual([0, 25, 25, 30])
  })

  it('waits for days, and asks no timer for more than one can wait', async () => {
    const clock = createManualPlayerClock()
    const asked: number[] = []
    const sleep: typeof clock.sleep = (ms, until) => {
      asked.push(ms)
      return clock.sleep(ms, until)
    }
    const far = 2 ** 32
    const times: number[] = []
    const write = (): undefined => void times.push(clock.now())
    await play({ plan: planOf([0, far]), writer: { write }, signal, clock: { ...clock, sleep } })
    expect(times).toEqual([0, far])
    expect(Math.max(...asked)).toBeLessThan(2 ** 31)
  })

  it('waits for a writer that has no room', async () => {
    const clock = createManualPlayerClock()
    let release = (): void => {}
    const written: string[] = []
    const write = (payload: string): Promise<void> | undefined => {
      written.push(payload)
      if (written.length !== 1) return undefined
      return new Promise((resolve) => (release = resolve))
    }
    const playing = play({ plan: planOf([0, 0]), writer: { write }, signal, clock })
    await Promise.resolve()
    expect(written).toHaveLength(1)
    release()
    expect(await playing).toBe(2)
  })

  it('stops where it is when it is aborted, and tells how far it came', async () => {
    const clock = createManualPlayerClock()
    const abort = new AbortController()
    const written: string[] = []
    const write = (payload: string): undefined => {
      if (written.push(payload) === 2) abort.abort()
    }
    const playing = play({
      plan: planOf([0, 1, 2, 3]),
      writer: { write },
      signal: abort.signal,
      clock,
    })
    expect(await playing).toBe(2)
  })

  it('passes on what a writer throws', async () => {
    const write = (): never => {
      throw new Error('full disk')
    }
    const playing = play({ plan: planOf([0]), writer: { write }, signal })
    await expect(playing).rejects.toThrow('full disk')
  })
})
