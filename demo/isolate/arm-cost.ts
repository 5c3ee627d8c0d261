// What one arm of the experiment cost the main thread, and what can be said about several of them.
import { pairedRatios, type Spread, spreadOf } from './spread.ts'

/** Ways to read the same recording, from the least work to the most renders. */
export type ArmName = 'discard' | 'adaptive' | 'immediate'

/** Cost of one arm, in main-thread milliseconds. */
export interface ArmCost {
  /** Wall clock from the first read to the end of the run: what the main thread had to spend. */
  readonly runMs: number
  /** From a read's arrival to its last event decoded. */
  readonly receiveMs: number
  /** Merge, reduce, store write, React render and commit. */
  readonly publishMs: number
  /** Style, layout and paint of the frames that showed it. */
  readonly paintMs: number
  /** Commits of the message view. */
  readonly renders: number
  /** Null where nothing is painted. */
  readonly arrivalToPaintP95: number | null
}

/** All rounds of one source: one cost per arm and round, in the same order. */
export type Rounds = Readonly<Record<ArmName, readonly ArmCost[]>>

/** What the rounds of one source say. */
export interface Comparison {
  /** Median cost of `immediate`, in ms. */
  readonly immediateMs: number
  /** Part of the run that `immediate` kept the main thread busy. */
  readonly busyShare: Spread
  /** Part of `immediate` that is script: receive and publish. */
  readonly scriptShare: Spread
  /** Cost of `adaptive` over cost of `immediate`, pair by pair; null when they cannot be divided. */
  readonly batchedRatio: Spread | null
}

/** Milliseconds in all. */
export function totalMs({ receiveMs, publishMs, paintMs }: ArmCost): number {
  return receiveMs + publishMs + paintMs
}

/** Part of the run that the main thread was busy with it; 1 leaves no time for anything else. */
export function busyShareOf(cost: ArmCost): number {
  return totalMs(cost) / cost.runMs
}

/**
 * Compares the arms of one source.
 * @throws RangeError without a round
 */
export function compare({ immediate, adaptive }: Rounds): Comparison {
  const shares = immediate.map((cost) => (cost.receiveMs + cost.publishMs) / totalMs(cost))
  return {
    immediateMs: spreadOf(immediate.map(totalMs)).median,
    busyShare: spreadOf(immediate.map(busyShareOf)),
    scriptShare: spreadOf(shares),
    batchedRatio: pairedRatios(adaptive.map(totalMs), immediate.map(totalMs)),
  }
}

/** Medians of an arm, field by field. */
export function medianCost(costs: readonly ArmCost[]): ArmCost {
  const median = (field: (cost: ArmCost) => number): number => spreadOf(costs.map(field)).median
  const painted = costs.map(({ arrivalToPaintP95 }) => arrivalToPaintP95)
  return {
    runMs: median(({ runMs }) => runMs),
    receiveMs: median(({ receiveMs }) => receiveMs),
    publishMs: median(({ publishMs }) => publishMs),
    paintMs: median(({ paintMs }) => paintMs),
    renders: median(({ renders }) => renders),
    arrivalToPaintP95: painted.every((ms) => ms !== null) ? spreadOf(painted).median : null,
  }
}
