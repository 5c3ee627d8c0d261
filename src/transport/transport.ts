// The port for whatever brings frames: each `open` is one connection, from its request to its end.
import type { Frame } from '../core/protocol.ts'

/** What a connection needs to know. */
export interface OpenOptions {
  /** Go on after this cursor; null for the whole stream. */
  readonly after: string | null
  /** Aborting closes the connection at once; the iteration then ends without an error. */
  readonly signal: AbortSignal
}

/**
 * A source of frames. Iterating is reading: one step per network read, with all frames of that read.
 * The first step is an empty one, once the other side has answered; empty ones later are signs of life.
 * The iteration ends when the other side ends the stream, and throws AgentStreamError when it cannot be had.
 */
export interface Transport {
  readonly name: string
  open(options: OpenOptions): AsyncIterable<readonly Frame[]>
}
