// What to answer to someone who comes back with a cursor: nothing more when the run ended at or before it, else go on.
// The page that told so is handed on, so that a resume costs one read.
import type { EndReason } from '../../wire/protocol.ts'
import type { RelayCounters, ResumeResult } from '../counters.ts'
import type { EncodedPage } from './frame.ts'
import type { Hub } from './hub.ts'
import { within } from '../pause.ts'

/** The outcome of a check. */
export interface Resume {
  /** How the run ended at or before the cursor; null when there may be more to send. */
  readonly over: EndReason | null
  /** The page after the cursor, when it was read. */
  readonly page: EncodedPage | null
}

const GO_ON: Resume = Object.freeze({ over: null, page: null })

// A store that does not answer must not hold up the headers: the viewer then waits with an open stream.
const PATIENCE_MS = 2000

/** Checks whether a stream is over for someone who has seen it up to `after`. */
export async function checkResume(
  hub: Hub,
  after: string | null,
  { resumes }: RelayCounters,
): Promise<Resume> {
  if (after === null) return GO_ON
  const resume = await check(hub, after)
  resumes[resultOf(resume)]++
  return resume
}

const resultOf = ({ over, page }: Resume): ResumeResult =>
  over !== null ? 'over' : page?.lossy ? 'gap' : 'continued'

async function check(hub: Hub, after: string): Promise<Resume> {
  const { endedAt } = hub
  if (endedAt !== null && endedAt.position === after) return { over: endedAt.reason, page: null }
  if (hub.ring()?.indexAfter(after) != null || !hub.available()) return GO_ON
  const leave = hub.join(() => {}) // keeps the hub for the viewer that follows
  const page = await within(PATIENCE_MS, hub.page(after)).catch(() => null) // the viewer will see
  leave()
  return { over: page?.endedAt ?? null, page }
}
