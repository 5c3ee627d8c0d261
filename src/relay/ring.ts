// The last items of one stream, encoded once and shared by all its viewers, bounded by count and bytes. Indexes are
// absolute and never reused, so that a viewer is a number; a viewer whose number fell off the ring reads pages again.
import type { Item, ReadTimes } from './frame.ts'

/** Bounds of a ring. */
export interface RingOptions {
  readonly maxEvents: number
  readonly maxBytes: number
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
  push(item: Item): void
  /** Items from an index on, at least one and then up to `maxBytes`; null when there is none there. */
  slice(from: number, maxBytes: number): RingSlice | null
  /** Index of the item that follows a place in the log, or null when the ring cannot know. */
  indexAfter(position: string | null): number | null
  /** The log began anew: who asks for its start no longer means the start of this ring. */
  forgetStart(): void
}

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

const GONE: Item = { bytes: Buffer.alloc(0), position: null, read: null }

/** Creates a ring whose first item will follow `start`. */
export function createRing(start: string | null, { maxEvents, maxBytes }: RingOptions): EventRing {
  let items: Item[] = []
  let offset = 0 // items before it are evicted; compacted now and then
  let base = 0 // absolute index of items[0]
  let held = 0
  let before: string | null | undefined = start
  let cached: { from: number; maxBytes: number; slice: RingSlice } | null = null

  const first = (): number => base + offset
  const end = (): number => base + items.length

  function evict(): void {
    const oldest = items[offset]
    if (oldest === undefined) return
    held -= oldest.bytes.length
    before = oldest.position
    items[offset++] = GONE
    if (offset > 1024 && offset * 2 > items.length) compact()
  }

  function compact(): void {
    items = items.slice(offset)
    base += offset
    offset = 0
  }

  function push(item: Item): void {
    items.push(item)
    held += item.bytes.length
    while (end() - first() > maxEvents || (held > maxBytes && end() - first() > 1)) evict()
  }

  function slice(from: number, limit: number): RingSlice | null {
    if (from < first() || from >= end()) return null
    // Viewers at the same place share one buffer.
    if (cached?.from === from && cached.maxBytes === limit && cached.slice.next === end()) {
      return cached.slice
    }
    const made = sliceItems(items, from - base, limit)
    const slice = { ...made, next: made.next + base }
    cached = { from, maxBytes: limit, slice }
    return slice
  }

  function indexAfter(position: string | null): number | null {
    for (let at = items.length - 1; at >= offset; at--) {
      if (items[at]?.position === position) return base + at + 1
    }
    return before === position ? first() : null
  }

  const forgetStart = (): void => {
    if (before === null) before = undefined
  }

  return { first, end, push, slice, indexAfter, forgetStart }
}
