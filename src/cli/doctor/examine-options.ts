// What an examination is asked to do.
import type { RedisNames } from '../../wire/redis-names.ts'

/** What to examine. */
export interface ExamineOptions {
  readonly url: string
  readonly streamId: string | null
  readonly names: RedisNames
  /** Round trip at the writer in ms, where somebody measured it there. */
  readonly writerRttMs: number | null
  readonly signal: AbortSignal
  /** Told what is being done. */
  readonly progress: (step: string) => void
}
