// A synthetic run in Suna's envelopes, with as many of them as were asked for: what an event takes of them
// depends on its kind, so the number of events is found by trying.
import type { AgentEvent } from '../../core/events.ts'
import { scenario, SCENARIO_MIN_EVENTS } from '../../testing/scenario.ts'
import { sunaRows } from '../../testing/suna-envelope.ts'
import type { SunaLayout, SunaRow } from '../../testing/suna-envelope.ts'

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
  let rows = rowsOf({ ...run, events }, 0)
  for (let tries = 1; tries < TRIES && rows.length !== wanted; tries++) {
    events = Math.max(SCENARIO_MIN_EVENTS, events + wanted - rows.length)
    rows = rowsOf({ ...run, events }, 0)
  }
  // Now and then one event more takes two rows more: then two pieces of text come in one.
  const most = rows.length < wanted ? rowsOf({ ...run, events: events + 1 }, 0).length : rows.length
  const spare = most - wanted
  if (spare <= 0 || events === SCENARIO_MIN_EVENTS) return rows
  return rowsOf({ ...run, events: rows.length < wanted ? events + 1 : events }, spare)
}

function rowsOf(run: EnvelopedRun, joined: number): readonly SunaRow[] {
  const { layout, runId } = run
  const events = joinText(scenario(run), joined)
  return sunaRows(events, { layout, runId, threadId: `thread-${runId}` })
}

// Each join makes one event, and so one row, less.
function joinText(events: readonly AgentEvent[], joins: number): readonly AgentEvent[] {
  const joined: AgentEvent[] = []
  let left = joins
  for (const event of events) {
    const before = joined.at(-1)
    const follows =
      event.type === 'TEXT_MESSAGE_CONTENT' &&
      before?.type === event.type &&
      before.messageId === event.messageId
    if (follows && left-- > 0)
      joined[joined.length - 1] = { ...event, delta: before.delta + event.delta }
    else joined.push(event)
  }
  return joined
}
