// Measures one factor, round by round, and how fast a replay may be. Tells of every run before it begins.
import { findCapacity } from './capacity.ts'
import { armOf, effectsOf } from './compare.ts'
import type { View } from './consumer.ts'
import type { LabOptions, LabProgress } from './options.ts'
import { type ArmPlan, type FactorPlan, stepsOf } from './plan.ts'
import { rechunk } from './rechunk.ts'
import { repeated } from './repeat.ts'
import type { LabCapacity, LabCost, LabFactor } from './result.ts'
import { type Bench, runArm } from './run-arm.ts'
import { charsIn, inVocabulary, type Track } from './track.ts'

// Steps that the progress reckons with for each schedule of `speed`.
const SPEED_STEPS = 8
// A backlog that is gone after this part of the run, and at least so many ms, has drained.
const DRAINED = { share: 0.1, ms: 60 }

/** Tells of a run. */
export type Tell = (now: Pick<LabProgress, 'factor' | 'arm' | 'round'>) => void

/** Counts the runs for `onProgress`. */
export function progressOf(
  plan: readonly FactorPlan[],
  pairs: number,
  wantsSpeed: boolean,
  onProgress: LabOptions['onProgress'],
): Tell {
  const rounds = plan.reduce((sum, { arms }) => sum + arms.length * (pairs + 1), 0)
  const total = rounds + (wantsSpeed ? 2 * SPEED_STEPS : 0)
  let done = 0
  return (now) => onProgress?.({ done: Math.min(done++, total - 1), total, ...now })
}

/** What measuring a factor needs. */
export interface Measuring {
  readonly track: Track
  readonly pairs: number
  readonly tell: Tell
  readonly graceMs: number
}

/** Runs all arms of a factor in turn, and compares them. */
export async function measureFactor(
  bench: Bench,
  { name, arms }: FactorPlan,
  { track, pairs, tell, graceMs }: Measuring,
): Promise<LabFactor> {
  const tracks = tracksOf(arms, track)
  const costs = new Map<string, LabCost[]>(arms.map((arm) => [arm.name, []]))
  for (const { arm, round } of stepsOf(arms, pairs)) {
    tell({ factor: name, arm: arm.name, round })
    const cost = await runArm(bench, { ...arm, track: tracks.get(arm.chunk) ?? track, graceMs })
    if (round > 0) costs.get(arm.name)?.push(cost)
  }
  const measured = arms.map((arm) => armOf(arm.name, costs.get(arm.name) ?? []))
  return { name, arms: measured, effects: effectsOf(arms, measured) }
}

function tracksOf(arms: readonly ArmPlan[], track: Track): ReadonlyMap<number | null, Track> {
  const sizes = new Set(arms.map(({ chunk }) => chunk).filter((chunk) => chunk !== null))
  if (sizes.size === 0) return new Map()
  const spelled = inVocabulary(track)
  return new Map([...sizes].map((size) => [size, rechunk(spelled, size)]))
}

/** What searching a capacity needs. */
export interface CapacityRun {
  readonly track: Track
  readonly view: View
  readonly schedule: LabCapacity['schedule']
  readonly effort: { readonly maxEvents: number; readonly refinements: number }
  readonly tell: Tell
}

/** Finds the fastest replay whose backlog drains. */
export async function measureCapacity(
  bench: Bench,
  { track, view, schedule, effort, tell }: CapacityRun,
): Promise<LabCapacity> {
  const spelled = inVocabulary(track)
  const source = Object.keys(bench.sources)[0] ?? ''
  const events = spelled.recording.events.length
  const spanMs = Math.max(1, spelled.recording.events.at(-1)?.t ?? 0)
  const drainedMs = Math.max(DRAINED.ms, DRAINED.share * spanMs)
  const keepsUp = async (speed: number): Promise<boolean> => {
    tell({ factor: 'speed', arm: `${schedule}, ${speed.toFixed(2)} times as fast`, round: 1 })
    const { complete, drainMs } = await runArm(bench, {
      consumer: 'framewise',
      hidden: false,
      graceMs: drainedMs + 250,
      track: repeated(spelled, speed, speed),
      schedule,
      source,
      view,
    })
    return complete && drainMs <= drainedMs
  }
  const { speed, atLeast } = await findCapacity({
    keepsUp,
    maxSpeed: Math.max(1, effort.maxEvents / events),
    refinements: effort.refinements,
  })
  const perSecond = (count: number): number => (speed * count * 1000) / spanMs
  const charsPerSecond = perSecond(charsIn(spelled))
  return { schedule, speed, eventsPerSecond: perSecond(events), charsPerSecond, atLeast }
}
