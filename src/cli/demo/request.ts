// What POST /demo/runs may ask for. Errors say which field, what it must be, and what it was.
import { SCENARIO_MIN_EVENTS } from '../../testing/scenario.ts'
import type { SunaLayout } from '../../testing/suna-envelope.ts'
import { integer, knownFields, number, oneOf, wrong } from '../http/request-fields.ts'

/** A checked request for a run. */
export interface RunRequest {
  readonly rate: number
  readonly chunk: number
  readonly events: number
  readonly seed: number
  /** Whichever backend the server runs, or Redis or nothing. */
  readonly source: 'relay' | 'redis'
  /** Name of a shipped recording to play instead of a synthetic run. */
  readonly recording: string | undefined
  /** How much faster than recorded. */
  readonly speed: number
  /** Layout in Redis; undefined for the server's own choice. */
  readonly layout: SunaLayout | undefined
}

/** Defaults of a request. */
export const RUN_REQUEST_DEFAULTS: Readonly<
  Record<'rate' | 'chunk' | 'events' | 'seed' | 'speed', number>
> = Object.freeze({
  rate: 200,
  chunk: 4,
  events: 2000,
  seed: 1,
  speed: 1,
})

/** Most characters of one run: a demo must not be a way to fill the memory. */
export const MAX_RUN_CHARACTERS = 8_000_000

const FIELDS = [
  'rate',
  'chunk',
  'events',
  'seed',
  'source',
  'recording',
  'speed',
  'layout',
] as const

/**
 * Checks the body of a request.
 * @throws HttpError 400 that teaches what would be right
 */
export function readRunRequest(
  body: Readonly<Record<string, unknown>>,
  recordings: readonly string[],
): RunRequest {
  knownFields(body, FIELDS)
  const { rate, chunk, events, seed, speed } = RUN_REQUEST_DEFAULTS
  const request: RunRequest = {
    rate: number(body, 'rate', rate, 1, 10_000),
    chunk: integer(body, 'chunk', chunk, 1, 1000),
    events: integer(body, 'events', events, SCENARIO_MIN_EVENTS, 200_000),
    seed: integer(body, 'seed', seed, 0, 2 ** 31),
    speed: number(body, 'speed', speed, 0.1, 100),
    source: oneOf(body, 'source', ['relay', 'redis']) ?? 'relay',
    recording: oneOf(body, 'recording', recordings),
    layout: oneOf(body, 'layout', ['suna-list', 'suna-stream']),
  }
  if (request.events * request.chunk <= MAX_RUN_CHARACTERS) return request
  throw wrong(`events × chunk must be at most ${MAX_RUN_CHARACTERS} characters`)
}
