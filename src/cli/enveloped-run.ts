// A synthetic run in Suna's envelopes, with as many of them as were asked for: what an event takes of them
// depends on its kind, so the number of events is found by trying.
import { scenario, SCENARIO_MIN_EVENTS } from '../testing/scenario.ts'
import { sunaRows } from '../testing/suna-envelope.ts'
import type { SunaLayout, SunaRow } from '../testing/suna-envelope.ts'

/** What is asked for. */
export interface EnvelopedRun {
  readonly seed: number
  /** Envelopes wanted. */
  readonly events: number
  readonly chunk: number
  readonly layout: SunaLayout
  readonly runId: string
}

// Every try mends the last one's error; seen were four at the most.
const TRIES = 10

/** Rows of a run, exactly as many as asked for; a few more where the smallest run takes more. */
export function envelopedRun({ events: wanted, ...run }: EnvelopedRun): readonly SunaRow[] {
  let events = wanted
  let rows = rowsOf({ ...run, events })
  for (let tries = 1; tries < TRIES && rows.length !== wanted; tries++) {
    events = Math.max(SCENARIO_MIN_EVENTS, events + wanted - rows.length)
    rows = rowsOf({ ...run, events })
  }
  return rows
}

function rowsOf(run: EnvelopedRun): readonly SunaRow[] {
  const { layout, runId } = run
  return sunaRows(scenario(run), { layout, runId, threadId: `thread-${runId}` })
}
