// What the panel costs. Its script is measured exactly. Of the frame that shows a look only the whole is known, whatever
// others changed in it: an upper bound, and said to be one.
import type { Cancel, Clock } from '../core/clock.ts'
import type { MeterSnapshot } from '../metrics/index.ts'

/** The panel's own part of the main thread, over the last five seconds of looking. */
export interface OwnCost {
  /** Looks since it was opened. */
  readonly looks: number
  /** Script of one look, in ms, on average; null before there was one. */
  readonly scriptMs: number | null
  /** Frames with a look, style, layout and paint of everything in them, in ms, on average: paint costs less than this. */
  readonly frameMs: number | null
  /** Script's part of the main thread, 0 to 1. */
  readonly share: number
  /** The same with all of these frames: it costs no more. */
  readonly shareAtMost: number
}

/** Measures looks. */
export interface OwnMeter {
  /** Does `work`, one look, and books it. */
  look(work: () => void): void
  read(): OwnCost
  close(): void
}

const WINDOW_MS = 5000
const LOOK_MS = 250

interface Looked {
  readonly at: number
  readonly scriptMs: number
  frameMs: number | null
}

/** Makes a meter of nothing yet. */
export function createOwnMeter(clock: Clock): OwnMeter {
  const pending = new Set<Cancel>()
  let recent: Looked[] = []
  let looks = 0
  let openedAt = NaN
  const watchFrame = (looked: Looked): void => {
    const cancelFrame = clock.requestFrame(() => {
      pending.delete(cancelFrame)
      const from = clock.now()
      const cancelTask = clock.requestAfterPaint(() => {
        pending.delete(cancelTask)
        looked.frameMs = clock.now() - from
      })
      pending.add(cancelTask)
    })
    pending.add(cancelFrame)
  }
  return {
    look(work) {
      const at = clock.now()
      if (looks === 0) openedAt = at
      work()
      const looked = { at, scriptMs: clock.now() - at, frameMs: null }
      recent = [...recent.filter((one) => at - one.at < WINDOW_MS), looked]
      looks++
      if (!clock.hidden()) watchFrame(looked)
    },
    read() {
      const scripts = recent.map(({ scriptMs }) => scriptMs)
      const frames = recent.flatMap(({ frameMs }) => frameMs ?? [])
      // A look stands for the time until the next one.
      const windowMs = Math.min(WINDOW_MS, clock.now() - openedAt + LOOK_MS || LOOK_MS)
      const share = Math.min(1, sum(scripts) / windowMs)
      return {
        looks,
        scriptMs: mean(scripts),
        frameMs: mean(frames),
        share,
        shareAtMost: Math.min(1, share + sum(frames) / windowMs),
      }
    },
    close() {
      for (const cancel of pending) cancel()
      pending.clear()
    },
  }
}

/** The panel's own script is no other script of the application's: taken out of what is said of these. */
export function withoutOwn(snapshot: MeterSnapshot, own: OwnCost): MeterSnapshot {
  const { busy } = snapshot
  // A meter of the application's own may know less than ours.
  if (typeof busy?.foreign !== 'number') return snapshot
  return { ...snapshot, busy: { ...busy, foreign: Math.max(0, busy.foreign - own.share) } }
}

const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0)
const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : sum(values) / values.length
