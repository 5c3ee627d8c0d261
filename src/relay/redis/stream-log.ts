// Reads the stream layout (XADD; the entry id is the place). Every read begins with the entry already seen: where it is
// gone, the log was trimmed past it or made anew, which only the stream's own counters can tell apart. They are always
// read before the page, so that what is written meanwhile is in the page.
import { isUtf8 } from 'node:buffer'
import type { GapReason } from '../../wire/protocol.ts'
import { missingPage } from '../backend.ts'
import type { LogEntry, Page, ReadOptions, StreamStat } from '../backend.ts'
import { streamCursor } from '../cursor.ts'
import type { Cursor } from '../cursor.ts'
import { endReasonOfBytes } from '../end-reason.ts'
import type { Reply, Send } from './redis-session.ts'

interface StreamInfo {
  readonly length: number
  readonly lastId: string
  /** Cursor of the first entry. */
  readonly first: string | undefined
  /** Entries ever added; NaN before Redis 7. */
  readonly added: number
  /** Highest id ever taken out by XDEL, which a trimmed head is not; null before Redis 7. */
  readonly deletedId: string | null
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
  if (after?.form !== 'stream') return readStart(after && 'replaced')
  const { entryId } = after
  const place = streamCursor(entryId)
  const [head, ...rest] = await range(entryId, limit + 1)
  return head?.cursor === place ? toPage(rest, place, null, head.data) : readPastLoss()

  async function range(from: string, count: number): Promise<LogEntry[]> {
    return toEntries(await send('XRANGE', stream.key, from, '+', 'COUNT', String(count)), stream)
  }

  // The entry at the cursor is gone: say what that means. Trimming takes from the head: nothing behind the cursor is
  // missing where an older entry is there, after the page was read, unless XDEL took it.
  async function readPastLoss(): Promise<Page> {
    const info = await readInfo(send, stream.key)
    if (info === null) return missingPage(true)
    const seen = numberOf(entryId)
    // A log that never lost an entry and has not this one is another log.
    const isOther = numberOf(info.lastId) < seen || info.added === info.length
    if (isOther) return readStart('replaced')
    const [found, [oldest]] = await Promise.all([range(entryId, limit), range('-', 1)])
    const isHeadOlder = oldest !== undefined && numberOf(idOf(oldest)) < seen
    const isLast = info.lastId === entryId
    const isUntouched = isLast || (info.deletedId !== null && numberOf(info.deletedId) <= seen)
    const isWhole = (isHeadOlder && isUntouched) || (isLast && found.length === 0)
    return toPage(found, streamCursor(info.lastId), isWhole ? null : 'trimmed')
  }

  async function readStart(reason: GapReason | null): Promise<Page> {
    const info = await readInfo(send, stream.key)
    if (info === null || info.lastId === '0-0') return missingPage(reason !== null)
    const found = await range('-', limit)
    // Flushed in between: a place in a log that is gone would be told to who saw nothing of it.
    const isGone = found.length === 0 && info.length > 0
    // Cut at its head in between: it is no longer as whole as it was said to be.
    const isCut = info.added === info.length && found[0]?.cursor !== info.first
    if (isGone || isCut) return readStart(reason)
    const trimmed = info.added > info.length ? 'trimmed' : null
    return toPage(found, streamCursor(info.lastId), reason ?? trimmed)
  }

  function toPage(
    entries: readonly LogEntry[],
    start: string,
    gap: GapReason | null,
    at: Buffer | null = null,
  ): Page {
    const next = entries.at(-1)?.cursor ?? start
    return { exists: true, gap, entries, more: entries.length === limit, next, at }
  }
}

/** The state of a Redis Stream. */
export async function statStream(send: Send, stream: StreamKey): Promise<StreamStat | null> {
  const [info, first, last] = await Promise.all([
    readInfo(send, stream.key),
    send('XRANGE', stream.key, '-', '+', 'COUNT', '1'),
    send('XREVRANGE', stream.key, '+', '-', 'COUNT', '1'),
  ])
  if (info === null) return null
  const [[head], [tail]] = [toEntries(first, stream), toEntries(last, stream)]
  return {
    length: info.length,
    first: head?.cursor ?? null,
    last: tail?.cursor ?? null,
    ended: tail !== undefined && endReasonOfBytes(tail.data, Infinity) !== null,
    layout: 'suna-stream',
  }
}

function toEntries(reply: Reply, { field }: StreamKey): LogEntry[] {
  return (reply as [Buffer, Buffer[]][]).map(([id, fields]) => ({
    cursor: streamCursor(id.toString()),
    data: payloadOf(fields, field),
  }))
}

// An entry of someone else's making still arrives: all its fields, as a JSON object. What is no text is passed on as it
// is, and told to viewers as any event that is none.
function payloadOf(fields: readonly Buffer[], field: string): Buffer {
  const pairs = pairsOf(fields)
  const [, payload = fields.find((bytes) => !isUtf8(bytes))] =
    pairs.find(([name]) => name === field) ?? []
  if (payload !== undefined) return payload
  const texts = pairs.map(([name, value]) => [name, String(value)])
  return Buffer.from(JSON.stringify(Object.fromEntries(texts)))
}

async function readInfo(send: Send, key: string): Promise<StreamInfo | null> {
  const reply = await send('XINFO', 'STREAM', key).catch((error: unknown) => {
    if (String(error).includes('no such key')) return null
    throw error
  })
  if (!Array.isArray(reply)) return null
  const info = new Map(pairsOf<Reply>(reply))
  const deletedId = info.get('max-deleted-entry-id')
  const [firstId] = (info.get('first-entry') ?? []) as readonly Buffer[]
  return {
    length: Number(info.get('length')),
    lastId: String(info.get('last-generated-id')),
    first: firstId && streamCursor(String(firstId)),
    added: Number(info.get('entries-added')),
    deletedId: deletedId === undefined ? null : String(deletedId),
  }
}

// Maps of Redis arrive as one list: name, value, name, value.
function pairsOf<T extends Reply>(flat: readonly T[]): [name: string, value: T | undefined][] {
  return flat.flatMap((name, at) => (at % 2 === 0 ? [[String(name), flat[at + 1]]] : []))
}

const idOf = ({ cursor }: LogEntry): string => cursor.slice('S-'.length)

// Ids are two numbers of 64 bits, beyond what a JavaScript number holds exactly.
function numberOf(id: string): bigint {
  const [ms = '', seq = ''] = id.split('-')
  return (BigInt(ms) << 64n) + BigInt(seq)
}
