// A believable agent run, made from a seed alone: reasoning, prose, two tool calls, a clean end.
// Pure, so that the same run can come from a Worker, a server, a command line or a test.
import type { AgentEvent } from '../core/events.ts'
import { markdown } from './markdown.ts'
import { lengthOf, sentences, slicesOf } from './prose.ts'
import { createSeededRandom } from './seeded-random.ts'
import type { SeededRandom } from './seeded-random.ts'

/** What run to make. */
export interface ScenarioOptions {
  /** The same seed gives the same run. @default 1 */
  readonly seed?: number | undefined
  /** How many events the run has in all, 8 or more. @default 1000 */
  readonly events?: number | undefined
  /** Characters (code points) of each text delta; the last of a stretch may be shorter. @default 4 */
  readonly chunk?: number | undefined
}

/** Defaults of {@link scenario}. */
export const SCENARIO_DEFAULTS: Readonly<Required<{ [K in keyof ScenarioOptions]: number }>> =
  Object.freeze({ seed: 1, events: 1000, chunk: 4 })

/** Fewest events that a run can have. */
export const SCENARIO_MIN_EVENTS = 8

// Below this a run has no room for tools and reasoning beside its text.
const FULL_RUN_EVENTS = 64
// RUN_*, and the start, end and result events of one reasoning, three texts and two calls.
const FULL_RUN_FRAME = 16
const SHORT_RUN_FRAME = 4

/**
 * Makes the events of one run: exactly `events` of them, deterministic by `seed`.
 * Runs of fewer than 64 events are one message of text; longer ones reason, call two tools and write Markdown.
 * @throws TypeError for an option that is not an integer, RangeError for one out of range
 * @example for (const event of scenario({ seed: 7, events: 500 })) await writer.write(event)
 */
export function scenario(options: ScenarioOptions = {}): readonly AgentEvent[] {
  const seed = integer('seed', options.seed ?? SCENARIO_DEFAULTS.seed, Number.MIN_SAFE_INTEGER)
  const events = integer('events', options.events ?? SCENARIO_DEFAULTS.events, SCENARIO_MIN_EVENTS)
  const chunk = integer('chunk', options.chunk ?? SCENARIO_DEFAULTS.chunk, 1)
  const runId = `run-${seed}`
  const body =
    events < FULL_RUN_EVENTS ? shortRun(seed, events, chunk) : fullRun(seed, events, chunk)
  return [{ type: 'RUN_STARTED', runId }, ...body, { type: 'RUN_FINISHED', runId }]
}

/** All assistant text of a run, in order: what a screen must show in the end. */
export function textOf(events: readonly AgentEvent[]): string {
  const others = new Set<string>()
  const deltas: string[] = []
  for (const event of events) {
    if (event.type === 'TEXT_MESSAGE_START' && (event.role ?? 'assistant') !== 'assistant') {
      others.add(event.messageId)
    }
    if (event.type === 'TEXT_MESSAGE_CONTENT' && !others.has(event.messageId)) {
      deltas.push(event.delta)
    }
  }
  return deltas.join('')
}

function shortRun(seed: number, events: number, chunk: number): AgentEvent[] {
  const random = createSeededRandom(seed)
  const count = events - SHORT_RUN_FRAME
  return text(`m${seed}-1`, slicesOf(markdown(random, fitted(random, count, chunk)), chunk))
}

function fullRun(seed: number, events: number, chunk: number): AgentEvent[] {
  // Each stretch draws from a sequence of its own: a longer run begins with the text of a shorter one.
  const stretch = (part: number): SeededRandom => createSeededRandom(seed * 31 + part)
  const write = (part: number, count: number, make = markdown): string[] =>
    slicesOf(make(stretch(part), fitted(stretch(-part), count, chunk)), chunk)
  const search = toolCall(stretch(1), 'web_search', chunk, events)
  const tests = toolCall(stretch(2), 'run_tests', chunk, events)
  const room = events - FULL_RUN_FRAME - search.args.length - tests.args.length
  const [thought, intro, middle] = [share(room, 0.1), share(room, 0.08), share(room, 0.4)]
  const [first, second, third] = [`m${seed}-1`, `m${seed}-2`, `m${seed}-3`]
  return [
    ...reasoning(first, write(3, thought, sentences)),
    ...text(first, write(4, intro, sentences)),
    ...calling(search, `call-${seed}-1`, first),
    ...text(second, write(5, middle)),
    ...calling(tests, `call-${seed}-2`, second),
    ...text(third, write(6, room - thought - intro - middle)),
  ]
}

const share = (room: number, part: number): number => Math.max(1, Math.floor(room * part))

// A length that fills `count` deltas, the last of them perhaps not whole.
const fitted = (random: SeededRandom, count: number, chunk: number): number =>
  count * chunk - random.below(chunk)

function text(messageId: string, pieces: readonly string[]): AgentEvent[] {
  return [
    { type: 'TEXT_MESSAGE_START', messageId, role: 'assistant' },
    ...pieces.map((delta): AgentEvent => ({ type: 'TEXT_MESSAGE_CONTENT', messageId, delta })),
    { type: 'TEXT_MESSAGE_END', messageId },
  ]
}

function reasoning(messageId: string, pieces: readonly string[]): AgentEvent[] {
  return [
    { type: 'REASONING_MESSAGE_START', messageId },
    ...pieces.map((delta): AgentEvent => ({ type: 'REASONING_MESSAGE_CONTENT', messageId, delta })),
    { type: 'REASONING_MESSAGE_END', messageId },
  ]
}

interface ToolCall {
  readonly name: string
  readonly args: readonly string[]
  readonly content: string
}

// Arguments are one whole JSON text; a short run gives them bigger pieces rather than cutting them off.
function toolCall(random: SeededRandom, name: string, chunk: number, events: number): ToolCall {
  const args = JSON.stringify({ query: sentences(random, 40), limit: 1 + random.below(9) })
  const size = Math.max(chunk, Math.ceil(lengthOf(args) / Math.ceil(events / 32)))
  const hits = [1, 2, 3].map((rank) => ({ rank, title: sentences(random, 30) }))
  return { name, args: slicesOf(args, size), content: JSON.stringify({ hits }) }
}

function calling(call: ToolCall, toolCallId: string, parentMessageId: string): AgentEvent[] {
  return [
    { type: 'TOOL_CALL_START', toolCallId, toolCallName: call.name, parentMessageId },
    ...call.args.map((delta): AgentEvent => ({ type: 'TOOL_CALL_ARGS', toolCallId, delta })),
    { type: 'TOOL_CALL_END', toolCallId },
    {
      type: 'TOOL_CALL_RESULT',
      messageId: `${toolCallId}-result`,
      toolCallId,
      content: call.content,
    },
  ]
}

function integer(name: string, value: number, min: number): number {
  if (!Number.isSafeInteger(value)) {
    throw new TypeError(`scenario: ${name} must be an integer, got ${String(value)}`)
  }
  if (value < min) throw new RangeError(`scenario: ${name} must be ${min} or more, got ${value}`)
  return value
}
