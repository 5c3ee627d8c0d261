// Frame batching alone: for any source of items and any framework.
import { abandon } from '../core/abandon.ts'
import type { Clock } from '../core/clock.ts'
import { createBatcher } from './batcher.ts'
import { browserClock } from './browser-clock.ts'
import type { Schedule } from './scheduler.ts'

/** Options of {@link batchFrames}. */
export interface BatchFramesOptions<T> {
  /** When a batch is given out. @default 'adaptive' */
  readonly schedule?: Schedule | undefined
  /** Shortens a batch, say by joining deltas; order is the caller's to keep. @default as it came */
  readonly merge?: ((batch: readonly T[]) => readonly T[]) | undefined
  /** Ends the iteration; what still waits is given out first. */
  readonly signal?: AbortSignal | undefined
  /** @default the page's own clock */
  readonly clock?: Clock | undefined
}

/**
 * Gives what `source` gives, in batches, at most one a frame. The source is read as fast as it delivers.
 * An error of the source is thrown after everything that came before it.
 * @example for await (const batch of batchFrames(events)) setItems((items) => items.concat(batch))
 */
export async function* batchFrames<T>(
  source: AsyncIterable<T>,
  options: BatchFramesOptions<T> = {},
): AsyncGenerator<readonly T[]> {
  const { schedule = 'adaptive', merge = (batch) => batch, signal } = options
  const ready: (readonly T[])[] = []
  // A reader slower than the batches gets all that waits at once, so that it never falls further behind.
  const perRead = schedule === 'immediate' ? 1 : Infinity
  let wake = (): void => {}
  // A field, because a closure sets it.
  const outcome: { end: { error?: unknown } | null } = { end: null }
  const batcher = createBatcher<T>({
    schedule,
    clock: options.clock ?? browserClock(),
    onBatch(batch) {
      ready.push(batch)
      wake()
    },
  })
  const finish = (end: { error?: unknown }): void => {
    outcome.end ??= end
    batcher.flush()
  }
  const iterator = source[Symbol.asyncIterator]()
  const abort = (): void => finish({})
  signal?.addEventListener('abort', abort, { once: true })
  if (signal?.aborted === true) abort()
  void drain(iterator, (item) => outcome.end === null && batcher.push(item)).then(finish)
  try {
    for (;;) {
      if (ready.length > 0) yield merge(ready.splice(0, perRead).flat())
      else if (outcome.end !== null) break
      else await new Promise<void>((resolve) => (wake = resolve))
    }
    if ('error' in outcome.end) throw outcome.end.error
  } finally {
    signal?.removeEventListener('abort', abort)
    batcher.close()
    abandon(iterator)
  }
}

async function drain<T>(
  iterator: AsyncIterator<T>,
  each: (item: T) => void,
): Promise<{ error?: unknown }> {
  try {
    for (;;) {
      const { done, value } = await iterator.next()
      if (done === true) return {}
      each(value)
    }
  } catch (error) {
    return { error }
  }
}
