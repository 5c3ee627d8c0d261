import { describe, expect, it } from 'vitest'
import type { ArmCost } from '../../../demo/isolate/arm-cost.ts'
import { runExperiment, type Step, stepsOf } from '../../../demo/isolate/experiment.ts'

const numbered = (renders: number): ArmCost => ({
  runMs: 1,
  receiveMs: 0,
  publishMs: 0,
  paintMs: 0,
  renders,
  arrivalToPaintP95: null,
})

describe('stepsOf', () => {
  it('turns the order of the arms with every round', () => {
    const arms = stepsOf(['worker'], 2).map(({ arm }) => arm.charAt(0))
    expect(arms.join('')).toBe('diaaiddia')
  })

  it('keeps the arms of one source and round together', () => {
    const groups = stepsOf(['worker', 'relay'], 1)
      .map(({ source, round }) => `${source} ${round}`)
      .filter((group, index, all) => group !== all[index - 1])
    expect(groups).toEqual(['worker 0', 'relay 0', 'worker 1', 'relay 1'])
  })
})

describe('runExperiment', () => {
  it('measures one arm at a time and leaves the warm-up out', async () => {
    const seen: Step[] = []
    let busy = 0
    const results = await runExperiment({
      sources: ['worker', 'relay'],
      pairs: 3,
      onStep: (step) => seen.push(step),
      async measure() {
        expect(++busy).toBe(1)
        await Promise.resolve()
        busy--
        return numbered(seen.length)
      },
    })
    expect(seen).toHaveLength(4 * 2 * 3)
    for (const rounds of results.values()) {
      for (const costs of Object.values(rounds)) {
        expect(costs).toHaveLength(3)
        expect(costs.every(({ renders }) => renders > 6)).toBe(true)
      }
    }
  })

  it('ends with the first arm that fails', async () => {
    let measured = 0
    const failing = runExperiment({
      sources: ['worker'],
      onStep() {},
      async measure() {
        if (++measured === 2) throw new Error('gone')
        return numbered(0)
      },
    })
    await expect(failing).rejects.toThrow('gone')
    expect(measured).toBe(2)
  })
})
