// Queue and scheduler together: items go in one by one, batches come out when it is time.
// Whoever pushes is never held back; nothing is dropped and nothing overtakes.
import type { Clock } from '../core/clock.ts'
import { createQueue } from '../core/queue.ts'
import { createPaintProbe, type Paint } from './paint-probe.ts'
import { createScheduler, type Schedule } from './scheduler.ts'

/** Options of {@link createBatcher}. */
export interface BatcherOptions<T> {
  readonly schedule: Schedule
  readonly clock: Clock
  /**
   * Takes a batch; under `immediate` it is of one item. May be empty after `request()`. With a budget a flush may
   * come in several slices; `last` with the last one.
   */
  readonly onBatch: (batch: readonly T[], last: boolean) => void
  /** A flush takes no further slice after so many ms; the rest waits for the next one. @default all at once */
  readonly budgetMs?: number | undefined
  /** A flush has been committed: microtasks that it queued (a React render) have run. */
  readonly onFlushed?: ((flush: Flush<T>) => void) | undefined
  /** The frame that shows one or more flushes has been painted. */
  readonly onPaint?: ((paint: Paint) => void) | undefined
  /** Above this many waiting items a flush no longer waits for its time. @default 10_000 */
  readonly maxBacklog?: number | undefined
  /** Above this many waiting items they are flushed in the very call that pushed one more. @default none */
  readonly limit?: number | undefined
  /** Told right after such a flush: who pushes more then is not over the limit. */
  readonly onOverflow?: (() => void) | undefined
}

// A slice is small against a budget of some ms, and large against what it costs to begin one.
const SLICE = 512

/** One flush. Times in ms of the clock. */
export interface Flush<T> {
  /** What was flushed, in order. */
  readonly batch: readonly T[]
  readonly startedAt: number
  readonly committedAt: number
}

/** Collects items and hands them on in batches. */
export interface Batcher<T> {
  readonly backlog: number
  push(item: T): void
  /** Asks for a flush although nothing may be queued. */
  request(): void
  /** Asks for a flush in the next task: what has been pushed must not wait for a frame. */
  urgent(): void
  /** Flushes now, in this very call, all that waits; does nothing when nothing does. */
  flush(): void
  close(): void
}

/** Makes a batcher. */
export function createBatcher<T>(options: BatcherOptions<T>): Batcher<T> {
  const { schedule, clock, onBatch, onFlushed, onPaint, maxBacklog = 10_000 } = options
  const { budgetMs = Infinity, limit = Infinity, onOverflow } = options
  const queue = createQueue<T>()
  // True when there is something to publish although nothing may be queued.
  let asked = false
  const perFlush = schedule === 'immediate' ? 1 : Infinity
  const probe = createPaintProbe(clock, (paint) => {
    scheduler.cost(paint.scriptMs + paint.paintMs)
    onPaint?.(paint)
  })

  const drain = (count: number, deadline: number): readonly T[] => {
    const size = deadline === Infinity ? count : SLICE
    const slices: T[][] = []
    for (let left = count; ; left -= size) {
      const slice = queue.take(Math.min(left, size))
      slices.push(slice)
      const last = left <= size || clock.now() >= deadline
      onBatch(slice, last)
      if (last) return slices.length === 1 ? slice : slices.flat()
    }
  }
  const flush = (count: number, inFrame: boolean, budget: number): number => {
    if (queue.size === 0 && !asked) return 0
    asked = false
    const startedAt = clock.now()
    const batch = drain(Math.min(count, queue.size), startedAt + budget)
    // React renders a store's change in a microtask that was queued before this one.
    void Promise.resolve().then(() => {
      const committedAt = clock.now()
      probe.flushed(committedAt - startedAt, inFrame)
      onFlushed?.({ batch, startedAt, committedAt })
    })
    if (queue.size > 0) scheduler.request()
    return batch.length
  }
  const scheduler = createScheduler({
    schedule,
    clock,
    run: (inFrame) => flush(perFlush, inFrame, budgetMs),
    waiting: () => queue.size > 0,
  })

  const now = (): void => {
    if (queue.size > 0) scheduler.flushed()
    flush(Infinity, false, Infinity)
  }

  return {
    get backlog() {
      return queue.size
    },
    push(item) {
      queue.push(item)
      if (queue.size > limit) {
        now()
        return onOverflow?.()
      }
      // Once, by the item that crosses the limit: what hurries already is not hurried by more tasks.
      if (queue.size === maxBacklog + 1) scheduler.urgent()
      else scheduler.request()
    },
    request() {
      asked = true
      scheduler.request()
    },
    urgent: scheduler.urgent,
    flush: now,
    close() {
      scheduler.close()
      probe.close()
    },
  }
}
