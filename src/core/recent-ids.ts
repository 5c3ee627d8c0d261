// What a resumed connection sends once more, told by the ids of the last events and not by a set of all:
// only the beginning of a connection can overlap with what was taken before.

/** So many ids are kept; an overlap may be that long, or the whole log. */
export const RECENT_IDS = 1024

/** The ids of one stream's last events. */
export interface RecentIds {
  /** A connection begins. */
  opened(): void
  /** True for an event that was taken before; else the id is kept. */
  again(id: string): boolean
  clear(): void
}

/** Keeps no ids yet. */
export function createRecentIds(): RecentIds {
  let ids: string[] = []
  let next = 0
  // The ids that this connection may begin with; null once it has brought a new one.
  let overlap: Set<string> | null = null
  let first: string | null = null
  let last: string | null = null
  // True while a source that does not know cursors tells all once more, up to the last.
  let whole = false
  return {
    opened() {
      overlap = ids.length === 0 ? null : new Set(ids)
      whole = false
    },
    again(id) {
      whole = (whole || (overlap !== null && id === first)) && id !== last
      if (whole || overlap?.has(id) === true) return true
      overlap = null
      first ??= id
      last = id
      ids[next++ % RECENT_IDS] = id
      return false
    },
    clear() {
      ids = []
      next = 0
      overlap = first = last = null
      whole = false
    },
  }
}
