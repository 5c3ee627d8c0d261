// How regularly the page makes frames, watched only while there is something to show.
import type { Cancel, Clock } from '../core/clock.ts'

/** Frames of the page since the watch began; page-wide, whoever caused them. */
export interface FrameCounts {
  readonly frames: number
  /** Frames that a display of this rate would have shown in between, and did not. */
  readonly dropped: number
}

/** Watches frames. */
export interface FrameCadence {
  /** Something will be shown: watches from now, until `rest` milliseconds passed without a call. */
  active(): void
  counts(): FrameCounts
  close(): void
}

// A 60 Hz frame, until the real interval is known; and the time after which nobody watches any more.
const ASSUMED_FRAME_MS = 1000 / 60
const REST_MS = 500
const INTERVALS = 30

/** Makes a watch on the frames of `clock`. Hidden time is left out. */
export function createFrameCadence(clock: Clock): FrameCadence {
  const intervals = new Float64Array(INTERVALS).fill(ASSUMED_FRAME_MS)
  let seen = 0
  let dropped = 0
  let frames = 0
  let lastFrameAt = NaN
  let activeUntil = -Infinity
  let cancel: Cancel | null = null
  const tick = (): void => {
    const now = clock.now()
    const interval = now - lastFrameAt
    if (interval > 0) {
      dropped += Math.max(0, Math.round(interval / median(intervals)) - 1)
      intervals[seen++ % INTERVALS] = interval
    }
    lastFrameAt = now
    frames++
    const goOn = now < activeUntil && !clock.hidden()
    cancel = goOn ? clock.requestFrame(tick) : null
    if (!goOn) lastFrameAt = NaN
  }
  return {
    active() {
      activeUntil = clock.now() + REST_MS
      if (cancel === null && !clock.hidden()) cancel = clock.requestFrame(tick)
    },
    counts: () => ({ frames, dropped }),
    close() {
      cancel?.()
      cancel = null
    },
  }
}

function median(values: Float64Array): number {
  return values.toSorted()[values.length >> 1] ?? ASSUMED_FRAME_MS
}
