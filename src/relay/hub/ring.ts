// The last items of one stream, encoded once and shared by all its viewers, bounded by count and bytes, and by what all
// rings may hold together. Indexes are absolute and never reused, so that a viewer is a number; a viewer whose number
// fell off the ring reads pages again.
import type { Item, ReadTimes } from './frame.ts'

/** Bounds of a ring. */
export interface RingBounds {
  readonly ringEvents: number
  readonly ringBytes: number
}

/** Bounds what some rings hold together: when it is too much, the largest lets go of half. */
export interface RingBudget {
  readonly rings: Set<EventRing>
  /** Counts what a ring took, or with a minus what it let go. */
  count(bytes: number): void
}

/** Consecutive items as one write. */
export interface RingSlice {
  readonly bytes: Buffer
  readonly next: number
  readonly position: string | null
  /** Events among them, and the read that brought the last one. */
  readonly events: number
  readonly read: ReadTimes | null
}

/** A bounded, shared buffer of items. */
export interface EventRing {
  /** Index of the oldest item still held. */
  first(): number
  /** Index that the next item will get. */
  end(): number
  /** Bytes that it holds, with what items cost beside their own. */
  held(): number
  push(item: Item): void
  /** Items from an index on, at least one and then up to 64 KiB; null when there is none there. */
  slice(from: number): RingSlice | null
  /** Index of the item that follows a place in the log, or null when the ring cannot know. */
  indexAfter(position: string | null): number | null
  /** The log began anew: who asks for its start no longer means the start of this ring. */
  forgetStart(): void
  /** Lets go of half of its bytes. */
  halve(): void
  /** Lets go of all. */
  close(): void
}

/** What one write carries, in bytes, unless a single event is larger. */
export const WRITE_BYTES: number = 64 * 1024

/** Items from an index on as one write: at least one and then up to `maxBytes`. */
export function sliceItems(items: readonly Item[], from: number, maxBytes: number): RingSlice {
  const parts: Buffer[] = []
  let size = 0
  let events = 0
  let last: Item | null = null
  for (let at = from; at < items.length; at++) {
    const item = items[at] as Item
    size += item.bytes.length
    if (size > maxBytes && last !== null) break
    parts.push(item.bytes)
    if (item.read !== null) events++
    last = item
  }
  const [only] = parts
  const bytes = parts.length === 1 && only ? only : Buffer.concat(parts)
  const { position = null, read = null } = last ?? {}
  return { bytes, next: from + parts.length, position, events, read }
}

/** Creates a budget of so many bytes. */
export function createRingBudget(maxBytes: number): RingBudget {
  const rings = new Set<EventRing>()
  let held = 0

  function count(bytes: number): void {
    held += bytes
    while (bytes > 0 && held > maxBytes) largest().halve()
  }

  function largest(): EventRing {
    return [...rings].reduce((one, other) => (other.held() > one.held() ? other : one))
  }

  return { rings, count }
}

// Objects and cursor of an item, beside its bytes.
const ITEM_BYTES = 256
const costOf = ({ bytes }: Item): number => bytes.length + ITEM_BYTES
const GONE: Item = { bytes: Buffer.alloc(0), position: null, read: null }

/** Creates a ring whose first item will follow `start`. */
export function createRing(
  start: string | null,
  { ringEvents, ringBytes }: RingBounds,
  budget: RingBudget,
): EventRing {
  let items: Item[] = []
  let offset = 0 // items before it are evicted; compacted now and then
  let base = 0 // absolute index of items[0]
  let held = 0
  let before = start // position that the oldest item follows
  let origin = start === null ? 0 : null // index that follows the log's beginning, where that is known
  let cached: { from: number; slice: RingSlice } | null = null

  const first = (): number => base + offset
  const end = (): number => base + items.length

  function evict(): void {
    const oldest = items[offset]
    if (oldest === undefined) return
    held -= costOf(oldest)
    before = oldest.position
    items[offset++] = GONE
    cached = null // it may hold what was let go
    budget.count(-costOf(oldest))
    if (offset > 1024 && offset * 2 > items.length) compact()
  }

  function compact(): void {
    items = items.slice(offset)
    base += offset
    offset = 0
  }

  function push(item: Item): void {
    items.push(item)
    if (item.position === null) origin = end() // the log is gone: whoever knows so is here
    held += costOf(item)
    cached = null
    budget.count(costOf(item))
    while (end() - first() > ringEvents || (held > ringBytes && end() - first() > 1)) evict()
  }

  function slice(from: number): RingSlice | null {
    if (from < first() || from >= end()) return null
    // Viewers at the same place share one buffer.
    if (cached?.from === from) return cached.slice
    const made = sliceItems(items, from - base, WRITE_BYTES)
    const slice = { ...made, next: made.next + base }
    cached = { from, slice }
    return slice
  }

  function indexAfter(position: string | null): number | null {
    if (position === null) return origin !== null && origin >= first() ? origin : null
    for (let at = items.length - 1; at >= offset; at--) {
      if (items[at]?.position === position) return base + at + 1
    }
    return before === position ? first() : null
  }

  const forgetStart = (): void => {
    origin = null
  }

  function shrink(bytes: number): void {
    while (held > bytes) evict()
  }

  function close(): void {
    shrink(0)
    budget.rings.delete(ring)
  }

  const ring: EventRing = {
    first,
    end,
    held: () => held,
    push,
    slice,
    indexAfter,
    forgetStart,
    halve: () => shrink(held / 2),
    close,
  }
  budget.rings.add(ring)
  return ring
}
