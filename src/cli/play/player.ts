// Plays a plan, open loop: each payload goes out when it is due by the clock, however long the last one took.
// A player that falls behind sends what is overdue at once instead of shifting the rest.
import { setImmediate, setTimeout } from 'node:timers/promises'
import type { EventWriter } from './event-writer.ts'
import type { RunPlan } from './run-plan.ts'

/** Time as a player needs it. */
export interface PlayerClock {
  /** Monotonic milliseconds. */
  now(): number
  /** Milliseconds since 1970. */
  date(): number
  /** Resolves after so many milliseconds, or at once when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
  /** Lets others in the process have their turn. */
  breathe(): Promise<unknown>
}

/** How to play. */
export interface PlayOptions {
  readonly plan: RunPlan
  readonly writer: Pick<EventWriter, 'write'>
  readonly signal: AbortSignal
  /** @default the machine's own time */
  readonly clock?: PlayerClock | undefined
  /** Told how many payloads are written, now and then. */
  readonly onProgress?: ((written: number) => void) | undefined
}

// So many payloads at once, then the rest of the process has its turn.
const BREATH_EVENTS = 256
// A timer for longer than this wraps and fires at once; after it the loop looks again at what is due.
const MAX_WAIT_MS = 2 ** 31 - 1

/** The machine's own time. */
export const machineClock: PlayerClock = {
  now: () => performance.now(),
  date: () => Date.now(),
  sleep: (ms, signal) => setTimeout(ms, undefined, { signal }).catch(() => undefined),
  breathe: () => setImmediate(),
}

/**
 * Writes a plan's payloads, each when it is due.
 * @returns how many were written: all of them, unless the signal was aborted
 */
export async function play(options: PlayOptions): Promise<number> {
  const { plan, writer, signal, clock = machineClock, onProgress } = options
  const [start, date] = [clock.now(), clock.date()]
  let written = 0
  while (written < plan.due.length && !signal.aborted) {
    const due = plan.due[written] ?? 0
    const early = due - (clock.now() - start)
    if (early > 0) {
      onProgress?.(written)
      await clock.sleep(Math.min(Math.max(1, early), MAX_WAIT_MS), signal)
      continue
    }
    const room = writer.write(plan.payload(written, date + due))
    if (room !== undefined) await room
    if (++written % BREATH_EVENTS === 0) await clock.breathe()
  }
  onProgress?.(written)
  return written
}
