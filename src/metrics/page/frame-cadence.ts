// How regularly the page makes frames, by those that were watched. Late is only what was watched: frames between two
// stretches of a watch are taken for made.
import { createRate } from '../rate.ts'
import type { MeterSnapshot } from '../snapshot.ts'
import { LOST_MS } from './lateness.ts'

/** Frames of the page, page-wide, whoever caused them: of the window, and since the watch began. */
export type SeenFrames = Pick<MeterSnapshot, 'frame' | 'frames' | 'droppedFrames'>

/** Knows frames. */
export interface FrameCadence {
  /** A frame was made. `isLast` is 1 where the next one is not watched. */
  frame(at: number, isLast: number): void
  /** Nobody sees the page, or nobody watches: a frame that was asked for and comes much later is not late. */
  pause(): void
  /** @param spanMs length of the window */
  seen(now: number, spanMs: number): SeenFrames
  /** How much later than they might have frames have come in all, up to `at`: the thread was busy meanwhile. */
  overrun(at: number): number
}

// A 60 Hz frame, until the real interval is known.
const ASSUMED_FRAME_MS = 1000 / 60
const INTERVALS = 30
// The median is taken anew each time half of them are.
const HALF = 15
// A watch that rests for longer than this rests with the stream.
const GAP_MS = 1000

/** Makes a book of frames. */
export function createFrameCadence(windowMs: number): FrameCadence {
  const intervals = new Float64Array(INTERVALS).fill(ASSUMED_FRAME_MS)
  const made = createRate(windowMs)
  const missed = createRate(windowMs)
  let intervalMs = ASSUMED_FRAME_MS
  let measured = 0
  let droppedFrames = 0
  let frames = 0
  let overrun = 0
  // The last frame, and the last one that was followed by a look at the next.
  let seenAt = NaN
  let lastAt = NaN
  const late = (at: number): number => Math.max(0, at - lastAt - intervalMs || 0)
  return {
    frame(at, isLast) {
      if (at - seenAt > LOST_MS) lastAt = seenAt = NaN
      const gap = at - seenAt
      const others = Math.max(0, Math.round(gap / intervalMs) - 1)
      let count = 1
      if (at > lastAt) {
        droppedFrames += others
        overrun += late(at)
        missed.add(at, others)
        intervals[measured++ % INTERVALS] = gap
        if (measured % HALF === 0) intervalMs = intervals.toSorted()[HALF] ?? ASSUMED_FRAME_MS
      } else if (gap < GAP_MS) count += others
      frames += count
      made.add(at, count)
      seenAt = at
      lastAt = isLast ? NaN : at
    },
    pause() {
      lastAt = seenAt = NaN
    },
    seen(now, spanMs) {
      const skipped = missed.sum(now)
      const possible = made.sum(now) + skipped
      const droppedShare = possible > 0 ? skipped / possible : null
      return {
        frame: { intervalMs, perSecond: made.perSecond(now, spanMs), droppedShare },
        frames,
        droppedFrames,
      }
    },
    overrun: (at) => overrun + late(at),
  }
}
