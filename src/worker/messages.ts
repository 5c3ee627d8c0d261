// What a page and its Worker say to each other about one connection, over a port of its own. Times are epoch ms with
// fractions, of one clock: what `timeOrigin` says differs between page and Worker, their sum with `now()` does not.
import type { AgentStreamErrorCode } from '../core/errors.ts'
import type { Frame } from '../core/protocol.ts'
import type { OpenReason } from '../transport/transport.ts'

/** Something of the page's: as it is, or to be asked for because it is a function there. */
export type Lent<T> = { readonly value: T | undefined } | 'asked'

/** What is lent. */
export interface LentCredentials {
  readonly token: Lent<string>
  readonly headers: Lent<Readonly<Record<string, string>>>
}

/** From the page to the Worker itself, with the port: read this. */
export interface WorkerJob extends LentCredentials {
  /** Tells it from whatever else the Worker is told. */
  readonly framewise: 'read'
  /** Absolute. */
  readonly url: string
  /** Id of the stream, for a relay's WebSocket at `url`; undefined for server-sent events. */
  readonly stream: string | undefined
  readonly after: string | null
  readonly afterParam: string | undefined
  readonly maxEventChars: number | undefined
  readonly timing: boolean | undefined
}

/** From the page over the port. */
export type ToWorker =
  /** One batch was taken. */
  | { readonly type: 'ack' }
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly type: 'answer'; readonly id: number; readonly error: string }
  | { readonly type: 'close' }

/** A read as it travels. */
export interface SentRead {
  readonly at: number
  readonly frames: readonly Frame[]
  readonly retryMs: number | undefined
}

/** An error as it travels. */
export interface SentError {
  readonly code: AgentStreamErrorCode
  readonly message: string
  readonly status: number | undefined
  readonly retryAfterMs: number | undefined
}

/** From the Worker over the port. */
export type FromWorker =
  | { readonly type: 'reads'; readonly sentAt: number; readonly reads: readonly SentRead[] }
  | {
      readonly type: 'ask'
      readonly id: number
      readonly what: keyof LentCredentials
      readonly reason: OpenReason
    }
  | { readonly type: 'stall'; readonly error: SentError }
  /** Nothing follows; null when the other side ended the stream in peace. */
  | { readonly type: 'end'; readonly error: SentError | null }
