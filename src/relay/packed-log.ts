// The events of one log in memory, packed into slabs: a million small events are some large buffers and some numbers. As
// objects of their own they were most of what a busy relay's garbage collector had to walk through.

/** Events by index, in the order they came. */
export interface PackedLog {
  length(): number
  /** Takes a copy. */
  push(data: Buffer): void
  /** The event's bytes, not copied. Undefined where there is none. */
  at(index: number): Buffer | undefined
}

const FIRST_SLAB = 1024
const LAST_SLAB = 64 * 1024

/** Creates an empty one. */
export function createPackedLog(): PackedLog {
  let slab: Buffer = Buffer.alloc(0)
  let used = 0
  const slabs: Buffer[] = [] // of each event
  const starts: number[] = []
  const ends: number[] = []

  function push(data: Buffer): void {
    if (used + data.length > slab.length) {
      const size = Math.max(FIRST_SLAB, Math.min(slab.length * 2, LAST_SLAB), data.length)
      slab = Buffer.allocUnsafeSlow(size)
      used = 0
    }
    data.copy(slab, used)
    slabs.push(slab)
    starts.push(used)
    ends.push((used += data.length))
  }

  function at(index: number): Buffer | undefined {
    return slabs[index]?.subarray(starts[index], ends[index])
  }

  return { length: () => slabs.length, push, at }
}
