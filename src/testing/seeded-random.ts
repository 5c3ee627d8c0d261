// A tiny deterministic source of randomness, so that one seed always gives one run.
// Mulberry32: 32 bits of state, equidistributed enough for texts and pauses, nothing more.

/** Draws from a seeded sequence. */
export interface SeededRandom {
  /** A number in [0, 1). */
  next(): number
  /** An integer in [0, bound). */
  below(bound: number): number
  /** One of the given items. */
  pick<Item>(items: readonly [Item, ...Item[]]): Item
}

/**
 * Makes a sequence of random numbers that depends on `seed` alone.
 * @param seed any finite number; only its low 32 bits count
 */
export function createSeededRandom(seed: number): SeededRandom {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (bound: number): number => Math.floor(next() * bound)
  return { next, below, pick: (items) => items[below(items.length)] ?? items[0] }
}
