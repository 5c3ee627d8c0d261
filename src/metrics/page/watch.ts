// Looks at the page while the stream brings something: some four times a second how long a task waits for the thread,
// eight times once one was late, and now and then at a few frames in a row, for each that is asked for costs the page; at
// every one as soon as one is late. It tells what it saw, and reckons nothing.
import type { Cancel, Clock } from '../../core/clock.ts'
import { IDLE_LATE_MS, LOST_MS } from './lateness.ts'

/** Watches a page. */
export interface Watch {
  /** The stream brought something by `now`: watches on for a while. */
  active(now: number): void
  stop(): void
}

/** What is seen. */
export interface Watched {
  /** A frame is being made. `isLast`: the next one is not looked at. */
  frame(at: number, isLast: boolean): void
  /** A task asked for at `from` to run at `due` runs at `at`. */
  ping(at: number, from: number, due: number, isHidden: boolean): void
}

// So long after the last read there is nothing to show, and nothing to know of the thread.
const ACTIVE_MS = 2000
const PERIOD_MS = 200
// So many pings after one that was late, and at first, come twice as often, and exactly: some systems keep long timers in
// steps of 15.6 ms only, so that those of an idle page are late as well.
const WARY = 16
// Chromium on Windows asks for exact timers below 32 ms.
const PRECISE_MS = 24
// With each third ping, and each sixth while all is in time, frames are looked at for so long, some three; from a late one
// on, all for a while.
const LOOK_EACH = 3
const LOOK_MS = 35
const CLOSE_MS = 500
// A frame and a half of 60 Hz.
const LATE_MS = 25

/** Makes a watch that rests. */
export function createWatch(clock: Clock, { frame, ping }: Watched): Watch {
  let activeAt = -Infinity
  let nextFrame: Cancel | null = null
  let nextPing: Cancel | null = null
  let from = 0
  let due = 0
  let count = 0
  let wary = WARY
  let seenAt = 0
  let until = 0
  // Hidden, frozen or asleep at some time since the last ping.
  let wasAway = false
  let unlisten: readonly Cancel[] = []
  const away = (): void => {
    wasAway = true
  }
  const onFrame = (): void => {
    const now = clock.now()
    if (now - seenAt > LATE_MS) until = now + CLOSE_MS
    seenAt = now
    nextFrame = now < Math.min(until, activeAt + ACTIVE_MS) ? clock.requestFrame(onFrame) : null
    frame(now, nextFrame === null)
  }
  const look = (now: number): void => {
    if (nextFrame !== null || clock.hidden()) return
    until = now + LOOK_MS
    seenAt = now
    nextFrame = clock.requestFrame(onFrame)
  }
  // The timer alone: it is queued when it is due, behind what waits by then. A message after it is a second task, and
  // finds a thread busy as often, but for a flood of tasks of 1 ms (0.92 of the pings against 0.78).
  const fire = (): void => {
    const now = clock.now()
    nextPing?.()
    nextPing = null
    const isHidden = wasAway || clock.hidden()
    wasAway = false
    const isLate = now - due > IDLE_LATE_MS
    wary = isLate ? WARY : Math.max(0, wary - 1)
    ping(now, isHidden ? Math.max(from, now - LOST_MS) : from, due, isHidden)
    if (isLate || count % (wary > 0 ? LOOK_EACH : 2 * LOOK_EACH) === 0) look(now)
    if (now < activeAt + ACTIVE_MS) armPing(now)
  }
  const armPing = (now: number): void => {
    // Never in step with frames, or it would always meet the thread at the same moment.
    const periodMs = wary > 0 ? PERIOD_MS / 2 : PERIOD_MS
    const ms = periodMs * (1 + ((count++ * 0.618) % 1) / 2)
    from = now
    due = now + ms
    if (wary === 0) {
      nextPing = clock.setTimer(fire, ms)
      return
    }
    // The last stretch is a short one, to the same moment.
    nextPing = clock.setTimer(() => {
      const leftMs = due - clock.now()
      if (leftMs > 0) nextPing = clock.setTimer(fire, leftMs)
      else fire()
    }, ms - PRECISE_MS)
  }
  return {
    active(now) {
      activeAt = now
      if (nextPing !== null) {
        // After a thread was lost what comes first may be the stream: it is not to be told before.
        if (now - from > LOST_MS) fire()
        return
      }
      if (unlisten.length === 0)
        unlisten = [clock.onVisibilityChange(away), clock.onLifecycle(away)]
      armPing(now)
      look(now)
    },
    stop() {
      nextFrame?.()
      nextPing?.()
      nextFrame = nextPing = null
      for (const cancel of unlisten) cancel()
      unlisten = []
    },
  }
}
