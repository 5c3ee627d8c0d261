// One flush: what was published before, and a batch of the queue, give what is published next.
import type { AgentEvent } from './events.ts'
import { mergeDeltas } from './merge.ts'
import type { Mark, Received } from './received.ts'
import { isOver, reduceRun, type RunState } from './run.ts'
import type { RelayGap } from '../wire/protocol.ts'

/** Folds events into the state of the application's choice. */
export type Reduce<State> = (state: State, events: readonly AgentEvent[]) => State

/** All that a flush can change. */
export interface Folded<State> {
  readonly run: RunState
  readonly state: State
  readonly cursor: string | null
  readonly gaps: readonly RelayGap[]
}

/** How a stream folds. */
export interface Folding<State> {
  readonly reduce: Reduce<State>
  /** What the stream begins with, and begins with again when its log was replaced. */
  readonly initial: State
}

/** Folds a batch; events between two marks are merged and reduced at once. */
export function foldBatch<State>(
  before: Folded<State>,
  batch: readonly Received[],
  folding: Folding<State>,
): Folded<State> {
  let folded = before
  let events: AgentEvent[] = []
  let cursor = before.cursor
  for (const item of batch) {
    cursor = item.cursor ?? cursor
    for (const event of item.events) events.push(event)
    if (item.mark === undefined) continue
    folded = foldMark(foldEvents(folded, events, folding), item.mark, folding)
    events = []
  }
  folded = foldEvents(folded, events, folding)
  return cursor === folded.cursor ? folded : { ...folded, cursor }
}

function foldEvents<State>(
  folded: Folded<State>,
  events: readonly AgentEvent[],
  { reduce }: Folding<State>,
): Folded<State> {
  if (events.length === 0) return folded
  const merged = mergeDeltas(events)
  return { ...folded, run: reduceRun(folded.run, merged), state: reduce(folded.state, merged) }
}

function foldMark<State>(
  folded: Folded<State>,
  mark: Mark,
  { initial }: Folding<State>,
): Folded<State> {
  const { run } = folded
  const end = (change: Partial<RunState>): Folded<State> =>
    isOver(run.status) ? folded : { ...folded, run: { ...run, ...change } }
  switch (mark.type) {
    case 'gap': {
      const gaps = [...folded.gaps, mark.gap]
      return mark.gap.reason === 'replaced'
        ? { ...folded, gaps, state: initial }
        : { ...folded, gaps }
    }
    case 'end':
      return end({ status: END_STATUS[mark.reason ?? 'completed'], finish: finish(mark.reason) })
    case 'given-up':
      // With an error and no event there never was a run to be cut.
      return end({
        status: mark.error !== null && run.status === 'idle' ? 'failed' : 'truncated',
        error: mark.error,
      })
    case 'stopped':
      return run.status === 'idle' ? folded : end({ status: 'stopped', finish: finish('stopped') })
    case 'error':
      return { ...folded, run: { ...run, error: mark.error } }
    default:
      return mark satisfies never
  }
}

const END_STATUS = { completed: 'finished', stopped: 'stopped', failed: 'failed' } as const

const finish = (reason: string | null): { reason: string } => ({ reason: reason ?? 'completed' })
