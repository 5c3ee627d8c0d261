// A request and its reply as the relay's routes see them, whatever server they came through.
import type { Sink, Viewer } from './hub/viewer.ts'

/** A request. */
export interface RelayRequest {
  readonly method: string
  /** As sent, never decoded. */
  readonly path: string
  readonly query: URLSearchParams
  /** Address of the peer, for limits; null where the server does not tell. */
  readonly address: string | null
  /** A header by its lower-case name. */
  header(name: string): string | undefined
  /** Calls once the reply is over, however it ended. */
  onClose(listener: () => void): void
}

/** What to answer. */
export interface RelayReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Code of what was wrong. */
  readonly problem?: string | undefined
  /** The whole body, or what begins one that goes on: it writes into the sink until either side closes. */
  readonly body: string | ((sink: Sink) => Viewer)
}

/** A reply of JSON. */
export function jsonReply(
  status: number,
  value: object,
  headers: Readonly<Record<string, string>> = {},
): RelayReply {
  const type = { 'content-type': 'application/json; charset=utf-8' }
  return { status, headers: { ...type, ...headers }, body: `${JSON.stringify(value)}\n` }
}

/** A reply that says what was wrong. */
export function problemReply(
  status: number,
  code: string,
  message: string,
  headers?: Readonly<Record<string, string>>,
): RelayReply {
  return { ...jsonReply(status, { error: { code, message } }, headers), problem: code }
}
