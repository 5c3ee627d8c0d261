// Measures one factor, round by round, and how fast a replay may be. Tells of every run before it begins.
import { findCapacity, type FoundSpeed } from './capacity.ts'
import { armOf, effectsOf } from './compare.ts'
import type { View } from './consumer.ts'
import type { LabOptions, LabProgress } from './options.ts'
import { isPaced, spanOf } from './pace.ts'
import { type ArmPlan, type FactorPlan, stepsOf } from './plan.ts'
import { rangeOf } from './range.ts'
import { rechunk } from './rechunk.ts'
import { repeated } from './repeat.ts'
import type { LabCapacity, LabCost, LabFactor } from './result.ts'
import { type Bench, runArm } from './run-arm.ts'
import { charsIn, inVocabulary, type Track } from './track.ts'

// Steps that the progress reckons with for each search of `speed`.
const SPEED_STEPS = 8
// A backlog that is gone after this part of the run has drained. A run is so long at least: over a shorter one that
// part is lost in the time a frame takes.
const DRAINED_SHARE = 0.25
const MIN_RUN_MS = 400

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
  const total = rounds + (wantsSpeed ? 4 * SPEED_STEPS : 0)
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

/** What searching capacities needs. */
export interface CapacityRun {
  readonly track: Track
  readonly view: View
  readonly effort: {
    readonly maxEvents: number
    readonly refinements: number
    /** For each schedule. */
    readonly searches: number
  }
  readonly tell: Tell
}

type BatchedOrNot = LabCapacity['schedule']

const BOTH: readonly BatchedOrNot[] = ['adaptive', 'immediate']

/**
 * Searches for each schedule in turn, each time in reverse, and takes the best that was found. Finds nothing where
 * there is no pace.
 */
export async function measureCapacities(
  bench: Bench,
  run: CapacityRun,
): Promise<readonly LabCapacity[]> {
  if (!isPaced(run.track)) return []
  const spelled = { ...run, track: longEnough(inVocabulary(run.track)) }
  const found: (FoundSpeed & { readonly schedule: BatchedOrNot })[] = []
  for (let turn = 0; turn < run.effort.searches; turn++) {
    for (const schedule of turn % 2 === 0 ? BOTH : BOTH.toReversed()) {
      found.push({ schedule, ...(await search(bench, spelled, schedule)) })
    }
  }
  const { events } = spelled.track.recording
  const perSecond = (count: number, speed: number): number =>
    (speed * count * 1000) / spanOf(spelled.track)
  return BOTH.map((schedule) => {
    const both = found.filter((one) => one.schedule === schedule)
    const { min, max: speed } = rangeOf(both.map((one) => one.speed))
    return {
      schedule,
      speed,
      eventsPerSecond: perSecond(events.length, speed),
      leastEventsPerSecond: perSecond(events.length, min),
      charsPerSecond: perSecond(charsIn(spelled.track), speed),
      atLeast: both.some(({ atLeast }) => atLeast),
    }
  })
}

function longEnough(track: Track): Track {
  const times = Math.ceil(MIN_RUN_MS / spanOf(track))
  return times > 1 ? repeated(track, times, 1) : track
}

function search(
  bench: Bench,
  { track, view, effort, tell }: CapacityRun,
  schedule: BatchedOrNot,
): Promise<FoundSpeed> {
  const source = Object.keys(bench.sources)[0] ?? ''
  const drainedMs = DRAINED_SHARE * spanOf(track)
  const keepsUp = async (speed: number): Promise<boolean> => {
    tell({ factor: 'speed', arm: `${schedule}, ${speed.toFixed(2)} times as fast`, round: 1 })
    const { complete, drainMs } = await runArm(bench, {
      consumer: 'framewise',
      hidden: false,
      graceMs: drainedMs + 250,
      track: repeated(track, speed, speed),
      schedule,
      source,
      view,
    })
    return complete && drainMs <= drainedMs
  }
  const maxSpeed = Math.max(1, effort.maxEvents / track.recording.events.length)
  return findCapacity({ keepsUp, maxSpeed, refinements: effort.refinements })
}
