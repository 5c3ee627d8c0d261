// What was sent of one stream on a WebSocket and is not acknowledged. A browser takes bytes off the wire while its page
// is frozen, and keeps them: such a socket never is full. So a client that acks is sent only so much ahead.
import { parseCursor } from '../cursor.ts'

/** One stream's part. */
export interface AckWindow {
  /** Notes a write and the place that is reached with it. */
  sent(bytes: number, position: string | null): void
  /** The client has all up to a cursor. False when that changes nothing, as for an old or a foreign one. */
  ack(cursor: string): boolean
  /** Never for a client that has not acked yet. */
  isFull(): boolean
}

interface Write {
  readonly bytes: number
  readonly position: string
}

const WINDOW_BYTES = 1024 * 1024
const WINDOW_WRITES = 1000

/** Creates a window that is open until the first ack. */
export function createAckWindow(): AckWindow {
  let writes: Write[] = []
  let ahead = 0
  let acked = false
  let reached: string | null = null

  function sent(bytes: number, position: string | null): void {
    // What reaches no new place, such as a heartbeat, cannot be acknowledged.
    if (!acked || position === null || position === reached) return
    reached = position
    writes.push({ bytes, position })
    ahead += bytes
  }

  function ack(cursor: string): boolean {
    if (parseCursor(cursor) === null) return false
    acked = true
    const last = writes.findLastIndex(({ position }) => isUpTo(position, cursor))
    for (const { bytes } of writes.slice(0, last + 1)) ahead -= bytes
    writes = writes.slice(last + 1)
    return last >= 0
  }

  const isFull = (): boolean => ahead >= WINDOW_BYTES || writes.length >= WINDOW_WRITES

  return { sent, ack, isFull }
}

/** True when a place comes before another one or is the same. A client may ack any event, not only a write's last. */
function isUpTo(position: string, cursor: string): boolean {
  const at = parseCursor(position)
  const end = parseCursor(cursor)
  if (at?.form === 'list') {
    return end?.form === 'list' && at.epoch === end.epoch && at.index <= end.index
  }
  if (at === null || end?.form !== 'stream') return false
  const [atMs = 0n, atSeq = 0n] = at.entryId.split('-').map(BigInt)
  const [endMs = 0n, endSeq = 0n] = end.entryId.split('-').map(BigInt)
  return atMs === endMs ? atSeq <= endSeq : atMs < endMs
}
