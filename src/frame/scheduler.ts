// When to flush: the first event after a rest at once, then in step with frames and with what a flush costs.
// One callback is pending at any time, and a frame that never comes is always raced by a timer.
import type { Cancel, Clock } from '../core/clock.ts'
import { FRAME_MS } from './browser-clock.ts'

/**
 * `adaptive`: once a frame, and less often the more a flush costs. `frame`: once a frame.
 * `immediate`: one item per task, as without batching. `throttle`: at most once in so many ms.
 */
export type Schedule = 'adaptive' | 'frame' | 'immediate' | { readonly throttle: number }

/** How many times its own cost a flush waits before the next one, under `adaptive`. */
export const PACE = 2
/** Longest wait of `adaptive`, in ms. */
export const MAX_WAIT_MS = 150
/** A hidden page publishes at most this often, in ms. */
export const HIDDEN_WAIT_MS = 1000
/** A frame is given up for lost after this long, in ms: webviews and covered windows may never paint. */
export const LOST_FRAME_MS = 100

/** Decides when `run` is called. */
export interface Scheduler {
  /** Something waits to be flushed. Cheap when called again and again. */
  request(): void
  /** Something waits that must not wait: flushes in the next task. */
  urgent(): void
  /** A flush happened without being asked for here. */
  flushed(): void
  /** What the last flush cost through paint, in ms. */
  cost(ms: number): void
  close(): void
}

/** What a scheduler drives. */
export interface SchedulerOptions {
  readonly schedule: Schedule
  readonly clock: Clock
  /**
   * Flushes, `inFrame` when called back right before a paint. Returns how many items it found:
   * a flush without any (a change of the connection) leaves the next first event its leading edge.
   */
  readonly run: (inFrame: boolean) => number
  /** True while something waits. */
  readonly waiting: () => boolean
}

/** Makes a scheduler; it does nothing until something is requested. */
export function createScheduler({ schedule, clock, run, waiting }: SchedulerOptions): Scheduler {
  let pending: Cancel | null = null
  let unsubscribe: Cancel | null = null
  let flushedAt = -Infinity
  let smoothedCost = 0
  const interval = (): number => waitOf(schedule, smoothedCost)
  // A clock that was set back must cost one wait, not as many as it lost.
  const rest = (): number => {
    flushedAt = Math.min(flushedAt, clock.now())
    return clock.now() - flushedAt
  }

  const go = (inFrame: boolean): void => {
    pending = null
    const before = flushedAt
    flushedAt = clock.now()
    if (run(inFrame) === 0) flushedAt = before
  }
  const inTask = (): Cancel => clock.requestTask(() => go(false))
  const inFrame = (): Cancel => {
    const cancel = [
      clock.requestFrame(() => settle(true)),
      clock.setTimer(() => settle(false), LOST_FRAME_MS),
    ]
    const cancelBoth = (): void => cancel.forEach((one) => one())
    const settle = (framed: boolean): void => {
      cancelBoth()
      // A frame that comes early (right after a flush between frames) is left to the next one.
      if (framed && rest() < interval() - FRAME_MS / 2) pending = inFrame()
      else go(framed)
    }
    return cancelBoth
  }
  const after = (ms: number, next: () => Cancel): Cancel =>
    clock.setTimer(() => (pending = next()), ms)

  const arrange = (): Cancel => {
    unsubscribe ??= clock.onVisibilityChange(shownOrHidden)
    if (schedule === 'immediate') return inTask()
    const rested = rest()
    if (clock.hidden()) {
      return rested >= HIDDEN_WAIT_MS ? inTask() : after(HIDDEN_WAIT_MS - rested, inTask)
    }
    if (rested >= Math.max(interval(), FRAME_MS)) return inTask()
    const left = interval() - rested
    return left > FRAME_MS ? after(left - FRAME_MS / 2, inFrame) : inFrame()
  }
  const restart = (next: () => Cancel): void => {
    pending?.()
    pending = next()
  }
  // Hidden or shown: what waits is published now, once; the next ones go by the new rule.
  const shownOrHidden = (): void => {
    if (waiting() && schedule !== 'immediate') restart(inTask)
  }
  // Nothing waits: nothing is held either, so that what is flushed after `close()` leaves nothing behind.
  const close = (): void => {
    pending?.()
    unsubscribe?.()
    pending = unsubscribe = null
  }
  return {
    request() {
      pending ??= arrange()
    },
    urgent() {
      if (schedule === 'immediate') pending ??= inTask()
      else restart(inTask)
    },
    flushed() {
      close()
      flushedAt = clock.now()
    },
    cost(ms) {
      smoothedCost = smoothedCost === 0 ? ms : smoothedCost + (ms - smoothedCost) / 4
    },
    close,
  }
}

function waitOf(schedule: Schedule, cost: number): number {
  if (schedule === 'adaptive') return Math.min(Math.max(FRAME_MS, PACE * cost), MAX_WAIT_MS)
  return typeof schedule === 'object' ? schedule.throttle : FRAME_MS
}
