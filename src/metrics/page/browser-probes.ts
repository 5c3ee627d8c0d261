// What the browser itself tells of slow frames and slow answers to input, where it does. Nothing is left in the page's
// timeline that would not be there anyway.
import type { Clock } from '../../core/clock.ts'
import { createRate } from '../rate.ts'
import { createSamples, spreadOf } from '../samples.ts'
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

// [spec] https://w3c.github.io/long-animation-frames/#sec-PerformanceScriptTiming: of the page's origin, from 5 ms on.
interface LongFrame extends PerformanceEntry {
  readonly blockingDuration: number
  readonly scripts: readonly {
    readonly duration: number
    readonly forcedStyleAndLayoutDuration: number
  }[]
}

/** Makes probes that rest. */
export function createBrowserProbes(clock: Clock, windowMs: number): BrowserProbes {
  const frames = createSamples(windowMs, ENTRIES)
  const blocking = createRate(windowMs)
  const script = createRate(windowMs)
  const layout = createRate(windowMs)
  const answers = createAnswers(windowMs)
  const animation = observer(LONG, (entry) => {
    const { blockingDuration, scripts } = entry as LongFrame
    const now = clock.now()
    frames.add(now, entry.duration)
    blocking.add(now, blockingDuration)
    for (const { duration, forcedStyleAndLayoutDuration } of scripts) {
      script.add(now, duration)
      layout.add(now, forcedStyleAndLayoutDuration)
    }
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
      return {
        count,
        blockingMs: blocking.sum(now),
        longestMs: max ?? 0,
        scriptMs: script.sum(now),
        forcedLayoutMs: layout.sum(now),
      }
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
