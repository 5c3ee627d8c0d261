// What a frame costs the streams that were delivered before it: a frame callback of ours before those that their handlers
// ask for, one after, and a task that runs when the frame has been rendered.
import type { Cancel, Clock } from '../core/clock.ts'

/** Told of frames. Times in ms of the clock. */
export interface FrameEvents {
  /** Frame callbacks that were asked for while a stream was delivered took so long. */
  onScript(from: number, to: number): void
  /** The frame has been rendered; style, layout and paint took `paintMs`. */
  onPainted(at: number, paintMs: number): void
}

/** Watches frames while something is delivered. */
export interface FrameWork {
  /** Handlers are about to run: what they ask for comes after this. */
  before(): void
  /** Handlers, or what they put off, have run: what they asked for comes before this. */
  after(): void
  /** A task of ours runs, and nothing of a stream's has run since the frame: it has been rendered. */
  seen(): void
  /** Time that a frame under way has taken so far and is not told yet. */
  untold(now: number): number
  close(): void
}

/** Makes a watch. It holds two frame requests at most, and none in a hidden page. */
export function createFrameWork(clock: Clock, { onScript, onPainted }: FrameEvents): FrameWork {
  let first: Cancel | null = null
  let last: Cancel | null = null
  let paint: Cancel | null = null
  let from = NaN
  let renderedFrom = NaN
  let usualPaintMs = 0
  const rendered = (): void => {
    const at = clock.now()
    const paintMs = at - renderedFrom
    paint = null
    renderedFrom = NaN
    onPainted(at, paintMs)
  }
  const end = (): void => {
    const to = clock.now()
    last = null
    onScript(Number.isNaN(from) ? to : from, to)
    from = NaN
    // One frame may follow upon the other before anything else gets a turn.
    if (paint !== null) return
    renderedFrom = to
    paint = clock.requestAfterPaint(rendered)
  }
  return {
    before() {
      if (clock.hidden()) return
      first ??= clock.requestFrame(() => {
        first = null
        from = clock.now()
      })
    },
    after() {
      if (clock.hidden()) return
      last?.()
      last = clock.requestFrame(end)
    },
    seen() {
      if (paint === null) return
      paint()
      usualPaintMs += (clock.now() - renderedFrom - usualPaintMs) / 4
      rendered()
    },
    untold(now) {
      if (paint === null) return 0
      // The rest of the time since may be a stream's.
      return Math.min(now - renderedFrom, usualPaintMs)
    },
    close() {
      first?.()
      last?.()
      paint?.()
      first = last = paint = null
      from = renderedFrom = NaN
    },
  }
}
