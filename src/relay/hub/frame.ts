// The one encoder of the wire: log entries and the relay's own events become SSE bytes here, once for all viewers.
// A payload is never parsed for passing it on; only a cheap probe decides whether it may be the terminal event.
import { isUtf8 } from 'node:buffer'
import { RELAY_EVENT } from '../../wire/protocol.ts'
import type {
  EndReason,
  RelayErrorCode,
  RelayGap,
  RelayReconnect,
  RelayTiming,
} from '../../wire/protocol.ts'
import type { LogEntry, Page } from '../backend.ts'
import { endReasonOfBytes } from '../end-reason.ts'

/** When a page was read, in epoch ms. */
export interface ReadTimes {
  readonly startMs: number
  readonly endMs: number
  /** Part of the time since the read before that this thread was at work. */
  readonly busy?: number | undefined
}

/** Encoded bytes and the place in the log that a viewer has reached with them. */
export interface Item {
  readonly bytes: Buffer
  readonly position: string | null
  /** Null for a gap that no event follows. */
  readonly read: ReadTimes | null
}

/** A page made ready for sending. */
export interface EncodedPage {
  readonly items: readonly Item[]
  readonly position: string | null
  readonly exists: boolean
  readonly more: boolean
  /** Set when the page holds the terminal event; items end with it. */
  readonly end: EndReason | null
  /** True when the page begins with loss. */
  readonly lossy: boolean
  /** How the entry at the cursor read from ended the run, or null. */
  readonly endedAt: EndReason | null
}

/** A comment that keeps a silent connection alive. */
export const HEARTBEAT: Buffer = Buffer.from(': heartbeat\n\n')

const LF = 10
const CR = 13

/** One of the relay's own events. `id` moves the client's cursor on. */
export function encodeRelayEvent(event: string, data: object, id?: string | undefined): Buffer {
  const head = id === undefined ? '' : `id: ${id}\n`
  return Buffer.from(`${head}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
}

/** `relay.error` with a code of the wire. */
export function encodeError(code: RelayErrorCode, message: string, id?: string): Buffer {
  return encodeRelayEvent(RELAY_EVENT.error, { code, message }, id)
}

/** `relay.reconnect`: come back in so many ms. */
export function encodeReconnect(data: RelayReconnect): Buffer {
  return encodeRelayEvent(RELAY_EVENT.reconnect, data)
}

/** It asks to come back at once: this connection can do no more. */
export const ROTATION: Buffer = encodeReconnect({ reason: 'rotation', afterMs: 0 })

/** One log entry: its cursor and its bytes, or a `relay.error` in its place when it cannot be sent. */
export function encodeEntry({ cursor, data }: LogEntry, maxEventBytes: number): Buffer {
  if (data.length > maxEventBytes) {
    const message = `event of ${data.length} bytes is over the limit of ${maxEventBytes}`
    return encodeError('oversize', message, cursor)
  }
  if (!isUtf8(data)) return encodeError('invalid-utf8', 'event is not valid UTF-8', cursor)
  const body = data.includes(LF) || data.includes(CR) ? splitLines(data) : data
  return Buffer.concat([Buffer.from(`id: ${cursor}\ndata: `), body, Buffer.from('\n\n')])
}

/** `relay.timing` in front of a write of `n` events. */
export function encodeTiming(n: number, read: ReadTimes, sentMs: number): Buffer {
  const { startMs, endMs, busy } = read
  const timing: RelayTiming = {
    n,
    readStartMs: startMs,
    readEndMs: endMs,
    sentMs,
    rttMs: Math.round((endMs - startMs) * 1000) / 1000,
    busy: busy === undefined ? undefined : Math.round(busy * 100) / 100,
  }
  return encodeRelayEvent(RELAY_EVENT.timing, timing)
}

/** Encodes a page up to its terminal event, with its loss in front. */
export function encodePage(
  page: Page,
  after: string | null,
  maxEventBytes: number,
  read: ReadTimes,
): EncodedPage {
  const { exists, gap, entries } = page
  const items: Item[] = []
  let end: EndReason | null = null
  for (const entry of entries) {
    items.push({ bytes: encodeEntry(entry, maxEventBytes), position: entry.cursor, read })
    end = endReasonOfBytes(entry.data, maxEventBytes)
    if (end !== null) break
  }
  if (gap !== null) {
    prepend(items, { reason: gap, from: after, to: entries[0]?.cursor ?? null }, page.next)
  }
  const position = end === null ? page.next : (items.at(-1)?.position ?? page.next)
  const endedAt = page.at === null ? null : endReasonOfBytes(page.at, maxEventBytes)
  const more = end === null && page.more
  return { items, position, exists, more, end, lossy: gap !== null, endedAt }
}

// The gap and the first event after it are one item: nobody can join between them and miss the gap.
function prepend(items: Item[], gap: RelayGap, next: string | null): void {
  const bytes = encodeRelayEvent(RELAY_EVENT.gap, gap)
  const first = items[0]
  if (first === undefined) items.push({ bytes, position: next, read: null })
  else items[0] = { ...first, bytes: Buffer.concat([bytes, first.bytes]) }
}

function splitLines(data: Buffer): Buffer {
  return Buffer.from(data.toString().replaceAll(/\r\n|\r|\n/g, '\ndata: '))
}
