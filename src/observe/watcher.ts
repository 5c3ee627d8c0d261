// What all patches share: the streams of the page, whom their script is booked on, and the guard around all of it.
import type { Clock } from '../core/clock.ts'
import { TIME_PATH, TIMING_PARAM } from '../wire/protocol.ts'
import { type Attribution, createAttribution } from './attribution.ts'
import { createDrawProbe } from './draw-probe.ts'
import { createGuard, type Guard } from './guard.ts'
import {
  createObserved,
  type Observed,
  type ObservedStream,
  type StreamKind,
} from './observed-stream.ts'
import type { ObserveOptions } from './options.ts'

/** The watching of one page. */
export interface Watcher {
  /** Time for the measuring: what it calls is guarded. */
  readonly clock: Clock
  /** The page's own, for what the application depends on: it goes on where the measuring has given up. */
  readonly page: Clock
  readonly attribution: Attribution
  /** Nothing that is thrown within gets out. */
  readonly guard: Guard
  /** False once it was stopped. */
  readonly active: boolean
  /** Aborts when it is stopped. */
  readonly signal: AbortSignal
  readonly streams: readonly ObservedStream[]
  /** What begins with a stream; null where it is not to be measured. */
  choose(url: string, kind: StreamKind): (() => Observed) | null
  /** A stream begins; null where it is not to be measured. */
  open(url: string, kind: StreamKind): Observed | null
  /** Told of new streams, until the answer is called. */
  onStream(callback: (stream: ObservedStream) => void): () => void
  stop(): void
}

const MOST_STREAMS = 16
const RELAY_STREAM = /\/v1\/streams\/[^/]+\/events$/

/** @param fetch the page's own, for the clock of a relay that was asked for its stamps */
export function createWatcher(
  page: Clock,
  options: ObserveOptions,
  fetch: typeof globalThis.fetch,
): Watcher {
  const { only = () => true, maxStreams = MOST_STREAMS } = options
  const guard = createGuard()
  const clock = guardedClock(page, guard)
  const probe = typeof MutationObserver === 'function' ? createDrawProbe(document, clock.now) : null
  const attribution = createAttribution(clock, guard, probe)
  const over = new AbortController()
  const listeners = new Set<(stream: ObservedStream) => void>()
  if (options.onStream) listeners.add(options.onStream)
  const all: Observed[] = []
  // Those that are over go first, then the oldest.
  const drop = (): void => {
    const over = all.findIndex(({ stream }) => !stream.open)
    for (const dropped of all.splice(Math.max(0, over), 1)) dropped.ended()
  }
  const relayTime = (url: string) => {
    const { pathname, searchParams, origin } = new URL(url, location.href)
    if (!RELAY_STREAM.test(pathname) || searchParams.get(TIMING_PARAM) !== '1') return undefined
    const time = origin + pathname.replace(RELAY_STREAM, TIME_PATH)
    return async (): Promise<unknown> => {
      const told: unknown = await (await fetch(time, { cache: 'no-store' })).json()
      return { ...(told as object), url: time }
    }
  }
  const choose: Watcher['choose'] = (url, kind) => {
    if (over.signal.aborted || !only(url, kind)) return null
    const { textOf, payloadTime } = options
    const about = { url, kind, clock, textOf, payloadTime, relayTime: relayTime(url) }
    return () => {
      const observed = createObserved(about)
      all.push(observed)
      if (all.length > maxStreams) drop()
      for (const listener of listeners) guard(() => listener(observed.stream))
      return observed
    }
  }
  return {
    clock,
    page,
    attribution,
    guard,
    signal: over.signal,
    get active() {
      return !over.signal.aborted
    },
    get streams() {
      return all.map(({ stream }) => stream)
    },
    choose,
    open: (url, kind) => choose(url, kind)?.() ?? null,
    onStream(callback) {
      listeners.add(callback)
      return () => listeners.delete(callback)
    },
    stop() {
      over.abort()
      // Also where the measuring has given up.
      const last = createGuard()
      last(attribution.close)
      for (const observed of all) last(observed.ended)
    },
  }
}

function guardedClock(clock: Clock, guard: Guard): Clock {
  const guarded = (callback: () => void) => (): void => void guard(callback)
  return {
    ...clock,
    requestFrame: (callback) => clock.requestFrame(guarded(callback)),
    requestTask: (callback) => clock.requestTask(guarded(callback)),
    requestAfterPaint: (callback) => clock.requestAfterPaint(guarded(callback)),
    setTimer: (callback, ms) => clock.setTimer(guarded(callback), ms),
  }
}
