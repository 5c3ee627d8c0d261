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
  readonly name: string
  /** Makes the memory of one stream. @default no memory */
  readonly start?: (() => Memory) | undefined
  /** Decodes one frame. To throw says the same as `malformed`, with the error's message for a reason. */
  readonly decode: (frame: Frame, memory: Memory) => Decoded
  /** Cursor of a frame, where it is not the frame's own id. */
  readonly cursor?: ((frame: Frame) => string | undefined) | undefined
  /** True for an event that ends its run. @default RUN_FINISHED and RUN_ERROR */
  readonly terminal?: ((event: AgentEvent) => boolean) | undefined
  /** `cursor`: goes on after an id. `from-start`: replays all. `none`: a cut is final. */
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
