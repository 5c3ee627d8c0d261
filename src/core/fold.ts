// One flush: what was published before, and a batch of the queue, give what is published next.
import { type AgentStreamError, callbackThrew } from './errors.ts'
import type { AgentEvent } from './events.ts'
import { mergeDeltas } from './merge.ts'
import type { Mark, Received } from './received.ts'
import { isOver, NO_RUN, reduceRun, type RunState } from './run.ts'
import type { RelayGap } from '../wire/protocol.ts'

/** Folds events into the state of the application's choice. */
export type Reduce<State> = (state: State, events: readonly AgentEvent[]) => State

/** All that a flush can change. */
export interface Folded<State> {
  readonly run: RunState
  readonly state: State
  /** The state that the current log began with: it begins with it again when it was replaced. */
  readonly base: State
  readonly cursor: string | null
  readonly gaps: readonly RelayGap[]
  /** True while the agent is being asked for a run: what the wire says meanwhile is of the log before it. */
  readonly asking: boolean
}

/** How a stream folds. */
export interface Folding<State> {
  readonly reduce: Reduce<State>
  /** What the stream begins with. */
  readonly initial: State
  /** What happens on this side, seen by the state. @default nothing */
  readonly mark?: ((state: State, mark: Mark) => State) | undefined
  /** What `reduce` had to say since it was asked last; it ends nothing. @default nothing */
  readonly errors?: (() => readonly AgentStreamError[]) | undefined
  /** So many gaps are kept, the last ones. */
  readonly maxGaps: number
}

/** What a batch came to. */
export interface Outcome<State> {
  readonly folded: Folded<State>
  /** Runs that ended in it, in order. */
  readonly over: readonly RunState[]
  /** Losses in it. */
  readonly gaps: readonly RelayGap[]
  /** What the reducer threw; the state is then without the events that it threw at. */
  readonly errors: readonly AgentStreamError[]
}

/** Where a stream begins. */
export function unfolded<State>({ initial }: Folding<State>): Folded<State> {
  return { run: NO_RUN, state: initial, base: initial, cursor: null, gaps: [], asking: false }
}

/** Folds a batch; events between two marks are merged and reduced at once. */
export function foldBatch<State>(
  before: Folded<State>,
  batch: readonly Received[],
  folding: Folding<State>,
): Outcome<State> {
  const news = { over: [], gaps: [], errors: [] }
  let folded = before
  let events: AgentEvent[] = []
  let { cursor } = before
  for (const item of batch) {
    if (item.cursor !== undefined) cursor = item.cursor
    for (const event of item.events) events.push(event)
    if (item.mark === undefined) continue
    folded = foldMark(foldEvents(folded, events, folding, news), item.mark, folding, news)
    events = []
  }
  folded = foldEvents(folded, events, folding, news)
  return { ...news, folded: cursor === folded.cursor ? folded : { ...folded, cursor } }
}

interface News {
  readonly over: RunState[]
  readonly gaps: RelayGap[]
  readonly errors: AgentStreamError[]
}

// The cursor moves on over events that the reducer threw at: they would make it throw for ever.
function foldEvents<State>(
  folded: Folded<State>,
  events: readonly AgentEvent[],
  { reduce, errors: said }: Folding<State>,
  { over, errors }: News,
): Folded<State> {
  if (events.length === 0) return folded
  const merged = mergeDeltas(events)
  const run = reduceRun(folded.run, merged, over)
  try {
    const state = reduce(folded.state, merged)
    const told = said?.() ?? []
    errors.push(...told)
    const error = told.at(-1)
    return { ...folded, run: error ? { ...run, error } : run, state }
  } catch (cause) {
    const error = callbackThrew('the reducer', cause)
    errors.push(error)
    return { ...folded, run: { ...run, error } }
  }
}

function foldMark<State>(
  folded: Folded<State>,
  mark: Mark,
  { mark: markState = (state) => state, maxGaps }: Folding<State>,
  { over, gaps: lost }: News,
): Folded<State> {
  const { run } = folded
  const local = (change: RunState = run): Folded<State> => ({
    ...folded,
    run: change,
    state: markState(folded.state, mark),
  })
  const end = (change: Partial<RunState>): Folded<State> => {
    if (isOver(run.status)) return folded
    const ended = { ...run, ...change }
    over.push(ended)
    return local(ended)
  }
  // What this side said is no part of the log: a log that is replaced does not take it back.
  const said = (change: RunState, asking: boolean): Folded<State> => ({
    ...local(change),
    base: markState(folded.base, mark),
    asking,
  })
  const endOfLog = (change: Partial<RunState>): Folded<State> =>
    folded.asking ? folded : end(change)
  switch (mark.type) {
    case 'gap': {
      lost.push(mark.gap)
      const gaps = maxGaps > 0 ? [...folded.gaps, mark.gap].slice(-maxGaps) : []
      return mark.gap.reason === 'replaced'
        ? { ...folded, gaps, state: folded.base, run: folded.asking ? run : NO_RUN }
        : { ...folded, gaps }
    }
    case 'end':
      return endOfLog({
        status: END_STATUS[mark.reason ?? 'completed'],
        finish: finish(mark.reason),
      })
    case 'given-up':
      // With an error and no event there never was a run to be cut.
      return endOfLog({
        status: mark.error !== null && hasNotBegun(run) ? 'failed' : 'truncated',
        error: mark.error ?? run.error,
      })
    case 'nothing':
      return run.status === 'idle' ? folded : endOfLog({ status: 'truncated' })
    case 'abandoned':
      return run.status === 'idle' || isOver(run.status)
        ? folded
        : local({ ...run, status: 'truncated' })
    case 'stopped':
      return run.status === 'idle' ? folded : end({ status: 'stopped', finish: finish('stopped') })
    case 'submitted':
      return said(SUBMITTED, true)
    case 'accepted': {
      const { runId, fresh } = mark
      // With a log of its own it has not begun, whatever the log before it told meanwhile.
      const begun = fresh && run.status !== 'stopped' ? SUBMITTED : run
      const accepted = said({ ...begun, runId }, false)
      return fresh ? { ...accepted, base: accepted.state, cursor: null } : accepted
    }
    case 'unsent':
      // Without an error somebody stopped it, which is told by a mark of its own.
      return said(mark.error === null ? run : end(failed(mark.error)).run, false)
    case 'hydrated':
      return { ...local(), gaps: [] }
    case 'restored':
      // What was on its way when the page went may not have come through.
      return {
        ...folded,
        state: markState(mark.state as State, { type: 'unsent', error: null }),
        run: mark.run,
      }
    case 'resumed':
      return isOver(run.status)
        ? { ...folded, run: { ...NO_RUN, status: folded.cursor === null ? 'idle' : 'streaming' } }
        : folded
    case 'error':
      return { ...folded, run: { ...run, error: mark.error } }
    default:
      return mark satisfies never
  }
}

const hasNotBegun = ({ status }: RunState): boolean => status === 'idle' || status === 'submitted'

const SUBMITTED: RunState = Object.freeze({ ...NO_RUN, status: 'submitted' })

const failed = (error: AgentStreamError): Partial<RunState> => ({
  status: 'failed',
  finish: { reason: error.code },
  error,
})

const END_STATUS = { completed: 'finished', stopped: 'stopped', failed: 'failed' } as const

const finish = (reason: string | null): { reason: string } => ({ reason: reason ?? 'completed' })
