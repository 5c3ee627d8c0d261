// What can be said to `observe()`.
import type { MeterOptions } from '../metrics/index.ts'
import type { ObservedStream, StreamKind } from './observed-stream.ts'

/** Options of {@link observe}. None of them changes what the application gets, but for `batch`. */
export interface ObserveOptions {
  /** Told of each stream when it begins; a `fetch` does so with the first piece that is read of it. @default nobody */
  readonly onStream?: ((stream: ObservedStream) => void) | undefined
  /** Which streams are measured. @default all */
  readonly only?: ((url: string, kind: StreamKind) => boolean) | undefined
  /**
   * Every `EventSource` made from now on delivers once a frame, as {@link batchEventSource} does: for an application whose
   * code cannot be changed at all.
   * @default false
   */
  readonly batch?: boolean | undefined
  /** Characters of text in a payload, null where it has none. Called for every event. @default by the names vendors use */
  readonly textOf?: ((data: string) => number | null) | undefined
  /** When the producer made an event, as of `createMeter`. @default by the ids of a Redis stream, as far as they tell */
  readonly payloadTime?: MeterOptions['payloadTime']
  /** So many streams are kept, the newest; older ones go unmeasured. @default 16 */
  readonly maxStreams?: number | undefined
}

/** What `observe()` gives. */
export interface Watching {
  /** The streams of the page since then, the oldest first. */
  streams(): readonly ObservedStream[]
  /** Tells of each stream that begins from now on. @returns stops it */
  onStream(callback: (stream: ObservedStream) => void): () => void
  /** Puts the originals back, unless somebody else has replaced ours since; measures nothing any more. */
  stop(): void
}
