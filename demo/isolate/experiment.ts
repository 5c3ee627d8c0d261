// The experiment: every arm from every source, round by round, in turning order. A round's arms are neighbours
// in time, so that what the machine does meanwhile meets them alike; the first round only warms up.
import type { ArmCost, ArmName, Rounds } from './arm-cost.ts'

/** Where a run may come from. */
export type SourceName = 'worker' | 'relay'

/** What is measured, and with what. */
export interface ExperimentOptions {
  readonly sources: readonly SourceName[]
  /** Measured rounds: pairs of arms. @default 5 */
  readonly pairs?: number | undefined
  readonly measure: (source: SourceName, arm: ArmName) => Promise<ArmCost>
  /** Told before every arm. */
  readonly onStep: (step: Step) => void
}

/** One arm of the experiment. */
export interface Step {
  readonly source: SourceName
  readonly arm: ArmName
  /** 0 warms up. */
  readonly round: number
}

/** Measured rounds, unless told otherwise. */
export const PAIRS = 5

const ARMS: readonly ArmName[] = ['discard', 'immediate', 'adaptive']

/** The steps, in their order: ABC, then CBA, and so on. */
export function stepsOf(sources: readonly SourceName[], pairs: number): readonly Step[] {
  const rounds = Array.from({ length: pairs + 1 }, (_, round) => round)
  return rounds.flatMap((round) => {
    const arms = round % 2 === 0 ? ARMS : ARMS.toReversed()
    return sources.flatMap((source) => arms.map((arm) => ({ source, arm, round })))
  })
}

/** Runs all steps, one after the other. Rejects with the first error of `measure`. */
export async function runExperiment(
  options: ExperimentOptions,
): Promise<ReadonlyMap<SourceName, Rounds>> {
  const { sources, pairs = PAIRS, measure, onStep } = options
  const results = new Map(sources.map((source) => [source, emptyRounds()]))
  for (const step of stepsOf(sources, pairs)) {
    onStep(step)
    const cost = await measure(step.source, step.arm)
    if (step.round > 0) results.get(step.source)?.[step.arm].push(cost)
  }
  return results
}

const emptyRounds = (): Record<ArmName, ArmCost[]> => ({ discard: [], adaptive: [], immediate: [] })
