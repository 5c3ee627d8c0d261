// The relay's clock against this page's, by four stamps as NTP does: of the last samples the one with the shortest
// round trip counts, and half of that is how far it can be off.
import type { Cancel, Clock } from '../../core/clock.ts'
import type { ClockOffset } from '../snapshot.ts'

/** Knows the relay's clock. */
export interface ServerClock {
  /** The stream is connected: asks, and keeps asking now and then. */
  start(): void
  stop(): void
  /** Null while it is not known. */
  offset(): ClockOffset | null
}

/** Samples before the best of them counts as good, and ms between later ones. */
export const BURST = 8
const SELDOM_MS = 60_000
const KEPT = 16
const DRIFT_MS = 50
// As long as a stream that asks alone takes for all that is kept: of an older one the clocks have drifted away.
const FRESH_MS = KEPT * SELDOM_MS

interface Sample {
  readonly at: number
  readonly offset: ClockOffset
}

// Streams of one page that ask at one place know one clock together. Samples, no more: whatever runs is a stream's own.
const shared = new WeakMap<Clock['now'], Map<unknown, Sample[]>>()

/** @param ask asks the relay for its clock; undefined where there is none. `url` in the answer says who gave it */
export function createServerClock(
  clock: Clock,
  ask: () => Promise<unknown> | undefined,
): ServerClock {
  const { now } = clock
  let known: Sample[] = []
  let round = 0
  let cancel: Cancel = () => {}
  let unlisten: Cancel = () => {}
  // True while another sample would make it better.
  const take = async (self: number): Promise<boolean> => {
    const sentAt = now()
    const answer = await ask()
    const at = now()
    if (self !== round) return false
    // Where there is no relay nobody is asked again, until there is another connection.
    if (answer === undefined) stop()
    const offset = sampleOf(answer, sentAt, at)
    if (offset === null) return false
    known = samplesAt(now, answer) ?? known
    const fresh = known.filter((one) => at - one.at < FRESH_MS)
    // One of the clocks was moved, or slept: what was known before is of another time.
    const still = fresh.filter((one) => agrees(one.offset, offset))
    known.splice(0, KEPT, ...still.slice(1 - KEPT), { at, offset })
    // Two relays behind one address would never come to an end.
    return still.length === fresh.length && known.length < BURST
  }
  const begin = async (): Promise<void> => {
    cancel()
    const self = ++round
    // Whoever does not answer is asked again later.
    while (await take(self).catch(() => false));
    if (self === round) cancel = clock.setTimer(() => void begin(), SELDOM_MS)
  }
  const stop = (): void => {
    round++
    cancel()
    unlisten()
    // What others learn later changes nothing of what was known here.
    known = [...known]
  }
  return {
    start() {
      unlisten()
      // In its sleep a page's clock may have stood still.
      unlisten = clock.onLifecycle((change) => {
        if (change !== 'wake') return
        known.length = 0
        void begin()
      })
      // Another connection, perhaps after a sleep: a moved clock shows.
      void begin()
    },
    stop,
    offset() {
      let best: ClockOffset | null = null
      for (const { offset } of known) {
        if (best === null || offset.boundMs <= best.boundMs) best = offset
      }
      return best
    },
  }
}

function samplesAt(now: Clock['now'], answer: unknown): Sample[] | undefined {
  const { url } = answer as { readonly url?: unknown }
  if (!url) return undefined
  const places = shared.get(now) ?? new Map<unknown, Sample[]>()
  const samples = places.get(url) ?? []
  shared.set(now, places.set(url, samples))
  return samples
}

// Two samples of the same two clocks differ by no more than both may be off, and what clocks drift in a quarter of an hour.
function agrees(one: ClockOffset, other: ClockOffset): boolean {
  return Math.abs(one.offsetMs - other.offsetMs) <= one.boundMs + other.boundMs + DRIFT_MS
}

function sampleOf(answer: unknown, sentAt: number, answeredAt: number): ClockOffset | null {
  const told = (answer ?? {}) as Record<string, unknown>
  const { receivedMs, sentMs, storeOffsetMs, storeRttMs } = told
  if (typeof receivedMs !== 'number' || typeof sentMs !== 'number') return null
  const rttMs = Math.max(0, answeredAt - sentAt - (sentMs - receivedMs))
  const isStoreKnown = typeof storeOffsetMs === 'number' && typeof storeRttMs === 'number'
  return {
    offsetMs: (receivedMs - sentAt + sentMs - answeredAt) / 2,
    boundMs: rttMs / 2,
    storeOffsetMs: isStoreKnown ? storeOffsetMs : null,
    storeBoundMs: isStoreKnown ? storeRttMs / 2 : null,
  }
}
