// From rounds to effects: medians, paired ratios, and how much of the whole each rung of the ladder explains.
import { type ArmPlan, BY_HAND } from './plan.ts'
import { type LabRange, pairedRatios, rangeOf } from './range.ts'
import type { LabArm, LabCost, LabEffect, LabFactor, LabShare } from './result.ts'

/** What was measured of an arm: number by number the median, null where a round does not know it. */
export function armOf(name: string, rounds: readonly LabCost[]): LabArm {
  const { complete: _, ...numbers } = rounds[0] ?? {}
  const medianOf = (key: string): number | null => {
    const values = rounds.map((cost) => cost[key as keyof LabArm['median']])
    return values.every((value) => value !== null) ? rangeOf(values).median : null
  }
  const median = Object.fromEntries(Object.keys(numbers).map((key) => [key, medianOf(key)]))
  return { name, rounds, median: median as unknown as LabArm['median'] }
}

/** Every arm beside the one its plan names. */
export function effectsOf(
  plans: readonly ArmPlan[],
  arms: readonly LabArm[],
): readonly LabEffect[] {
  return plans.flatMap(({ name, against }) => {
    const [one, other] = [armNamed(arms, name), armNamed(arms, against)]
    if (one === undefined || other === undefined) return []
    const ratio = pairedRatios(busyOf(one), busyOf(other))
    const shown = ratio !== null && isShown(ratio, one, other)
    return [{ arm: one.name, against: other.name, ratio, shown, laterMs: laterOf(one, other) }]
  })
}

/** Of the factor `source` the sources beside one another, without the consumer written by hand. */
export const placed = ({ effects }: LabFactor): readonly LabEffect[] =>
  effects.filter(({ arm }) => !arm.endsWith(BY_HAND))

// A run that was cut, or lost events, would have cost more: of what it is compared with it shows one side alone.
const isShown = ({ min, max }: LabRange, one: LabArm, other: LabArm): boolean =>
  (min > 1 && isWhole(other)) || (max < 1 && isWhole(one))

const isWhole = ({ rounds }: LabArm): boolean => rounds.every(({ complete }) => complete)

function laterOf(one: LabArm, other: LabArm): LabRange | null {
  const differences = one.rounds.map(
    ({ lateMs }, round) => (lateMs ?? NaN) - (other.rounds[round]?.lateMs ?? NaN),
  )
  return differences.length > 0 && differences.every(Number.isFinite) ? rangeOf(differences) : null
}

const RUNGS = ['discard', 'parse', 'reduce', 'plain', 'markdown'] as const
const EXPLAINS = ['receiving', 'parsing', 'reducing', 'rendering', 'markdown'] as const

/**
 * What each rung adds, as a part of the highest one, pair by pair: together they make 1. `painting`, what a hidden
 * stage spares, lies across them.
 */
export function sharesOf({ arms }: Pick<LabFactor, 'arms'>): readonly LabShare[] {
  const top = armNamed(arms, 'markdown') ?? armNamed(arms, 'plain') ?? armNamed(arms, 'reduce')
  if (top === undefined) return []
  const rungs = EXPLAINS.map((hypothesis, at): LabShare => {
    const [rung, below] = [armNamed(arms, RUNGS[at]), armNamed(arms, RUNGS[at - 1])]
    return toShare(hypothesis, at === 0 ? shareOf(rung, null, top) : shareOf(rung, below, top))
  })
  return [...rungs, toShare('painting', shareOf(top, armNamed(arms, 'hidden'), top))]
}

/** The arm of that name; undefined when there is none. */
export function armNamed(
  arms: readonly LabArm[],
  name: string | null | undefined,
): LabArm | undefined {
  return arms.find((arm) => arm.name === name)
}

function shareOf(
  more: LabArm | undefined,
  less: LabArm | undefined | null,
  whole: LabArm,
): LabRange | null {
  if (more === undefined || less === undefined) return null
  if (![more, less ?? more, whole].every(isWhole)) return null
  const subtrahends = less === null ? [] : busyOf(less)
  const differences = busyOf(more).map((ms, round) => ms - (subtrahends[round] ?? 0))
  return pairedRatios(differences, busyOf(whole))
}

const toShare = (hypothesis: LabShare['hypothesis'], share: LabRange | null): LabShare => ({
  hypothesis,
  share,
  shown: share !== null && share.min > 0,
})

const busyOf = ({ rounds }: LabArm): readonly number[] => rounds.map(({ busyMs }) => busyMs)
