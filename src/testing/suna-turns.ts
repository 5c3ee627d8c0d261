// The turns of a run as Suna has them: one for each call of the model, closed by its `complete` row.
// A model that has been answered speaks again only when it is called again, so text that follows a
// tool's result opens the next turn, whatever message it belongs to.
import type { SunaCall, SunaDialect, SunaRow, SunaTurn } from './suna-dialect.ts'

/** Follows one run from turn to turn. */
export interface SunaTurns {
  /** Rows told within the turn of this message, after those that open it. */
  speaking(messageId: string, tell: (turn: SunaTurn) => SunaRow[]): SunaRow[]
  /** Opens a call in the turn of this message, or in the running turn where none is named. */
  calling(messageId: string | undefined, callId: string, name: string): SunaRow[]
  /** Rows told about an open call; none for a call that nobody opened. */
  called(callId: string, tell: (turn: SunaTurn, call: SunaCall) => SunaRow[]): SunaRow[]
  /** The row that repeats the turn whole, once. */
  complete(turn: SunaTurn): SunaRow[]
  /** Rows that close the running turn. */
  end(): SunaRow[]
  /** A fresh id for a saved row. */
  nextId(): string
}

/** What turns are told with. */
export interface SunaTurnsOptions {
  readonly dialect: SunaDialect
  readonly runId: string
  readonly threadId: string
}

/** Makes the turns of one run. */
export function createSunaTurns({ dialect, runId, threadId }: SunaTurnsOptions): SunaTurns {
  const calls = new Map<string, SunaCall>()
  let running: { readonly messageId: string; readonly turn: SunaTurn } | null = null
  let [rows, turns] = [0, 0]
  const nextId = (): string => `${runId}-m${++rows}`

  const start = (messageId: string): SunaTurn => {
    const name = dialect.turnRunId(runId, ++turns)
    const turn = { threadId, runId: name, calls: [], text: '', sequence: 0, completeId: null }
    running = { messageId, turn }
    return turn
  }
  const complete = (turn: SunaTurn): SunaRow[] =>
    turn.completeId === null ? dialect.complete(turn, (turn.completeId = nextId())) : []
  const end = (): SunaRow[] => {
    if (running === null) return []
    const { turn } = running
    running = null
    return [...complete(turn), ...dialect.turnEnd(turn, nextId)]
  }
  const speaking: SunaTurns['speaking'] = (messageId, tell) => {
    if (running?.messageId === messageId && running.turn.completeId === null) {
      return tell(running.turn)
    }
    const before = end()
    const turn = start(messageId)
    return [...before, ...dialect.turnStart(turn, nextId), ...tell(turn)]
  }
  const calling: SunaTurns['calling'] = (messageId, id, name) =>
    speaking(messageId ?? running?.messageId ?? id, (turn) => {
      const call = { id, name, index: turn.calls.length, args: '' }
      calls.set(id, call)
      turn.calls.push(call)
      return []
    })
  const called: SunaTurns['called'] = (id, tell) => {
    const call = calls.get(id)
    return call === undefined || running === null ? [] : tell(running.turn, call)
  }
  return { speaking, calling, called, complete, end, nextId }
}
