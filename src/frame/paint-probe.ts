// What a flush costs through paint: script from its start to the commit, then style, layout and paint.
import type { Cancel, Clock } from '../core/clock.ts'

/** The cost of all flushes that one frame showed. */
export interface Paint {
  /** When the frame was on its way to the screen. */
  readonly at: number
  /** Script of the flushes, in ms. */
  readonly scriptMs: number
  /** Style, layout and paint of the frame, in ms; also of what others changed in it. */
  readonly paintMs: number
}

/** Watches flushes until they are painted. */
export interface PaintProbe {
  /** A flush has been committed. `inFrame`: its frame is the one being made right now. */
  flushed(scriptMs: number, inFrame: boolean): void
  close(): void
}

/** Makes a probe. It holds one frame request at most, and none in a hidden page. */
export function createPaintProbe(clock: Clock, onPaint: (paint: Paint) => void): PaintProbe {
  let frame: Cancel | null = null
  let message: Cancel | null = null
  let scriptMs = 0
  const watch = (): void => {
    if (message !== null) return
    const from = clock.now()
    message = clock.requestAfterPaint(() => {
      message = null
      const at = clock.now()
      const paint = { at, scriptMs, paintMs: at - from }
      scriptMs = 0
      onPaint(paint)
    })
  }
  const watchNextFrame = (): void => {
    frame ??= clock.requestFrame(() => {
      frame = null
      watch()
    })
  }
  return {
    flushed(ms, inFrame) {
      // What nobody sees is not painted, and must not be booked on the first frame after.
      scriptMs = clock.hidden() ? 0 : scriptMs + ms
      if (inFrame) watch()
      else if (!clock.hidden()) watchNextFrame()
    },
    close() {
      frame?.()
      message?.()
      frame = message = null
    },
  }
}
