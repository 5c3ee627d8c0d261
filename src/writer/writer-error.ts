// How a writer fails. A failed writer writes nothing more: what it says is final.

/**
 * - `superseded`: another writer has taken the run over.
 * - `taken`: another writer has the run, and `exclusive` was asked for.
 * - `ended`: the run has its terminal event already.
 * - `lost`: Redis no longer has what it had acknowledged: it expired, was deleted, or did not survive a failure.
 * - `refused`: Redis answered with an error that trying again cannot mend (wrong type, no permission, …).
 * - `unreachable`: nothing was acknowledged for `giveUpMs`.
 * - `closed`: `write` or `end` after `end` or `close`.
 * - `aborted`: the writer's signal was aborted.
 */
export type StreamWriterErrorCode =
  | 'superseded'
  | 'taken'
  | 'ended'
  | 'lost'
  | 'refused'
  | 'unreachable'
  | 'closed'
  | 'aborted'

/** Thrown by a writer; programming mistakes are a `TypeError` instead. */
export class StreamWriterError extends Error {
  override readonly name = 'StreamWriterError'
  /** What happened. */
  readonly code: StreamWriterErrorCode

  constructor(code: StreamWriterErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
