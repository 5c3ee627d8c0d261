// What is the whole page's, whoever causes it: frames, dropped frames, and how late timers fire.
// Watched only while a run is under way, so that a resting page rests.

/** Figures of the page, of about the last second. */
export interface PageReading {
  readonly framesPerSecond: number | null
  /** Since the start: frames a 60 Hz or faster display would have shown in between. */
  readonly droppedFrames: number
  /** Worst lateness of a timer, in ms. */
  readonly loopLagMs: number | null
}

/** Watches the page. */
export interface PageWatch {
  start(): void
  stop(): void
  read(): PageReading
}

const PROBE_MS = 50
const SPAN_MS = 1000
const LONGEST_FRAME_MS = 1000 / 60

/** Makes a watch; `onFrame` is called in every frame while it runs, with the time in ms. */
export function createPageWatch(onFrame: (now: number) => void): PageWatch {
  let frame = 0
  let probe: ReturnType<typeof setTimeout> | undefined
  let frames: number[] = []
  let lags: { readonly at: number; readonly ms: number }[] = []
  let dropped = 0
  const tick = (now: number): void => {
    const last = frames.at(-1)
    if (last !== undefined) dropped += Math.max(0, Math.round((now - last) / LONGEST_FRAME_MS) - 1)
    frames.push(now)
    onFrame(now)
    frame = requestAnimationFrame(tick)
  }
  const ask = (): void => {
    const due = performance.now() + PROBE_MS
    probe = setTimeout(() => {
      const at = performance.now()
      lags.push({ at, ms: Math.max(0, at - due) })
      ask()
    }, PROBE_MS)
  }
  const stop = (): void => {
    cancelAnimationFrame(frame)
    clearTimeout(probe)
  }
  return {
    start() {
      stop()
      frames = []
      lags = []
      dropped = 0
      frame = requestAnimationFrame(tick)
      ask()
    },
    stop,
    read() {
      const since = performance.now() - SPAN_MS
      frames = frames.filter((at) => at > since)
      lags = lags.filter(({ at }) => at > since)
      const span = (frames.at(-1) ?? 0) - (frames[0] ?? 0)
      return {
        framesPerSecond: span > SPAN_MS / 4 ? ((frames.length - 1) * 1000) / span : null,
        droppedFrames: dropped,
        loopLagMs: lags.length === 0 ? null : Math.max(...lags.map(({ ms }) => ms)),
      }
    },
  }
}
