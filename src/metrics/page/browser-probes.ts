// What the browser itself tells of slow frames and slow answers to input, where it does. Nothing is left in the page's
// timeline that would not be there anyway.
import type { Clock } from '../../core/clock.ts'
import { createSamples, type Samples } from '../samples.ts'
import type { Interactions, LongFrames } from '../snapshot.ts'

/** Asks the browser. */
export interface BrowserProbes {
  start(): void
  stop(): void
  longFrames(now: number): LongFrames | null
  interactions(now: number): Interactions | null
}

// Long frames (over 50 ms) and late answers that a window can hold.
const ENTRIES = 256
const LONG = { type: 'long-animation-frame' }
const LATE = { type: 'event', durationThreshold: 16 }

/** Makes probes that rest. */
export function createBrowserProbes(clock: Clock, windowMs: number): BrowserProbes {
  const samples = (): Samples => createSamples(windowMs, ENTRIES)
  const frames = samples()
  const blocking = samples()
  const answers = samples()
  const animation = observer(LONG, (entry) => {
    const { blockingDuration = 0 } = entry as { readonly blockingDuration?: number }
    frames.add(clock.now(), entry.duration)
    blocking.add(clock.now(), blockingDuration)
  })
  const events = observer(LATE, (entry) => {
    if ((entry as { readonly interactionId?: number }).interactionId) {
      answers.add(clock.now(), entry.duration)
    }
  })
  return {
    start() {
      animation?.observe(LONG)
      events?.observe(LATE)
    },
    stop() {
      animation?.disconnect()
      events?.disconnect()
    },
    longFrames(now) {
      if (animation === null) return null
      const { count, max } = frames.spread(now)
      return { count, blockingMs: blocking.spread(now).sum, longestMs: max ?? 0 }
    },
    interactions(now) {
      if (events === null) return null
      const { count, p95, max } = answers.spread(now)
      return { count, p95, worstMs: max ?? 0 }
    },
  }
}

function observer(
  { type }: { readonly type: string },
  see: (entry: PerformanceEntry) => void,
): PerformanceObserver | null {
  const types = globalThis.PerformanceObserver?.supportedEntryTypes ?? []
  if (typeof document === 'undefined' || !types.includes(type)) return null
  return new PerformanceObserver((list) => list.getEntries().forEach(see))
}
