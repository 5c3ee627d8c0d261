// Drives the connection machine over a transport: one iteration across all the connections of a stream.
import { DEFAULT_BACKOFF, retryDelay } from '../core/backoff.ts'
import type { Clock, Lifecycle } from '../core/clock.ts'
import {
  type ConnectionAction,
  type ConnectionInput,
  type ConnectionState,
  connectionStep,
  DEFAULT_MAX_ATTEMPTS,
  IDLE,
} from '../core/connection.ts'
import { AgentStreamError, isAgentStreamError, wordsOf } from '../core/errors.ts'
import type { Protocol } from '../core/protocol.ts'
import { comeBackIn, heartbeatIn } from '../core/relay-words.ts'
import { RELAY_EVENT } from '../wire/protocol.ts'
import { createLink, type Link } from './link.ts'
import { createPause, type Pause } from './pause.ts'
import type { Read, Transport } from './transport.ts'

/** When to try again after a cut. */
export interface ReconnectPolicy {
  /** Upper bound of the first wait, in ms. @default 500 */
  readonly baseMs?: number | undefined
  /** Upper bound of every wait, in ms; a server may ask for more. @default 20_000 */
  readonly capMs?: number | undefined
  /**
   * Attempts in a row that bring no new event and do not last, be it by heartbeats. Those made without a network do not
   * count.
   * @default 5
   */
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
  /** Longest silence of a connection, in ms. @default 2.5 heartbeats of the relay; without a relay, any */
  readonly idleTimeoutMs?: number | undefined
  readonly protocol: Pick<Protocol, 'body' | 'afterParam'>
  readonly maxEventChars?: number | undefined
  readonly timing?: boolean | undefined
  /** Where the next connection goes on; asked for every attempt. */
  readonly cursor: () => string | null
  /** Counts the events that were new: what is only sent once more is no progress. */
  readonly news: () => number
  /** False when another connection would bring nothing, or everything twice. */
  readonly resumable: () => boolean
  readonly onState: (state: ConnectionState) => void
  /** The browser seems to hold a request back. */
  readonly onStall?: ((error: AgentStreamError) => void) | undefined
}

// A relay that is silent for longer than this many of its heartbeats is gone.
const HEARTBEATS = 2.5
// A connection on which something is heard after so many ms, a heartbeat say, has proved itself.
const LASTING_MS = 10_000
// A connection younger than this, in ms, was made by a page that was awake.
const WAKE_REST_MS = 1000
// A server that asks for more patience than this, in ms, gets this much; timers count no further than 24 days.
const MAX_HINT_MS = 3_600_000

/**
 * Reads until the stream is complete, given up, or aborted. Returns the error that made it give up,
 * or null when the other side ended the stream in peace.
 */
export async function* readAcrossCuts(
  options: ReconnectOptions,
): AsyncGenerator<Read, AgentStreamError | null> {
  const { transport, clock, signal, cursor, resumable, protocol } = options
  const { maxEventChars, timing, onStall } = options
  const wire = createWire(options)
  let error: AgentStreamError | null = null
  try {
    let action = wire.on({ type: 'connect' })
    while (action === 'open') {
      error = null
      const link = wire.open()
      try {
        const { body, afterParam } = protocol
        const open = {
          after: cursor(),
          signal: link.signal,
          clock,
          body,
          afterParam,
          maxEventChars,
          timing,
          onStall,
        }
        for await (const read of transport.open(open)) {
          wire.saw(read)
          yield read
          wire.took()
        }
      } catch (cause) {
        error = toError(cause)
      }
      if (signal.aborted) return null
      if (link.cut !== 'renew') {
        error = link.cut ?? error
        const final = !resumable() || isFatal(error)
        if (wire.on({ type: 'lost', final, offline: !clock.online() }) !== 'wait') break
        await wire.rest(error)
        if (signal.aborted) return null
      }
      action = wire.on({ type: 'retry' })
    }
    return error
  } finally {
    wire.close()
  }
}

interface Wire {
  on(input: ConnectionInput): ConnectionAction
  /** Begins a connection; the one before is over. */
  open(): Link
  saw(read: Read): void
  /** What was read has been taken. */
  took(): void
  /** Waits until the next attempt is due. */
  rest(error: AgentStreamError | null): Promise<void>
  close(): void
}

function createWire(options: ReconnectOptions): Wire {
  const { transport, clock, signal, policy, onState, resumable, news } = options
  let state = IDLE
  let answered = false
  let newsBefore = 0
  let heartbeatMs: number | null = null
  let retryMs = 0
  let link: Link | null = null
  let openedAt = 0
  let pause: Pause | null = null
  let patient = false
  const idleMs = (): number | null =>
    options.idleTimeoutMs ?? (heartbeatMs === null ? null : heartbeatMs * HEARTBEATS)

  const on = (input: ConnectionInput): ConnectionAction => {
    const step = connectionStep(state, input, policy.maxAttempts ?? DEFAULT_MAX_ATTEMPTS)
    const changed = step.state.status !== state.status
    state = step.state
    if (changed) onState(state)
    return step.action
  }
  const renew = (): void => {
    if (resumable() && !transport.keep && clock.now() - openedAt >= WAKE_REST_MS) link?.renew()
  }
  const live = (change: Lifecycle): void => {
    if (change === 'offline') on({ type: 'offline' })
    if (change !== 'wake') return
    // A connection that outlived a sleep cannot be told from a dead one before its next heartbeat is due.
    // One that was just made is none of those; a page that comes back may say so several times.
    // An attempt that a wake hurries is made on a network that may go again: it uses up none.
    // What a server asked for goes before what a page would like.
    if (pause !== null) {
      if (patient) return
      on({ type: 'event' })
      pause.end()
    } else renew()
  }
  const unlisten = clock.onLifecycle(live)
  return {
    on,
    open() {
      link?.close()
      answered = false
      newsBefore = news()
      openedAt = clock.now()
      return (link = createLink(signal, clock, idleMs))
    },
    saw({ frames, retryMs: hint = retryMs }) {
      link?.heard()
      retryMs = hint
      if (!answered || state.status === 'offline') on({ type: 'opened' })
      answered = true
      // A long silence of the agent, behind a proxy that cuts now and then, is no dead end.
      if (state.attempt > 0 && clock.now() - openedAt >= LASTING_MS) on({ type: 'event' })
      for (const { event, data } of frames) {
        if (event === RELAY_EVENT.hello) {
          heartbeatMs = heartbeatIn(data)
          on({ type: 'hello' })
        } else if (event === RELAY_EVENT.caughtUp) on({ type: 'caught-up' })
        else if (event === RELAY_EVENT.reconnect) {
          const afterMs = comeBackIn(data)
          retryMs = afterMs ?? retryMs
          // Where a newer token is needed the relay goes on for a while: nothing but this side ends the connection.
          if (afterMs === 0) renew()
        }
      }
    },
    took() {
      if (state.attempt > 0 && news() !== newsBefore) on({ type: 'event' })
    },
    async rest(error) {
      const asked = Math.min(error?.retryAfterMs ?? retryMs, MAX_HINT_MS)
      patient = error?.retryAfterMs !== undefined
      pause = createPause(asked + delayOf(state, policy), clock, signal)
      await pause.over
      pause = null
    },
    close() {
      unlisten()
      link?.close()
    },
  }
}

// Nothing to be heard is no error of the attempt; what the server refuses, or never was a stream, stays so.
// Too early or too busy (408, 425, 429) and broken (5xx) may pass.
function isFatal(error: AgentStreamError | null): boolean {
  if (error === null || error.code === 'connection-failed' || error.code === 'idle-timeout') {
    return false
  }
  const { status = 0 } = error
  return error.code !== 'http-status' || (status < 500 && ![408, 425, 429].includes(status))
}

function toError(cause: unknown): AgentStreamError {
  if (isAgentStreamError(cause)) return cause
  return new AgentStreamError('connection-failed', wordsOf(cause), { cause })
}

// Without a network there is nothing to be gained by hurry, and a wake ends the wait.
function delayOf({ status, attempt }: ConnectionState, policy: ReconnectPolicy): number {
  const { random = Math.random, baseMs = DEFAULT_BACKOFF.baseMs } = policy
  const { capMs = DEFAULT_BACKOFF.capMs } = policy
  return status === 'offline' ? capMs : retryDelay(attempt, random(), { baseMs, capMs })
}
