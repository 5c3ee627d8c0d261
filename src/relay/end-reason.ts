// Which payloads end their run: asked of every event, so that almost none may be parsed for it.
import type { EndReason } from '../wire/protocol.ts'
import { endReasonOf } from '../wire/terminal.ts'

// Without the quote in front, at which a search through JSON would stop again and again: half the time.
const STATUS = Buffer.from('status"')
const RUN = Buffer.from('RUN_')

/** How a payload ends its run, or null. Bytes without the tell-tale words are never parsed. */
export function endReasonOfBytes(data: Buffer, maxEventBytes: number): EndReason | null {
  if (data.length > maxEventBytes || !(data.includes(STATUS) || data.includes(RUN))) return null
  try {
    return endReasonOf(JSON.parse(data.toString()))
  } catch {
    return null // not JSON: passed on as it is, counted by the client
  }
}
