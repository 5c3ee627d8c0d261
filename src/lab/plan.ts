// The plan of a lab: which arms each factor has, what each is compared with, and in which order they run. A round's
// arms are neighbours in time, and the next round turns them round, so that what the machine does meanwhile meets all
// of them alike. The first round only warms up.
import type { Schedule } from '../frame/scheduler.ts'
import type { View } from './consumer.ts'
import type { LabFactor, LabFactorName } from './result.ts'

/** One way to read the recording. */
export interface ArmPlan {
  readonly name: string
  readonly consumer: 'discard' | 'parse' | 'framewise' | 'by-hand'
  readonly schedule: Schedule
  readonly view: View
  /** Spares layout and paint. */
  readonly hidden: boolean
  /** Characters per event; null as recorded. */
  readonly chunk: number | null
  readonly source: string
  /** The arm it is compared with; null where it is what others are compared with. */
  readonly against: string | null
}

/** Factors that are measured in rounds. */
export type RoundsFactor = LabFactor['name']

/** One factor's arms. */
export interface FactorPlan {
  readonly name: RoundsFactor
  readonly arms: readonly ArmPlan[]
}

/** What a plan depends on. */
export interface PlanOptions {
  readonly factors: readonly LabFactorName[]
  /** Names, the one that the other factors use first. */
  readonly sources: readonly string[]
  /** The richest way to show text that there is. */
  readonly view: View
  readonly short: boolean
}

/** One run. */
export interface Step {
  readonly arm: ArmPlan
  /** 0 warms up. */
  readonly round: number
}

/** Name of the consumer that stands beside framewise everywhere. */
export const BY_HAND = 'by hand'

/** Makes the plan, in the order of the factors' own list. */
export function planLab(options: PlanOptions): readonly FactorPlan[] {
  const { factors, sources, view, short } = options
  const base: Base = { source: sources[0] ?? '', view }
  const all: readonly FactorPlan[] = [
    { name: 'client', arms: ladder(base) },
    { name: 'schedule', arms: schedules(base, short) },
    { name: 'chunk', arms: chunks(base, short ? [1, 64] : [1, 4, 16, 64]) },
    {
      name: 'source',
      arms: sources.flatMap((source, at) => placed({ ...base, source }, sources[at - 1])),
    },
  ]
  return all.filter(({ name }) => factors.includes(name))
}

/** The steps of one factor: ABC, then CBA, and so on. */
export function stepsOf(arms: readonly ArmPlan[], pairs: number): readonly Step[] {
  const rounds = Array.from({ length: pairs + 1 }, (_, round) => round)
  return rounds.flatMap((round) =>
    (round % 2 === 0 ? arms : arms.toReversed()).map((arm) => ({ arm, round })),
  )
}

type Base = Pick<ArmPlan, 'source' | 'view'>

const arm = (base: Base, rest: Pick<ArmPlan, 'name'> & Partial<ArmPlan>): ArmPlan => ({
  consumer: 'framewise',
  schedule: 'adaptive',
  hidden: false,
  chunk: null,
  against: null,
  ...base,
  ...rest,
})

// From doing nothing to doing everything, once per event: each rung beside the one below.
function ladder(base: Base): readonly ArmPlan[] {
  const rung = (name: string, view: View, more: Partial<ArmPlan> = {}): ArmPlan =>
    arm({ ...base, view }, { name, schedule: 'immediate', ...more })
  const shown: readonly View[] =
    base.view === 'markdown' ? ['plain', 'markdown'] : base.view === 'plain' ? ['plain'] : []
  const top = shown.at(-1) ?? 'reduce'
  return [
    rung('discard', 'none', { consumer: 'discard' }),
    rung('parse', 'none', { consumer: 'parse', against: 'discard' }),
    rung('reduce', 'none', { against: 'parse' }),
    ...shown.map((view, at) => rung(view, view, { against: shown[at - 1] ?? 'reduce' })),
    ...(shown.length > 0 ? [rung('hidden', base.view, { hidden: true, against: top })] : []),
    rung(BY_HAND, base.view, { consumer: 'by-hand', against: top }),
  ]
}

function schedules(base: Base, short: boolean): readonly ArmPlan[] {
  const others: readonly (readonly [string, Schedule])[] = [
    ['frame', 'frame'],
    ['adaptive', 'adaptive'],
    ['throttle 100 ms', { throttle: 100 }],
  ]
  const against = 'immediate'
  return [
    arm(base, { name: 'immediate', schedule: 'immediate' }),
    ...others
      .filter(([name]) => !short || name === 'adaptive')
      .map(([name, schedule]) => arm(base, { name, schedule, against })),
    arm(base, { name: BY_HAND, consumer: 'by-hand', against }),
  ]
}

// Each size beside the largest one, under the same consumer.
function chunks(base: Base, sizes: readonly number[]): readonly ArmPlan[] {
  const largest = sizes.at(-1) ?? 1
  const ways: readonly (readonly [string, Partial<ArmPlan>])[] = [
    ['immediate', { schedule: 'immediate' }],
    ['adaptive', { schedule: 'adaptive' }],
    [BY_HAND, { consumer: 'by-hand' }],
  ]
  return sizes.flatMap((chunk) =>
    ways.map(([way, given]) => {
      const against = chunk === largest ? null : chunkArm(largest, way)
      return arm(base, { ...given, name: chunkArm(chunk, way), chunk, against })
    }),
  )
}

/** Name of an arm of the factor `chunk`. */
export const chunkArm = (chunk: number, way: string): string =>
  `${chunk} char${chunk === 1 ? '' : 's'}, ${way}`

// Each source beside the one before it: given in the order of the way, each step adds one thing.
function placed(base: Base, before: string | undefined): readonly ArmPlan[] {
  const { source } = base
  return [
    arm(base, { name: source, against: before ?? null }),
    arm(base, { name: `${source}, ${BY_HAND}`, consumer: 'by-hand', against: source }),
  ]
}
