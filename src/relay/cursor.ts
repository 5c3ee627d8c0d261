// Cursors: where in a log a viewer is. `S-<ms>-<seq>` names a Redis Stream entry; `L-<epoch>-<index>-<hash>` a list
// element, with 32 bits of the log's first element and of its own bytes, so that any relay can tell on resume whether
// the log is still the same. Only characters that a cross-origin `Last-Event-ID` may carry without a preflight.
import { crc32 } from 'node:zlib'

/** A place in a list: the element's index, its bytes' hash and the hash of the list's first element. */
export interface ListCursor {
  readonly form: 'list'
  readonly epoch: string
  readonly index: number
  readonly hash: string
}

/** A place in a Redis Stream. */
export interface StreamCursor {
  readonly form: 'stream'
  /** The entry's id as Redis writes it, `<ms>-<seq>`. */
  readonly entryId: string
}

/** A parsed cursor. */
export type Cursor = ListCursor | StreamCursor

/** What a well-formed cursor looks like, for error messages. */
export const CURSOR_FORMS = '"S-<ms>-<seq>" or "L-<epoch>-<index>-<hash>"'

// Numbers have one spelling only: equal places must be equal strings.
const STREAM_FORM = /^S-((0|[1-9]\d{0,19})-(0|[1-9]\d{0,19}))$/
const LIST_FORM = /^L-([0-9a-f]{8})-(0|[1-9]\d{0,14})-([0-9a-f]{8})$/
const MOST = 2n ** 64n - 1n

/** Parses a cursor, or gives null when it is none. */
export function parseCursor(text: string): Cursor | null {
  const [, entryId, ms = '', seq = ''] = STREAM_FORM.exec(text) ?? []
  if (entryId !== undefined) {
    return BigInt(ms) <= MOST && BigInt(seq) <= MOST ? { form: 'stream', entryId } : null
  }
  const [, epoch, index, hash] = LIST_FORM.exec(text) ?? []
  if (epoch === undefined || index === undefined || hash === undefined) return null
  return { form: 'list', epoch, index: Number(index), hash }
}

/** The cursor of a list element. */
export function listCursor(epoch: string, index: number, data: Uint8Array): string {
  return `L-${epoch}-${index}-${hashOf(data)}`
}

/** The cursor of a Redis Stream entry. */
export function streamCursor(entryId: string): string {
  return `S-${entryId}`
}

/** 32 bits of some bytes, as 8 hex digits. */
export function hashOf(data: Uint8Array): string {
  const hash = crc32(data)
  const byte = (at: number): string => HEX[(hash >>> at) & 255] ?? ''
  return byte(24) + byte(16) + byte(8) + byte(0)
}

// `toString(16)` of so large a number costs more than the hash itself.
const HEX = Array.from({ length: 256 }, (_, n) => n.toString(16).padStart(2, '0'))
