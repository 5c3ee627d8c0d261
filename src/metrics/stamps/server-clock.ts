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

/** Asks before the first answer counts as good, and ms between later ones. */
export const BURST = 8
const SELDOM_MS = 60_000
const KEPT = 16
const DRIFT_MS = 50

/** @param ask asks the relay for its clock; undefined where there is none */
export function createServerClock(
  clock: Clock,
  ask: () => Promise<unknown> | undefined,
): ServerClock {
  let samples: ClockOffset[] = []
  let running = false
  let round = 0
  let cancel: Cancel = () => {}
  let unlisten: Cancel = () => {}
  const take = async (): Promise<void> => {
    const sentAt = clock.now()
    const answer = ask()
    // Where there is no relay nobody is asked again, until there is another connection.
    if (answer === undefined) return stop()
    const sample = sampleOf(await answer, sentAt, clock.now())
    if (sample === null) return
    // One of the clocks was moved, or slept: what was known before is of another time.
    const still = samples.filter((one) => agrees(one, sample))
    samples = [...still.slice(1 - KEPT), sample]
  }
  const burst = async (count: number): Promise<void> => {
    const self = ++round
    for (let left = count; left > 0 && running && self === round; left--) {
      // Whoever does not answer is asked again later.
      await take().catch(() => (left = 0))
    }
    if (running && self === round) {
      cancel = clock.setTimer(() => void burst(samples.length === 0 ? BURST : 1), SELDOM_MS)
    }
  }
  const stop = (): void => {
    running = false
    cancel()
    unlisten()
  }
  const begin = (count: number): void => {
    cancel()
    void burst(samples.length === 0 ? BURST : count)
  }
  return {
    start() {
      if (running) return begin(1) // another connection, perhaps after a sleep: a moved clock shows
      running = true
      // In its sleep a page's clock may have stood still.
      unlisten = clock.onLifecycle((change) => {
        if (change !== 'wake') return
        samples = []
        begin(BURST)
      })
      begin(BURST)
    },
    stop,
    offset() {
      let best: ClockOffset | null = null
      for (const one of samples) if (best === null || one.boundMs <= best.boundMs) best = one
      return best
    },
  }
}

// Two samples of the same two clocks differ by no more than both may be off, and what clocks drift in a quarter of an hour.
function agrees(one: ClockOffset, other: ClockOffset): boolean {
  return Math.abs(one.offsetMs - other.offsetMs) <= one.boundMs + other.boundMs + DRIFT_MS
}

function sampleOf(answer: unknown, sentAt: number, answeredAt: number): ClockOffset | null {
  if (typeof answer !== 'object' || answer === null) return null
  const { receivedMs, sentMs, storeOffsetMs, storeRttMs } = answer as Record<string, unknown>
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
