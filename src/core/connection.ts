// The life of the wire as a pure machine: every input gives the next state and what to do about it.
// Attempts are counted only while they bring nothing, and only with a network to make them on: neither a long run
// behind a restless proxy nor a train in a tunnel uses them up.

/** What the wire does. */
export type ConnectionStatus =
  /** Never asked for. */
  | 'idle'
  /** The first request is under way. */
  | 'connecting'
  /** Older events come first; the relay says when they are through. */
  | 'catching-up'
  /** Events come as they happen. */
  | 'open'
  /** Lost; the next attempt waits, or is under way. */
  | 'reconnecting'
  /** Lost, and the browser has no network. */
  | 'offline'
  /** Nothing more is read: complete, given up, or closed by the application. */
  | 'closed'

/** State of the machine. */
export interface ConnectionState {
  readonly status: ConnectionStatus
  /** Attempts since the last new event arrived. */
  readonly attempt: number
}

/** What happened to the wire. */
export type ConnectionInput =
  /** Somebody asked to connect. */
  | { readonly type: 'connect' }
  /** The other side answered. */
  | { readonly type: 'opened' }
  /** The relay said that older events come first. */
  | { readonly type: 'hello' }
  /** The relay said that all older events have been sent. */
  | { readonly type: 'caught-up' }
  /** An event arrived that was new. */
  | { readonly type: 'event' }
  /** The page lost its network; what is open may still be alive. */
  | { readonly type: 'offline' }
  /**
   * The connection ended or broke; `final` when trying again is of no use, `offline` when there is no network to
   * try it on.
   */
  | { readonly type: 'lost'; readonly final: boolean; readonly offline?: boolean | undefined }
  /** It is time for another connection. */
  | { readonly type: 'retry' }

/** What the driver does next. */
export type ConnectionAction = 'none' | 'open' | 'wait' | 'give-up'

/** Outcome of one input. */
export interface ConnectionStep {
  readonly state: ConnectionState
  readonly action: ConnectionAction
}

/** A wire that was never asked for. */
export const IDLE: ConnectionState = Object.freeze({ status: 'idle', attempt: 0 })

/** Attempts in a row that may bring nothing. */
export const DEFAULT_MAX_ATTEMPTS = 5

/** The next state of the wire. Inputs that make no sense in a state change nothing. */
export function connectionStep(
  state: ConnectionState,
  input: ConnectionInput,
  maxAttempts: number,
): ConnectionStep {
  const { status, attempt } = state
  const to = (next: ConnectionStatus, action: ConnectionAction = 'none'): ConnectionStep => ({
    state: { status: next, attempt },
    action,
  })
  const live = status !== 'idle' && status !== 'closed'
  if (input.type === 'connect') return live ? to(status) : connect()
  if (!live) return to(status)
  switch (input.type) {
    case 'opened':
      return to('open')
    case 'hello':
      return to('catching-up')
    case 'caught-up':
      return to('open')
    case 'event':
      return attempt === 0 ? to(status) : { state: { status, attempt: 0 }, action: 'none' }
    case 'offline':
      return to('offline')
    case 'lost':
      if (input.final) return to('closed', 'give-up')
      if (input.offline === true) return to('offline', 'wait')
      return attempt >= maxAttempts ? to('closed', 'give-up') : wait(attempt + 1)
    case 'retry':
      return to('reconnecting', 'open')
    default:
      return input satisfies never
  }
}

const connect = (): ConnectionStep => ({
  state: { status: 'connecting', attempt: 0 },
  action: 'open',
})

const wait = (attempt: number): ConnectionStep => ({
  state: { status: 'reconnecting', attempt },
  action: 'wait',
})
