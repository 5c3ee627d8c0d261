// Plays events into a mocked log at their times, with the faults that were asked for.
import type { Cancel } from '../core/clock.ts'
import type { MockClock } from './mock-clock.ts'
import type { MockEnd, MockLog } from './mock-log.ts'
import type { MockPayload } from './mock-words.ts'
import { pace } from './pace.ts'

/** How events are played. */
export interface MockPlayOptions {
  /** Events per second. @default all at once */
  readonly rate?: number | undefined
  /** When each event is due, in ms from the first, as `pace` and `burstyPace` give; instead of `rate`. @default none */
  readonly pace?: readonly number[] | undefined
  /** Wait before the first event, in ms. @default 0 */
  readonly delayMs?: number | undefined
  /**
   * After each of these many events the connection that brought the last of them breaks; a resume gets the rest.
   * @default none
   */
  readonly cutAfter?: readonly number[] | undefined
  /** Every resume brings so many events again, as sources do that deliver at least once. @default 0 */
  readonly duplicate?: number | undefined
  /** How the run ends after the last event, where that is no terminal one. @default it stays open */
  readonly end?: MockEnd | undefined
}

/** A script under way. */
export interface MockScript {
  /** Resolves when all has been played, or the script was cancelled or its run has ended. */
  readonly done: Promise<void>
  readonly cancel: Cancel
}

/** Plays `events` into a log; what is due at once is there when this returns. */
export function playScript(
  log: MockLog,
  events: readonly MockPayload[],
  options: MockPlayOptions,
  clock: MockClock,
): MockScript {
  let resolve = (): void => {}
  const done = new Promise<void>((settle) => (resolve = settle))
  const due = dueTimes(events, options)
  const startedAt = clock.now()
  let next = 0
  let cancel: Cancel = () => {}

  for (const events of options.cutAfter ?? []) log.cutAfter(events)
  if (options.duplicate !== undefined) log.repeat(options.duplicate)

  // `reached` is what the timer waited for: fake timers may move without the clock.
  const step = (reached: number): void => {
    const elapsed = Math.max(reached, clock.now() - startedAt)
    const first = next
    while (next < events.length && (due[next] ?? 0) <= elapsed) next++
    log.append(events.slice(first, next))
    const at = due[next]
    if (at !== undefined && !log.ended()) {
      cancel = clock.setTimer(() => step(at), at - elapsed)
      return
    }
    if (options.end !== undefined) log.end(options.end)
    resolve()
  }
  const wait = events.length === 0 ? (options.delayMs ?? 0) : (due[0] ?? 0)
  if (wait > 0) cancel = clock.setTimer(() => step(wait), wait)
  else step(0)
  return {
    done,
    cancel() {
      cancel()
      resolve()
    },
  }
}

function dueTimes(events: readonly MockPayload[], options: MockPlayOptions): readonly number[] {
  const { rate, delayMs = 0 } = options
  const times = options.pace ?? (rate === undefined ? events.map(() => 0) : pace(events, rate))
  return times.map((ms) => ms + delayMs)
}
