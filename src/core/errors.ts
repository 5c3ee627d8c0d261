// The one error class of the SDK.

/** What went wrong. @see docs/errors.md */
export type AgentStreamErrorCode =
  /** The request could not be made, or its connection broke and retries are used up. */
  | 'connection-failed'
  /** The server answered with a status that retrying does not mend. */
  | 'http-status'
  /** The server answered with something that is not an event stream. */
  | 'content-type'
  /** The first events are all unknown to the chosen protocol. */
  | 'protocol-mismatch'
  /** One frame could not be decoded; it was counted and left out. */
  | 'malformed-event'
  /** An event grew beyond what is kept of it; the connection was given up. */
  | 'oversize'
  /** A message grew beyond the limit; the rest of its text is left out. */
  | 'message-too-long'
  /** More events waited than the limit allows; they were published at once, whatever the schedule. */
  | 'backlog-exceeded'
  /** Nothing was heard for so long that the connection counts as dead; it is tried again. */
  | 'idle-timeout'
  /** The browser holds the request back: its connections to this origin are all taken. */
  | 'connection-stalled'
  /** A run is under way; another one cannot be started. */
  | 'busy'
  /** The input could not be sent; its message stays, marked as failed. */
  | 'send-failed'
  /** The run could not be asked to end; it is not read any more all the same. */
  | 'cancel-failed'
  /** The relay could not serve one event or the stream. */
  | 'relay-error'
  /** The stream did not begin in time. */
  | 'not-started'
  /** The agent's run failed, as its own terminal event says. */
  | 'run-failed'
  /** A subscriber or a callback of the application threw. */
  | 'callback-threw'

/** An error of the stream. `code` says which; messages are for people and may change. */
export class AgentStreamError extends Error {
  override readonly name = 'AgentStreamError'
  readonly code: AgentStreamErrorCode
  /** HTTP status, where there was one. */
  readonly status: number | undefined
  /** So many ms the server asked to wait, where it did. */
  readonly retryAfterMs: number | undefined

  constructor(
    code: AgentStreamErrorCode,
    message: string,
    options?: {
      cause?: unknown
      status?: number | undefined
      retryAfterMs?: number | undefined
    },
  ) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.status = options?.status
    this.retryAfterMs = options?.retryAfterMs
  }
}

/** What something thrown says of itself. */
export function wordsOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}

/** The error for code of the application that threw; `what` names it. */
export function callbackThrew(what: string, cause: unknown): AgentStreamError {
  return new AgentStreamError('callback-threw', `${what} threw: ${wordsOf(cause)}`, { cause })
}

/** The error for what failed because of `cause`, with its status; `what` says what failed. */
export function failedBy(
  code: AgentStreamErrorCode,
  what: string,
  cause: unknown,
): AgentStreamError {
  const status = isAgentStreamError(cause) ? cause.status : undefined
  return new AgentStreamError(code, `${what}: ${wordsOf(cause)}`, { cause, status })
}

/** True for an AgentStreamError, also one of another copy of this package. */
export function isAgentStreamError(value: unknown): value is AgentStreamError {
  return value instanceof Error && value.name === 'AgentStreamError' && 'code' in value
}
