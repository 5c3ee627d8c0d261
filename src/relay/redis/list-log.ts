// Reads the list layout (RPUSH; the index is the place). An index alone proves nothing, since a list can be deleted and
// written anew: every read begins with the element already seen, brings the list's first element too, and compares the
// hashes of both. What does not match is a new log, read from its start.
import { hashOf, listCursor } from '../cursor.ts'
import type { Cursor } from '../cursor.ts'
import { missingPage } from '../backend.ts'
import type { LogEntry, Page, ReadOptions, StreamStat } from '../backend.ts'
import { endReasonOfBytes } from '../end-reason.ts'
import type { Send } from './redis-session.ts'

/** Reads a list after a cursor. */
export async function readList(
  send: Send,
  key: string,
  after: Cursor | null,
  { limit }: ReadOptions,
): Promise<Page> {
  if (after?.form !== 'list') return readStart(send, key, limit, after !== null)
  const { epoch, index, hash } = after
  // One round trip, and no transaction: the first element is asked for last, so that it is at least as new.
  const [values, first] = await Promise.all([
    send('LRANGE', key, String(index), String(index + limit)) as Promise<Buffer[]>,
    send('LINDEX', key, '0') as Promise<Buffer | null>,
  ])
  const [at, ...entries] = toEntries(epoch, index, values)
  const isOther = first !== null && hashOf(first) !== epoch
  if (isOther || !at?.cursor.endsWith(hash)) return readStart(send, key, limit, true)
  const next = entries.at(-1)?.cursor ?? at.cursor
  return { exists: true, gap: null, entries, more: entries.length === limit, next, at: at.data }
}

/** The state of a list. */
export async function statList(send: Send, key: string): Promise<StreamStat | null> {
  const [length, first, last] = await Promise.all([
    send('LLEN', key) as Promise<number>,
    send('LINDEX', key, '0') as Promise<Buffer | null>,
    send('LINDEX', key, '-1') as Promise<Buffer | null>,
  ])
  if (first === null || last === null) return null
  const epoch = hashOf(first)
  return {
    length,
    first: listCursor(epoch, 0, first),
    last: listCursor(epoch, length - 1, last),
    ended: endReasonOfBytes(last, Infinity) !== null,
    layout: 'suna-list',
  }
}

async function readStart(send: Send, key: string, limit: number, resumed: boolean): Promise<Page> {
  const values = (await send('LRANGE', key, '0', String(limit - 1))) as Buffer[]
  const [head] = values
  if (head === undefined) return missingPage(resumed)
  const entries = toEntries(hashOf(head), 0, values)
  const next = entries.at(-1)?.cursor ?? null
  const gap = resumed ? 'replaced' : null
  return { exists: true, gap, entries, more: entries.length === limit, next, at: null }
}

function toEntries(epoch: string, from: number, values: readonly Buffer[]): LogEntry[] {
  return values.map((data, at) => ({ cursor: listCursor(epoch, from + at, data), data }))
}
