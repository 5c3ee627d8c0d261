// The port between transport and queue: turns the frames of one vendor's stream into AgentEvents.
import { wordsOf } from './errors.ts'
import type { AgentEvent } from './events.ts'

/** One server-sent event as it came over the wire. */
export interface Frame {
  /** SSE event name; `message` where the wire gave none. */
  readonly event: string
  /** Cursor of this event, or undefined where the wire gave none. */
  readonly id: string | undefined
  /** Payload text. */
  readonly data: string
}

/** Frames of a body that is not made of server-sent events: lines of JSON, say, or plain text. */
export interface BodyParser {
  /** Feeds bytes in, gives complete frames out; characters and lines may be split anywhere. */
  parse(bytes: Uint8Array): Frame[]
  /** The body has ended: what still waited for its end. */
  end(): Frame[]
}

/** What one frame decodes to. Bad input is counted, and the stream goes on. */
export type Decoded =
  | { readonly kind: 'events'; readonly events: readonly AgentEvent[] }
  | { readonly kind: 'unknown'; readonly type: string }
  | { readonly kind: 'malformed'; readonly reason: string }

/**
 * How one kind of stream is read. A protocol is a plain, stateless object that streams may share:
 * what it must remember from frame to frame lives in the `memory` that every stream makes for itself.
 */
export interface Protocol<Memory = unknown> {
  /** Names it in errors and recordings. */
  readonly name: string
  /**
   * Makes the memory of one run. `run` counts the runs of a stream from 0: ids that a protocol makes up itself
   * must differ from run to run. The memory must survive JSON, so that a reload can go on with it.
   * @default no memory
   */
  readonly start?: ((run: number) => Memory) | undefined
  /**
   * Decodes one frame. To throw says the same as `malformed`, with the error's message for a reason.
   * A frame that is not part of the log (a ping) decodes to no events.
   */
  readonly decode: (frame: Frame, memory: Memory) => Decoded
  /** Cursor of a frame, where it is not the frame's own id. */
  readonly cursor?: ((frame: Frame) => string | undefined) | undefined
  /** Query name of the cursor at endpoints of this kind. @default 'after' */
  readonly afterParam?: string | undefined
  /** Reads bodies of other content types than text/event-stream; null for one it cannot read. @default none */
  readonly body?: ((contentType: string) => BodyParser | null) | undefined
  /** True for an event that ends its run. @default RUN_FINISHED and RUN_ERROR */
  readonly terminal?: ((event: AgentEvent) => boolean) | undefined
  /**
   * What another connection brings. `cursor`: what follows the last id. `from-start`: the same, or, where events have
   * no ids, all of the run once more. `none`: nothing, a cut is final.
   */
  readonly resume: 'cursor' | 'from-start' | 'none'
}

/** What a frame is that its protocol threw at. */
export const malformed = (cause: unknown): Decoded => ({
  kind: 'malformed',
  reason: wordsOf(cause),
})

/** True for the events that end a run in AG-UI's vocabulary. */
export function endsRun(event: AgentEvent): boolean {
  return event.type === 'RUN_FINISHED' || event.type === 'RUN_ERROR'
}
