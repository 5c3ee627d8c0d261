// What the browser itself tells of slow frames and slow answers to input, where it does. Nothing is left in the page's
// timeline that would not be there anyway.
import type { Clock } from '../../core/clock.ts'
import { createSamples, type Samples, spreadOf } from '../samples.ts'
import type { Interactions, LongFrames, Spread } from '../snapshot.ts'

/** Asks the browser. */
export interface BrowserProbes {
  start(): void
  stop(): void
  longFrames(now: number): LongFrames | null
  interactions(now: number): Interactions | null
}

// Long frames (over 50 ms) and late interactions that a window can hold.
const ENTRIES = 256
const LONG = { type: 'long-animation-frame' }
const LATE = { type: 'event', durationThreshold: 16 }

/** Makes probes that rest. */
export function createBrowserProbes(clock: Clock, windowMs: number): BrowserProbes {
  const samples = (): Samples => createSamples(windowMs, ENTRIES)
  const frames = samples()
  const blocking = samples()
  const answers = createAnswers(windowMs)
  const animation = observer(LONG, (entry) => {
    const { blockingDuration = 0 } = entry as { readonly blockingDuration?: number }
    frames.add(clock.now(), entry.duration)
    blocking.add(clock.now(), blockingDuration)
  })
  const events = observer(LATE, (entry) => {
    const { interactionId = 0 } = entry as { readonly interactionId?: number }
    if (interactionId !== 0) answers.add(clock.now(), interactionId, entry.duration)
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

interface Answers {
  add(at: number, id: number, ms: number): void
  spread(now: number): Spread
}

// A click is several events (pointerdown, pointerup, click) of one id: one interaction, as late as the latest of them.
// [spec] https://w3c.github.io/event-timing/#sec-computing-interactionid
function createAnswers(windowMs: number): Answers {
  // The one told of last comes last.
  const late = new Map<number, { readonly at: number; readonly ms: number }>()
  const forget = (now: number): void => {
    for (const [id, { at }] of late) {
      if (late.size <= ENTRIES && at > now - windowMs) return
      late.delete(id)
    }
  }
  return {
    add(at, id, ms) {
      const before = late.get(id)?.ms ?? 0
      late.delete(id)
      late.set(id, { at, ms: Math.max(before, ms) })
      forget(at)
    },
    spread(now) {
      forget(now)
      return spreadOf(Float64Array.from(late.values(), ({ ms }) => ms).toSorted())
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
