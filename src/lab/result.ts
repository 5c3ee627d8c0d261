// What a lab found, as plain data: it survives JSON, and the table and the words are made of nothing but it.
import type { LabRange } from './range.ts'

/** What can be changed, one at a time. */
export const LAB_FACTORS = ['client', 'schedule', 'chunk', 'source', 'speed'] as const

/** One of them. */
export type LabFactorName = (typeof LAB_FACTORS)[number]

/** What one run cost and how it went. Times in ms. */
export interface LabCost {
  /** Wall clock, from the opening of the source to the last paint. */
  readonly runMs: number
  /** Main-thread time of the run: by the caller's probe, else `receiveMs`, `publishMs` and `paintMs` together. */
  readonly busyMs: number
  /** JavaScript in it: by the caller's probe, else `receiveMs` and `publishMs` together. */
  readonly scriptMs: number
  /** From a read's arrival to its last event decoded. */
  readonly receiveMs: number
  /** Merge, reduce, store write, render and commit. */
  readonly publishMs: number
  /** Style, layout and paint of the frames that showed it. */
  readonly paintMs: number
  /** Events that arrived. */
  readonly events: number
  /** Characters that were decoded; 0 where nothing is decoded. */
  readonly chars: number
  /** Writes of the store. */
  readonly writes: number
  /** React commits; null where nobody counts them. */
  readonly renders: number | null
  /** From arrival to the frame that shows it, of all but one read in twenty; null where nothing is shown. */
  readonly arrivalToPaintMs: number | null
  /** How much later than the most punctual event all but one in twenty arrived, by the recording's own pace. */
  readonly lateMs: number | null
  /** From the time the last event was due to the end of the run; what had piled up by then. */
  readonly drainMs: number
  /** False when not all events arrived, or the run was cut because it would not end. */
  readonly complete: boolean
}

/** One way to read the recording, and what it cost, round by round. */
export interface LabArm {
  /** What it does, in a word or two; unique within its factor. */
  readonly name: string
  /** In the order they were measured; the same index is the same round in every arm of a factor. */
  readonly rounds: readonly LabCost[]
  /** Medians of the rounds, number by number. */
  readonly median: Omit<LabCost, 'complete'>
}

/** One arm beside another of the same factor. */
export interface LabEffect {
  /** Name of the arm. */
  readonly arm: string
  /** Name of the arm it is compared with. */
  readonly against: string
  /** `busyMs` of `arm` over that of `against`, pair by pair; null when it cannot be divided. */
  readonly ratio: LabRange | null
  /** True when every pair says the same, and whatever is missing of runs that are not complete could not undo it. */
  readonly shown: boolean
  /** `lateMs` of `arm` less that of `against`, pair by pair; null where it cannot be told. */
  readonly laterMs: LabRange | null
}

/** What was measured of one factor. */
export interface LabFactor {
  /** What was changed. */
  readonly name: Exclude<LabFactorName, 'speed'>
  /** In the order of the plan. */
  readonly arms: readonly LabArm[]
  /** One for each arm that is compared with another one. */
  readonly effects: readonly LabEffect[]
}

/** What may explain the cost of rendering once per event. */
export const LAB_HYPOTHESES = ['receiving', 'parsing', 'reducing', 'rendering', 'markdown'] as const

/** How much one hypothesis explains. */
export interface LabShare {
  /** What may explain it. */
  readonly hypothesis: (typeof LAB_HYPOTHESES)[number] | 'painting'
  /**
   * Part of the whole, pair by pair; null where a rung of the ladder is missing, or has a run that is not complete.
   * `painting` lies across the others.
   */
  readonly share: LabRange | null
  /** True when every pair is above 0. */
  readonly shown: boolean
}

/** How much a client keeps up with. */
export interface LabCapacity {
  /** Batched, or once per event. */
  readonly schedule: 'adaptive' | 'immediate'
  /** The fastest replay, in multiples of the recording's own pace, whose backlog drained: the best that a search found. */
  readonly speed: number
  /** Events a second at that speed; 0 when no speed was kept up with. */
  readonly eventsPerSecond: number
  /** What the least lucky search found, in events a second: what else the machine does can only make it less. */
  readonly leastEventsPerSecond: number
  /** Characters a second at that speed. */
  readonly charsPerSecond: number
  /** True when nothing faster was tried: the source has no more. */
  readonly atLeast: boolean
}

/** What was played. */
export interface LabPlayed {
  /** Layout of the recording. */
  readonly layout: string
  /** Name of the protocol that decodes it. */
  readonly protocol: string
  /** Events of a run. */
  readonly events: number
  /** Characters of text, reasoning and tool arguments of a run. */
  readonly chars: number
  /** Length of a run by its own times, in ms. */
  readonly ms: number
  /** False where all of it comes at once by its own times, as what is read after it was written: no capacity then. */
  readonly paced: boolean
  /** Times as fast as recorded. */
  readonly speed: number
}

/** All that a lab found. */
export interface LabResult {
  /** Version of this shape. */
  readonly framewiseLab: 1
  /** The stretch of the recording that every run plays. */
  readonly played: LabPlayed
  /** Measured rounds of each factor, after one that warmed up. */
  readonly pairs: number
  /** How likely chance alone puts so many pairs on one side. */
  readonly chance: number
  /** `probe`: `busyMs` is all of the main thread's time. `stages`: what the stream's own stages took. */
  readonly costBy: 'probe' | 'stages'
  /** In the order they were measured; without `speed`, which is `capacity`. */
  readonly factors: readonly LabFactor[]
  /** Of the client that renders once per event; empty without the ladder. */
  readonly shares: readonly LabShare[]
  /** Empty where it was not asked for, or what was played has no pace. */
  readonly capacity: readonly LabCapacity[]
  /** Sentences. */
  readonly conclusion: readonly string[]
}

/** What sentences are made of. */
export type Findings = Omit<LabResult, 'conclusion'>
