// What a bench prints, a line each.

/** One line of the result. */
export interface BenchLine {
  readonly what: string
  readonly measured: number
  readonly target: number
  readonly unit: string
  /** How it came about, in words. */
  readonly detail: string
}
