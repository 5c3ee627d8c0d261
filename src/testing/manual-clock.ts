// Time that stands still until a test moves it: tasks, timers, frames and visibility, in their true order.
import type { Cancel, Clock, Lifecycle } from '../core/clock.ts'

/** A clock that a test drives. */
export interface ManualClock extends Clock {
  /**
   * Moves time on, running what falls due on the way: tasks first, then timers and frames by their times.
   * After every callback the microtasks that it queued run to their end.
   */
  advance(ms: number): Promise<void>
  /** Runs all tasks that are due now, and what they queue, without moving time. */
  settle(): Promise<void>
  /** Hides or shows the page: hidden, no frame comes. */
  setHidden(hidden: boolean): void
  /** Takes the network away or gives it back, as far as the page knows. */
  setOnline(online: boolean): void
  /** Freezes the page for so long, in ms: time goes by and nothing runs. Then it wakes, and timers are late. */
  freeze(ms: number): Promise<void>
  /** Says that the page is about to go. */
  leave(): void
  /** Frames asked for and not yet delivered; for tests that nothing piles up. */
  readonly pendingFrames: number
}

/** Options of {@link createManualClock}. */
export interface ManualClockOptions {
  /** Time to begin with, in ms. @default 0 */
  readonly now?: number | undefined
  /** Interval of frames, in ms. @default 1000 / 60 */
  readonly frameMs?: number | undefined
}

/** Makes a clock that stands at its beginning; frames come at multiples of the interval. */
export function createManualClock(options: ManualClockOptions = {}): ManualClock {
  const { frameMs = 1000 / 60 } = options
  const painted = new Set<Entry>()
  const tasks = new Set<Entry>()
  const timers = new Set<Entry>()
  const frames = new Set<Entry>()
  const watchers = new Set<() => void>()
  let now = options.now ?? 0
  const observers = new Set<(change: Lifecycle) => void>()
  const tell = (change: Lifecycle): void => observers.forEach((observer) => observer(change))
  let hidden = false
  let online = true
  let frame = Math.floor((options.now ?? 0) / frameMs)

  const add = (set: Set<Entry>, run: () => void, at: number): Cancel => {
    const entry = { run, at }
    set.add(entry)
    return () => set.delete(entry)
  }
  const runOne = async (set: Set<Entry>, entry: Entry): Promise<void> => {
    set.delete(entry)
    entry.run()
    await microtasks()
  }
  const settle = async (): Promise<void> => {
    await microtasks()
    for (;;) {
      const next = painted.size > 0 ? painted : tasks
      const entry = first(next)
      if (entry === undefined) return
      await runOne(next, entry)
    }
  }
  // Counted, not computed from the time alone: rounding must neither skip a frame nor give one twice.
  const nextFrame = (): number =>
    hidden || frames.size === 0 ? Infinity : Math.max(frame + 1, Math.ceil(now / frameMs - 1e-6))
  const renderFrame = async (): Promise<void> => {
    // As in a browser: a callback that asks again gets the next frame.
    for (const entry of Array.from(frames)) if (frames.has(entry)) await runOne(frames, entry)
  }
  const advance = async (ms: number): Promise<void> => {
    const until = now + ms
    for (;;) {
      await settle()
      const timer = earliest(timers)
      const index = nextFrame()
      const frameAt = index * frameMs
      const at = Math.min(timer?.at ?? Infinity, frameAt)
      if (at > until) break
      now = Math.max(now, at)
      if (timer !== undefined && timer.at <= frameAt) await runOne(timers, timer)
      else {
        frame = index
        await renderFrame()
      }
    }
    now = until
  }
  return {
    now: () => now,
    requestTask: (callback) => add(tasks, callback, now),
    requestAfterPaint: (callback) => add(painted, callback, now),
    setTimer: (callback, ms) => add(timers, callback, now + Math.max(0, ms)),
    requestFrame: (callback) => add(frames, callback, now),
    hidden: () => hidden,
    onVisibilityChange(callback) {
      watchers.add(callback)
      return () => watchers.delete(callback)
    },
    online: () => online,
    onLifecycle(callback) {
      observers.add(callback)
      return () => observers.delete(callback)
    },
    advance,
    settle,
    setHidden(value) {
      hidden = value
      for (const watcher of watchers) watcher()
      if (hidden) tell('leave')
    },
    setOnline(value) {
      online = value
      tell(online ? 'wake' : 'offline')
    },
    async freeze(ms) {
      tell('leave')
      now += ms
      tell('wake')
      await advance(0)
    },
    leave: () => tell('leave'),
    get pendingFrames() {
      return frames.size
    },
  }
}

interface Entry {
  readonly run: () => void
  readonly at: number
}

function first(entries: Set<Entry>): Entry | undefined {
  for (const entry of entries) return entry
  return undefined
}

function earliest(entries: Set<Entry>): Entry | undefined {
  let found: Entry | undefined
  for (const entry of entries) if (found === undefined || entry.at < found.at) found = entry
  return found
}

// A message arrives only when no microtask is left, however long their chain.
function microtasks(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })
}
