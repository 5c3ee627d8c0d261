// The last records of a trace in fixed memory: a ring of rows of numbers that forgets the oldest when it is full.

/** Numbers of one row, its kind included. */
const FIELDS = 8

/** A row: what kind it is, then up to seven numbers. */
export type TraceRow = readonly number[]

/** Keeps rows. */
export interface TraceLog {
  /** Rows that are held. */
  readonly size: number
  /** Rows that were, and are not any more. */
  readonly forgotten: number
  /** The last row of a lasting kind that was forgotten; null while none was. */
  readonly lost: TraceRow | null
  add(
    kind: number,
    a: number,
    b?: number,
    c?: number,
    d?: number,
    e?: number,
    f?: number,
    g?: number,
  ): void
  /** All that are held, the oldest first. */
  rows(): readonly TraceRow[]
}

/**
 * Makes a log of so many rows; 64 bytes each are taken at once.
 * @param lasting kind of row that holds until the next of its kind
 */
export function createTraceLog(capacity: number, lasting: number): TraceLog {
  const ring = new Float64Array(capacity * FIELDS)
  let added = 0
  let lost: TraceRow | null = null
  const rowAt = (at: number): TraceRow => Array.from(ring.subarray(at, at + FIELDS))
  return {
    get size() {
      return Math.min(added, capacity)
    },
    get forgotten() {
      return Math.max(0, added - capacity)
    },
    get lost() {
      return lost
    },
    add(kind, a, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0) {
      const at = (added % capacity) * FIELDS
      if (added >= capacity && ring[at] === lasting) lost = rowAt(at)
      ring[at] = kind
      ring[at + 1] = a
      ring[at + 2] = b
      ring[at + 3] = c
      ring[at + 4] = d
      ring[at + 5] = e
      ring[at + 6] = f
      ring[at + 7] = g
      added++
    },
    rows() {
      const first = Math.max(0, added - capacity)
      return Array.from({ length: added - first }, (_, index) => {
        return rowAt(((first + index) % capacity) * FIELDS)
      })
    },
  }
}
