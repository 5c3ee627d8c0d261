// How regularly the page makes frames, by those that were watched.
import { createRate } from './rate.ts'
import type { Frames } from './snapshot.ts'

/** Frames of the page since the watch began; page-wide, whoever caused them. */
export interface FrameCounts {
  readonly frames: number
  /** Frames that a display of this rate would have shown in between, and did not. */
  readonly dropped: number
}

/** Knows frames. */
export interface FrameCadence {
  /** A frame was made. `isLast` is 1 where the next one is not watched. */
  frame(at: number, isLast: number): void
  /** Nobody sees the page, or nobody watches: a frame that was asked for and comes much later is not late. */
  pause(): void
  counts(): FrameCounts
  /** The frames of the last `windowMs`. */
  recent(now: number): Frames
  /** How much later than they might have frames have come in all, up to `at`: the thread was busy meanwhile. */
  overrun(at: number): number
}

// A 60 Hz frame, until the real interval is known.
const ASSUMED_FRAME_MS = 1000 / 60
const INTERVALS = 30
// The median is taken anew each time half of them are.
const HALF = 15

/** Makes a book of frames. */
export function createFrameCadence(windowMs: number): FrameCadence {
  const intervals = new Float64Array(INTERVALS).fill(ASSUMED_FRAME_MS)
  const made = createRate(windowMs)
  const missed = createRate(windowMs)
  let intervalMs = ASSUMED_FRAME_MS
  let seen = 0
  let dropped = 0
  let frames = 0
  let overrun = 0
  let lastAt = NaN
  const late = (at: number): number => Math.max(0, at - lastAt - intervalMs || 0)
  return {
    frame(at, isLast) {
      const interval = at - lastAt
      if (interval > 0) {
        const skipped = Math.max(0, Math.round(interval / intervalMs) - 1)
        dropped += skipped
        overrun += late(at)
        missed.add(at, skipped)
        intervals[seen++ % INTERVALS] = interval
        if (seen % HALF === 0) intervalMs = intervals.toSorted()[HALF] ?? ASSUMED_FRAME_MS
      }
      lastAt = isLast ? NaN : at
      frames++
      made.add(at, 1)
    },
    pause() {
      lastAt = NaN
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
  }
}
