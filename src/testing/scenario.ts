// A believable agent run, made from a seed alone: reasoning, prose, two tool calls, a clean end.
// Pure, so that the same run can come from a Worker, a server, a command line or a test.
import type { AgentEvent } from '../core/events.ts'
import { markdown } from './markdown.ts'
import { sentences, slicesOf } from './prose.ts'
import { createSeededRandom } from './seeded-random.ts'
import type { SeededRandom } from './seeded-random.ts'
import { calling, toolCall } from './tool-call.ts'

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
// RUN_STARTED, RUN_FINISHED, and the start and end of one text.
const SHORT_RUN_FRAME = 4
// The same and the start and end of one reasoning.
const LAST_FRAME = 6
// Start and end of a text and of a call, and the call's result.
const CALLING_TURN_FRAME = 5
const TURN_SIZE = 40_000

/**
 * Makes the events of one run: exactly `events` of them, deterministic by `seed`.
 * Runs of fewer than 64 events are one message of text; longer ones reason, call tools
 * (two, or more where the text fills many pages) and write Markdown.
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
  const calls = Array.from({ length: 1 + middleTurns(events, chunk) }, (_, turn) =>
    toolCall(stretch(4 + 2 * turn), turn, chunk, events),
  )
  const spent = calls.reduce((sum, { args }) => sum + args.length + CALLING_TURN_FRAME, LAST_FRAME)
  const [thought, intro] = [share(events - spent, 0.1, chunk), share(events - spent, 0.08, chunk)]
  const prose = events - spent - thought - intro
  const each = Math.floor(prose / calls.length)
  const id = (turn: number): string => `m${seed}-${turn + 1}`
  const turns = calls.flatMap((call, turn) => [
    ...text(id(turn), turn === 0 ? write(1, intro, sentences) : write(3 + 2 * turn, each)),
    ...calling(call, `call-${seed}-${turn + 1}`, id(turn)),
  ])
  const last = write(3 + 2 * calls.length, prose - each * (calls.length - 1))
  return [
    ...reasoning(id(0), write(2, thought, sentences)),
    ...turns,
    ...text(id(calls.length), last),
  ]
}

// Models answer in turns of some pages; a run of hundreds of pages is many turns, not endless ones.
const middleTurns = (events: number, chunk: number): number =>
  Math.max(
    1,
    Math.min(Math.floor(events / FULL_RUN_EVENTS), Math.floor((events * chunk) / TURN_SIZE)),
  )

const share = (room: number, part: number, chunk: number): number =>
  Math.max(1, Math.min(Math.floor(room * part), Math.ceil(TURN_SIZE / chunk)))

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

function integer(name: string, value: number, min: number): number {
  if (!Number.isSafeInteger(value)) {
    throw new TypeError(`scenario: ${name} must be an integer, got ${String(value)}`)
  }
  if (value < min) throw new RangeError(`scenario: ${name} must be ${min} or more, got ${value}`)
  return value
}
