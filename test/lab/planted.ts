// Results with numbers of the test's own choosing.
import { armOf, effectsOf, sharesOf } from '../../src/lab/compare.ts'
import { planLab } from '../../src/lab/plan.ts'
import { chanceOf } from '../../src/lab/range.ts'
import { type Findings, LAB_FACTORS, type LabCost } from '../../src/lab/result.ts'

/** A run that took so many ms of the main thread. */
export function costOf(busyMs: number, more: Partial<LabCost> = {}): LabCost {
  return {
    runMs: 1000,
    busyMs,
    scriptMs: busyMs,
    receiveMs: 0,
    publishMs: busyMs,
    paintMs: 0,
    events: 100,
    chars: 400,
    writes: 100,
    renders: 100,
    arrivalToPaintMs: 16,
    lateMs: 3,
    drainMs: 0,
    complete: true,
    ...more,
  }
}

/**
 * Findings of a lab in which each arm cost what `costs` says, round by round, and was as late as `late` says; an arm
 * that they do not name cost 100, and was 3 late.
 */
export function findingsOf(
  costs: Readonly<Record<string, readonly number[]>>,
  more: Partial<Findings> = {},
  late: Readonly<Record<string, readonly number[]>> = {},
): Findings {
  const pairs = more.pairs ?? 5
  const planned = planLab({
    factors: LAB_FACTORS,
    sources: ['worker', 'redis'],
    view: 'markdown',
    short: true,
  })
  const factors = planned.map(({ name, arms }) => {
    const measured = arms.map((arm) =>
      armOf(
        arm.name,
        (costs[`${name}: ${arm.name}`] ?? Array.from({ length: pairs }, () => 100)).map(
          (ms, round) => costOf(ms, { lateMs: late[`${name}: ${arm.name}`]?.[round] ?? 3 }),
        ),
      ),
    )
    return { name, arms: measured, effects: effectsOf(arms, measured) }
  })
  const client = factors.find(({ name }) => name === 'client')
  return {
    framewiseLab: 1,
    played: {
      layout: 'memory',
      protocol: 'ag-ui',
      events: 100,
      chars: 400,
      ms: 600,
      paced: true,
      speed: 1,
    },
    pairs,
    chance: chanceOf(pairs),
    costBy: 'stages',
    factors,
    shares: client === undefined ? [] : sharesOf(client),
    capacity: [],
    ...more,
  }
}
