// What a diagnosis says, as plain data: it survives JSON, and the next diagnosis needs nothing but it.

/** Every verdict there is, in the order in which they are looked for. */
export const VERDICTS = [
  'chunking-bound',
  'render-bound',
  'paint-bound',
  'parse-bound',
  'other-script-bound',
  'write-bound',
  'redis-bound',
  'relay-bound',
  'network-bound',
  'model-bound',
  'healthy',
  'unknown',
] as const

/** What a stream is bound by; `unknown` is an honest answer. */
export type VerdictKind = (typeof VERDICTS)[number]

/** One number that a verdict rests on. */
export interface Evidence {
  /** What it is: a path in the snapshot, or words where it is reckoned from several. */
  readonly name: string
  /** Always finite. */
  readonly value: number
  /** `ms`, `1/s`, `share` (part of 1), `chars`, `×` or `count`. */
  readonly unit: string
  /** What it is held against, in the same unit. */
  readonly threshold?: number | undefined
}

/** What following the advice should bring: a number to be checked afterwards. */
export interface Gain {
  /** In words, with the number. */
  readonly text: string
  /** The most that can be saved. */
  readonly value: number
  /** `ms/s`: main-thread time of each second; `ms/chunk`: waiting time of each chunk. */
  readonly unit: 'ms/s' | 'ms/chunk'
  /** How `value` comes from the snapshot. */
  readonly computed: string
}

/** One thing that may be the matter. */
export interface Verdict {
  /** What the stream is bound by, that all is well, or that nobody can tell. */
  readonly kind: VerdictKind
  /** How much of the trouble it is, 0 to 1: of the page's classes, of the main thread's time; of others, of a chunk's way. */
  readonly share: number
  /** 0 to 1; `unknown` has 0. Below 0.8 look at the evidence before anything is rebuilt. */
  readonly confidence: number
  /** The strongest number first. */
  readonly evidence: readonly Evidence[]
  /** The one thing to do. */
  readonly advice: string
  /** Null where there is nothing to gain, or nothing is known. */
  readonly gain: Gain | null
  /** What is true besides. */
  readonly note?: string | undefined
  /** What would have to be known, a line each. */
  readonly missing?: readonly string[] | undefined
  /** What to run to tell which it is. */
  readonly experiment?: string | undefined
}

/** The answer of `diagnose`. Hand it in again with the next snapshot. */
export interface Diagnosis {
  /** What stands: it changes when another kind is first in three of four windows. */
  readonly verdict: Verdict
  /** Everything found in this snapshot alone, the first before all others. */
  readonly verdicts: readonly Verdict[]
  /** When the last window began that counts for a change, by the stream's clock. */
  readonly windowAt: number
  /** What was first in the last windows, the newest last; empty while there is nothing to hold on to. */
  readonly recent: readonly VerdictKind[]
}
