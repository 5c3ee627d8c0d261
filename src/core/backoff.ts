// How long to wait before the next attempt: capped exponential with full jitter.
// @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/

/** Shape of the waits. */
export interface Backoff {
  /** Upper bound of the first wait, in ms. */
  readonly baseMs: number
  /** Upper bound of every wait, in ms. */
  readonly capMs: number
}

/** Waits that are used unless others are asked for. */
export const DEFAULT_BACKOFF: Backoff = Object.freeze({ baseMs: 500, capMs: 20_000 })

/**
 * Milliseconds to wait before retry number `attempt` (1 is the first).
 * @param random a number in [0, 1), fresh for every call
 */
export function retryDelay(attempt: number, random: number, backoff: Backoff): number {
  const ceiling = Math.min(backoff.capMs, backoff.baseMs * 2 ** (attempt - 1))
  return random * ceiling
}
