// One turn of Suna's assistant: its chunks up to `complete`, which tells the whole message once more.
// The turn's message id comes from the log position of its first chunk. `sequence` cannot be used: it restarts
// with every call of the model, and is shared with other events in one of the two formats.
import type { AgentEvent } from '../core/events.ts'
import { type Fields, isObject, maybeText } from './fields.ts'
import type { SunaEnvelope } from './suna-envelope.ts'

/** What one run remembers between its frames. */
export interface SunaMemory {
  /** Number of the run, from 0. */
  readonly run: number
  /** Events read so far: the position of an event that has no id. Pings are not part of the log. */
  frames: number
  turn: SunaTurn | null
}

/** The turn that is being streamed. */
export interface SunaTurn {
  readonly id: string
  readonly runId: string | null
  /** Ids of the tool calls that have begun, by `index` where deltas carry one. */
  readonly calls: Record<string, string>
}

/** Where the next event stands in its stream: the same whenever it is read again, another one in every run. */
export function nextPosition(memory: SunaMemory): string {
  const count = memory.frames++
  return memory.run === 0 ? `${count}` : `${memory.run}-${count}`
}

/** The turn that a chunk belongs to. A chunk of another run begins another turn. */
export function turnOf(memory: SunaMemory, { runId }: SunaEnvelope, position: string): SunaTurn {
  const { turn } = memory
  if (turn !== null && isOfRun(turn, runId)) return turn
  return (memory.turn = { id: `turn:${position}`, runId, calls: {} })
}

/** False only when both runs are known and differ. */
export function isOfRun(turn: SunaTurn, runId: string | null): boolean {
  return turn.runId === null || runId === null || turn.runId === runId
}

/** Text or reasoning of a chunk. */
export function chunkEvents(
  turn: SunaTurn,
  type: 'TEXT_MESSAGE_CONTENT' | 'REASONING_MESSAGE_CONTENT',
  delta: string,
): AgentEvent[] {
  return delta === '' ? [] : [{ type, messageId: turn.id, delta }]
}

/** One LiteLLM delta (`{id, index, function: {name, arguments}}`), whose id stands only in the first. */
export function callDelta(turn: SunaTurn, delta: Fields): AgentEvent[] {
  const inner = isObject(delta['function']) ? delta['function'] : {}
  const key = String(delta['index'] ?? delta['id'])
  const id = maybeText(delta['id']) ?? callOf(turn, key) ?? `${turn.id}:call-${key}`
  return callEvents(turn, key, id, inner['name'], inner['arguments'])
}

/** One delta of format B (`{tool_call_id, function_name, arguments_delta}`). */
export function namedCallDelta(turn: SunaTurn, delta: Fields): AgentEvent[] {
  const id = maybeText(delta['tool_call_id']) ?? `${turn.id}:call`
  return callEvents(turn, id, id, delta['function_name'], delta['arguments_delta'])
}

function callEvents(
  turn: SunaTurn,
  key: string,
  toolCallId: string,
  name: unknown,
  args: unknown,
): AgentEvent[] {
  const events: AgentEvent[] = []
  if (callOf(turn, key) !== toolCallId) {
    turn.calls[key] = toolCallId
    const toolCallName = maybeText(name) ?? ''
    events.push({ type: 'TOOL_CALL_START', toolCallId, toolCallName, parentMessageId: turn.id })
  }
  const delta = maybeText(args)
  if (delta) events.push({ type: 'TOOL_CALL_ARGS', toolCallId, delta })
  return events
}

// A key is the producer's text, and may be the name of something that every object has.
function callOf({ calls }: SunaTurn, key: string): string | undefined {
  return Object.hasOwn(calls, key) ? calls[key] : undefined
}
