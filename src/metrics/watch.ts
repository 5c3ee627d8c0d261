// Looks at the page while the stream brings something: at its frames, and some eight times a second how long a task
// waits for the thread. It tells what it saw, and reckons nothing.
import type { Cancel, Clock } from '../core/clock.ts'

/** Watches a page. */
export interface Watch {
  /** The stream brought something by `now`: watches on for a while. */
  active(now: number): void
  stop(): void
}

/** What is seen. */
export interface Watched {
  /** A frame is being made. `isLast`: no other was asked for. */
  frame(at: number, isLast: boolean): void
  /** A task asked for at `from` to run at `due` runs at `at`. */
  ping(at: number, from: number, due: number, isHidden: boolean): void
}

// So long after the last read there is nothing to show, and nothing to know of the thread.
const FRAMES_MS = 500
const PINGS_MS = 2000
const PERIOD_MS = 100

/** Makes a watch that rests. */
export function createWatch(clock: Clock, { frame, ping }: Watched): Watch {
  let activeAt = -Infinity
  let nextFrame: Cancel | null = null
  let nextPing: Cancel | null = null
  let count = 0
  const onFrame = (): void => {
    const now = clock.now()
    const isLast = now >= activeAt + FRAMES_MS
    nextFrame = isLast ? null : clock.requestFrame(onFrame)
    frame(now, isLast)
  }
  const armPing = (from: number): void => {
    // Never in step with frames, or it would always meet the thread at the same moment.
    const ms = PERIOD_MS * (1 + ((count++ * 0.618) % 1) / 2)
    // The timer alone: it is queued when it is due, behind what waits by then. A message after it is a second task, and
    // finds a thread busy as often, but for a flood of tasks of 1 ms (0.92 of the pings against 0.78).
    nextPing = clock.setTimer(() => {
      const now = clock.now()
      nextPing = null
      ping(now, from, from + ms, clock.hidden())
      if (now < activeAt + PINGS_MS) armPing(now)
    }, ms)
  }
  return {
    active(now) {
      activeAt = now
      if (nextPing === null) armPing(now)
      if (nextFrame === null && !clock.hidden()) nextFrame = clock.requestFrame(onFrame)
    },
    stop() {
      nextFrame?.()
      nextPing?.()
      nextFrame = nextPing = null
    },
  }
}
