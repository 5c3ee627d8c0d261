// How regularly the page makes frames, watched only while there is something to show.
import type { Cancel, Clock } from '../core/clock.ts'
import { createRate } from './rate.ts'
import type { Frames } from './snapshot.ts'

/** Frames of the page since the watch began; page-wide, whoever caused them. */
export interface FrameCounts {
  readonly frames: number
  /** Frames that a display of this rate would have shown in between, and did not. */
  readonly dropped: number
}

/** Watches frames. */
export interface FrameCadence {
  /** Something will be shown: watches from `now` on, until some time passed without a call. */
  active(now: number): void
  /** Nobody sees the page: a frame that was asked for and comes when it is shown again is not late. */
  pause(): void
  counts(): FrameCounts
  /** The frames of the last `windowMs`. */
  recent(now: number): Frames
  /** How much later than they might have frames have come in all, up to `at`: the thread was busy meanwhile. */
  overrun(at: number): number
  close(): void
}

// A 60 Hz frame, until the real interval is known; and the time after which nobody watches any more.
const ASSUMED_FRAME_MS = 1000 / 60
const REST_MS = 500
const INTERVALS = 30
// The median is taken anew each time half of them are.
const HALF = 15

/** Makes a watch on the frames of `clock`. Hidden time is left out. */
export function createFrameCadence(clock: Clock, windowMs: number): FrameCadence {
  const intervals = new Float64Array(INTERVALS).fill(ASSUMED_FRAME_MS)
  const made = createRate(windowMs)
  const missed = createRate(windowMs)
  let intervalMs = ASSUMED_FRAME_MS
  let seen = 0
  let dropped = 0
  let frames = 0
  let overrun = 0
  let lastFrameAt = NaN
  let activeUntil = -Infinity
  let cancel: Cancel | null = null
  const late = (at: number): number => Math.max(0, at - lastFrameAt - intervalMs || 0)
  const tick = (): void => {
    const now = clock.now()
    const interval = now - lastFrameAt
    if (interval > 0) {
      const skipped = Math.max(0, Math.round(interval / intervalMs) - 1)
      dropped += skipped
      overrun += late(now)
      missed.add(now, skipped)
      intervals[seen++ % INTERVALS] = interval
      if (seen % HALF === 0) intervalMs = median(intervals)
    }
    lastFrameAt = now
    frames++
    made.add(now, 1)
    const goOn = now < activeUntil && !clock.hidden()
    cancel = goOn ? clock.requestFrame(tick) : null
    if (!goOn) lastFrameAt = NaN
  }
  return {
    active(now) {
      activeUntil = now + REST_MS
      if (cancel === null && !clock.hidden()) cancel = clock.requestFrame(tick)
    },
    pause() {
      lastFrameAt = NaN
    },
    counts: () => ({ frames, dropped }),
    recent(now) {
      const skipped = missed.sum(now)
      const possible = made.sum(now) + skipped
      return {
        intervalMs,
        perSecond: made.perSecond(now),
        droppedShare: possible > 0 ? skipped / possible : null,
      }
    },
    overrun: (at) => overrun + late(at),
    close() {
      cancel?.()
      cancel = null
      lastFrameAt = NaN
    },
  }
}

function median(values: Float64Array): number {
  return values.toSorted()[values.length >> 1] ?? ASSUMED_FRAME_MS
}
