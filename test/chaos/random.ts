// Chance that can be had again: all draws of a history come from its seed, so that a failing one has a name.

/** Draws in an order that its label fixes. */
export interface Random {
  /** From [0, 1). */
  next(): number
  /** A whole number of `from` … `to`, both included. */
  whole(from: number, to: number): number
  pick<T>(from: readonly [T, ...T[]]): T
  /** True so often out of one. */
  chance(share: number): boolean
  /** Draws of its own for a part, whatever the other parts draw. */
  of(part: string | number): Random
}

/** Creates draws for a label. */
export function createRandom(label: string): Random {
  let state = hash(label)

  // A Weyl sequence, mixed: every state is reached once before any comes again.
  function next(): number {
    state = (state + 0x9e3779b9) | 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b)
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32
  }

  const whole = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1))

  return {
    next,
    whole,
    pick: (from) => from[whole(0, from.length - 1)] ?? from[0],
    chance: (share) => next() < share,
    of: (part) => createRandom(`${label}/${part}`),
  }
}

// FNV-1a.
function hash(text: string): number {
  let value = 0x811c9dc5
  for (const unit of text) value = Math.imul(value ^ (unit.codePointAt(0) ?? 0), 0x01000193)
  return value
}
