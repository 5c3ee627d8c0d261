// One stream of an application that knows nothing of us: its meter, and what it is to whoever watches.
import type { Clock } from '../core/clock.ts'
import type { ConnectionStatus } from '../core/connection.ts'
import type { Frame } from '../core/protocol.ts'
import {
  createMeter,
  type Diagnosis,
  diagnose,
  type Meter,
  type MeterOptions,
  type MeterSnapshot,
} from '../metrics/index.ts'
import { createDelivered, type Delivered } from './delivered.ts'
import { diagnosedFromOutside, seenFromOutside } from './observed-snapshot.ts'
import { textOf } from './text-of.ts'

/** What an application reads a stream with. */
export type StreamKind = 'event-source' | 'fetch' | 'websocket'

/** A stream of the page. */
export interface ObservedStream {
  /** Its address, whole. */
  readonly url: string
  /** What the application reads it with. */
  readonly kind: StreamKind
  /** False once it has ended; its numbers are then those of its end. */
  readonly open: boolean
  /** What is known of it. As of a meter; `queue` and `reduce` are always null. */
  snapshot(): MeterSnapshot
  /** What it is bound by. Keeps to a verdict as `diagnose` does when it is asked again. */
  diagnosis(): Diagnosis
}

/** What the patches tell of a stream. */
export interface Observed extends Delivered {
  /** For whoever watches. */
  readonly stream: ObservedStream
  connection(status: ConnectionStatus): void
  /** Something arrived at `at`. @returns how many events it was */
  received(frames: readonly Frame[], at: number): number
  /** Nothing will follow. */
  ended(): void
}

/** Options of {@link createObserved}. */
export interface ObservedOptions {
  readonly url: string
  readonly kind: StreamKind
  readonly clock: Clock
  readonly relayTime?: MeterOptions['relayTime']
  readonly payloadTime?: MeterOptions['payloadTime']
  /** @default guessed by the names that vendors use */
  readonly textOf?: ((data: string) => number | null) | undefined
}

// The last of it must have been painted.
const SETTLED_MS = 500

/** Begins with a stream. A meter, which is large, it has only while it brings something. */
export function createObserved(options: ObservedOptions): Observed {
  const { url, kind, clock } = options
  const measure = options.textOf ?? textOf
  let meter: Meter | null = null
  let status: ConnectionStatus = 'connecting'
  let isText = false
  let isOver = false
  let final: MeterSnapshot | null = null
  let previous: Diagnosis | undefined
  const metered = (): Meter => {
    if (meter === null) {
      meter = createMeter(options)
      if (!isOver) meter.connection(status)
    }
    return meter
  }
  const charsOf = (frame: Frame): number => {
    const chars = measure(frame.data)
    if (chars !== null) isText = true
    return chars ?? 0
  }
  const snapshot = (): MeterSnapshot => final ?? seenFromOutside(metered().snapshot(), isText)
  const diagnosis = (): Diagnosis => {
    previous = diagnosedFromOutside(diagnose(snapshot(), previous))
    return previous
  }
  // A meter keeps its last numbers by itself, and 1.2 MB for them.
  const settle = (): void => {
    final = snapshot()
    meter = null
  }
  return {
    ...createDelivered({
      flushed: (...flush) => meter?.flushed(...flush),
      painted: (...paint) => meter?.painted(...paint),
      rendered: (commits) => meter?.rendered(commits),
    }),
    stream: {
      url,
      kind,
      get open() {
        return !isOver
      },
      snapshot,
      diagnosis,
    },
    connection(next) {
      if (isOver) return
      status = next
      meter?.connection(next)
    },
    received(frames, at) {
      const isForgotten = isOver && meter === null
      if (isForgotten || frames.length === 0) return 0
      let events = 0
      let chars = 0
      for (const frame of frames) {
        if (frame.event.startsWith('relay.')) continue
        events++
        chars += charsOf(frame)
      }
      metered().read({ at, frames }, at, events, chars)
      return events
    },
    ended() {
      if (isOver) return
      isOver = true
      meter?.connection('closed')
      // One that brought nothing has no meter, and needs none.
      if (meter !== null) clock.setTimer(settle, SETTLED_MS)
    },
  }
}
