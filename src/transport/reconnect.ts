// Drives the connection machine over a transport: one iteration across all the connections of a stream.
import { DEFAULT_BACKOFF, retryDelay } from '../core/backoff.ts'
import type { Cancel, Clock } from '../core/clock.ts'
import {
  type ConnectionAction,
  type ConnectionInput,
  type ConnectionState,
  connectionStep,
  DEFAULT_MAX_ATTEMPTS,
  IDLE,
} from '../core/connection.ts'
import { AgentStreamError, isAgentStreamError, wordsOf } from '../core/errors.ts'
import { RELAY_EVENT } from '../wire/protocol.ts'
import type { Read, Transport } from './transport.ts'

/** When to try again after a cut. */
export interface ReconnectPolicy {
  /** Upper bound of the first wait, in ms. @default 500 */
  readonly baseMs?: number | undefined
  /** Upper bound of every wait, in ms. @default 20_000 */
  readonly capMs?: number | undefined
  /** Attempts in a row that bring no event. @default 5 */
  readonly maxAttempts?: number | undefined
  /** Draws from [0, 1) for the jitter. @default Math.random */
  readonly random?: (() => number) | undefined
}

/** What the driver asks and tells. */
export interface ReconnectOptions {
  readonly transport: Transport
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly policy: ReconnectPolicy
  /** Where the next connection goes on; asked for every attempt. */
  readonly cursor: () => string | null
  /** False when another connection would bring nothing, or everything twice. */
  readonly resumable: () => boolean
  readonly onState: (state: ConnectionState) => void
}

/**
 * Reads until the stream is complete, given up, or aborted. Returns the error that made it give up,
 * or null when the other side ended the stream in peace.
 */
export async function* readAcrossCuts(
  options: ReconnectOptions,
): AsyncGenerator<Read, AgentStreamError | null> {
  const { transport, clock, signal, policy, cursor, resumable } = options
  const wire = createWire(options)
  let error: AgentStreamError | null = null
  let action = wire.on({ type: 'connect' })
  while (action === 'open') {
    error = null
    try {
      for await (const read of transport.open({ after: cursor(), signal, clock })) {
        wire.saw(read)
        yield read
      }
    } catch (cause) {
      error = toError(cause)
    }
    if (signal.aborted) return null
    action = wire.on({ type: 'lost', final: !resumable() || isFatal(error) })
    if (action !== 'wait') break
    await wait(delayOf(wire.attempt(), policy), clock, signal)
    if (signal.aborted) return null
    action = wire.on({ type: 'retry' })
  }
  return error
}

interface Wire {
  on(input: ConnectionInput): ConnectionAction
  saw(read: Read): void
  attempt(): number
}

function createWire({ policy, onState }: ReconnectOptions): Wire {
  let state = IDLE
  let answered = false
  const on = (input: ConnectionInput): ConnectionAction => {
    const step = connectionStep(state, input, policy.maxAttempts ?? DEFAULT_MAX_ATTEMPTS)
    const changed = step.state.status !== state.status
    state = step.state
    if (changed) onState(state)
    if (step.action === 'open') answered = false
    return step.action
  }
  return {
    on,
    attempt: () => state.attempt,
    saw({ frames }) {
      if (!answered) on({ type: 'opened' })
      answered = true
      for (const { event } of frames) {
        if (event === RELAY_EVENT.hello) on({ type: 'hello' })
        else if (event === RELAY_EVENT.caughtUp) on({ type: 'caught-up' })
        else if (state.attempt > 0 && !event.startsWith('relay.')) on({ type: 'event' })
      }
    },
  }
}

function wait(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    let cancel: Cancel = () => {}
    const done = (): void => {
      cancel()
      signal.removeEventListener('abort', done)
      resolve()
    }
    cancel = clock.setTimer(done, ms)
    signal.addEventListener('abort', done, { once: true })
  })
}

// What the server refuses or never was a stream stays so; too busy (408, 429) and broken (5xx) may pass.
function isFatal(error: AgentStreamError | null): boolean {
  if (error === null || error.code === 'connection-failed') return false
  const { status = 0 } = error
  return error.code !== 'http-status' || (status < 500 && status !== 408 && status !== 429)
}

function toError(cause: unknown): AgentStreamError {
  if (isAgentStreamError(cause)) return cause
  return new AgentStreamError('connection-failed', wordsOf(cause), { cause })
}

function delayOf(attempt: number, policy: ReconnectPolicy): number {
  const { random = Math.random, baseMs = DEFAULT_BACKOFF.baseMs } = policy
  return retryDelay(attempt, random(), { baseMs, capMs: policy.capMs ?? DEFAULT_BACKOFF.capMs })
}
