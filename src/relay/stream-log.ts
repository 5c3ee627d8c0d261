// Reads the stream layout (XADD; the entry id is the place). Every read begins with the entry already seen: where it is
// gone, the log was trimmed past it or made anew, which only the stream's own counters can tell apart.
import type { GapReason } from '../wire/protocol.ts'
import { missingPage } from './backend.ts'
import type { LogEntry, Page, ReadOptions, StreamStat } from './backend.ts'
import { streamCursor } from './cursor.ts'
import type { Cursor } from './cursor.ts'
import { endReasonOfBytes } from './frame.ts'
import type { Reply, Send } from './redis-session.ts'

interface StreamInfo {
  readonly length: number
  readonly lastId: string
  /** Entries ever added; NaN before Redis 7. */
  readonly added: number
}

/** A stream's key and the field that holds the payload. */
export interface StreamKey {
  readonly key: string
  readonly field: string
}

/** Reads a Redis Stream after a cursor. */
export async function readStream(
  send: Send,
  stream: StreamKey,
  after: Cursor | null,
  { limit }: ReadOptions,
): Promise<Page> {
  if (after?.form !== 'stream') return readStart(send, stream, limit, after && 'replaced')
  const { entryId } = after
  const found = await range(send, stream, entryId, limit + 1)
  const [head, ...rest] = found
  const place = streamCursor(entryId)
  if (head?.cursor === place) return toPage(rest, limit, place, null, head.data)
  return readPastLoss(send, stream, entryId, limit)
}

/** The state of a Redis Stream. */
export async function statStream(send: Send, stream: StreamKey): Promise<StreamStat | null> {
  const [info, first, last] = await Promise.all([
    readInfo(send, stream.key),
    range(send, stream, '-', 1),
    send('XREVRANGE', stream.key, '+', '-', 'COUNT', '1').then((reply) => toEntries(reply, stream)),
  ])
  if (info === null) return null
  const [head, tail] = [first[0], last[0]]
  return {
    length: info.length,
    first: head?.cursor ?? null,
    last: tail?.cursor ?? null,
    ended: tail !== undefined && endReasonOfBytes(tail.data, Infinity) !== null,
    layout: 'suna-stream',
  }
}

// The entry at the cursor is gone: say what that means.
async function readPastLoss(
  send: Send,
  stream: StreamKey,
  entryId: string,
  limit: number,
): Promise<Page> {
  const info = await readInfo(send, stream.key)
  if (info === null) return missingPage(true)
  if (compareIds(info.lastId, entryId) < 0) return readStart(send, stream, limit, 'replaced')
  if (info.lastId === entryId) return toPage([], limit, streamCursor(entryId), null, null)
  // A log that never lost an entry and has not this one is another log.
  if (info.added === info.length) return readStart(send, stream, limit, 'replaced')
  // Read again: what was added since the first read is at or before the last id that is known now.
  const found = await range(send, stream, entryId, limit)
  return toPage(found, limit, streamCursor(info.lastId), 'trimmed', null)
}

async function readStart(
  send: Send,
  stream: StreamKey,
  limit: number,
  reason: GapReason | null,
): Promise<Page> {
  const found = await range(send, stream, '-', limit)
  if (found.length === 0) return missingPage(reason !== null)
  const info = await readInfo(send, stream.key)
  const trimmed = info !== null && info.added > info.length ? 'trimmed' : null
  return toPage(found, limit, null, reason ?? trimmed, null)
}

function toPage(
  entries: readonly LogEntry[],
  limit: number,
  start: string | null,
  gap: GapReason | null,
  at: Buffer | null,
): Page {
  const next = entries.at(-1)?.cursor ?? start
  return { exists: true, gap, entries, more: entries.length === limit, next, at }
}

async function range(
  send: Send,
  stream: StreamKey,
  from: string,
  count: number,
): Promise<LogEntry[]> {
  const reply = await send('XRANGE', stream.key, from, '+', 'COUNT', String(count))
  return toEntries(reply, stream)
}

function toEntries(reply: Reply, { field }: StreamKey): LogEntry[] {
  return (reply as [Buffer, Buffer[]][]).map(([id, fields]) => ({
    cursor: streamCursor(id.toString()),
    data: payloadOf(fields, field),
  }))
}

// An entry of someone else's making still arrives: all its fields, as a JSON object.
function payloadOf(fields: readonly Buffer[], field: string): Buffer {
  const names = fields.filter((_, at) => at % 2 === 0).map(String)
  const value = fields[names.indexOf(field) * 2 + 1]
  if (names.includes(field) && value !== undefined) return value
  return Buffer.from(
    JSON.stringify(Object.fromEntries(names.map((name, at) => [name, String(fields[at * 2 + 1])]))),
  )
}

async function readInfo(send: Send, key: string): Promise<StreamInfo | null> {
  if ((await send('EXISTS', key)) === 0) return null
  const reply = (await send('XINFO', 'STREAM', key)) as Reply[]
  const names = reply.map((part, at) => (at % 2 === 0 ? String(part) : ''))
  const field = (name: string): Reply => reply[names.indexOf(name) + 1] ?? null
  return {
    length: Number(field('length')),
    lastId: String(field('last-generated-id')),
    added: names.includes('entries-added') ? Number(field('entries-added')) : Number.NaN,
  }
}

function compareIds(a: string, b: string): number {
  const [aMs = '', aSeq = ''] = a.split('-')
  const [bMs = '', bSeq = ''] = b.split('-')
  return compareNumbers(aMs, bMs) || compareNumbers(aSeq, bSeq)
}

// Ids are 64 bits wide, beyond what a JavaScript number holds exactly.
function compareNumbers(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length
  return a < b ? -1 : Number(a > b)
}
