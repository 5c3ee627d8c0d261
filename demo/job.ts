// What the page does at one time: a run of the panels, or the experiment. Never both.
import type { PageState } from './page/page-state.ts'

/** How a job came to its end. */
export interface Ending {
  readonly state: Exclude<PageState, 'running'>
  /** For the reader. */
  readonly words: string
}

/** Something under way. */
export interface Job {
  /** Its end; rejects with an error whose message can be shown. After `stop` nobody waits for it. */
  readonly ending: Promise<Ending>
  /** Ends it at once. Idempotent. */
  stop(): void
}

/** An error in words. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
