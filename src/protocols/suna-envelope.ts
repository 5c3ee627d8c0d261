// Suna's envelope: `content` and `metadata` are JSON objects, mostly written as strings inside the JSON.
// Both are parsed once, here.
import { fail, type Fields, isObject, maybeText, parseObject } from './fields.ts'

/** One saved or streamed row, unwrapped. */
export interface SunaEnvelope {
  readonly type: string
  /** Id in the database, or null for a chunk. */
  readonly messageId: string | null
  readonly runId: string | null
  readonly content: Fields
  readonly metadata: Fields
}

/** Unwraps a row. @throws TypeError when an inner JSON is broken */
export function openEnvelope(type: string, row: Fields): SunaEnvelope {
  const content = innerObject(row, 'content')
  const metadata = innerObject(row, 'metadata')
  return {
    type,
    messageId: maybeText(row['message_id']) ?? null,
    runId: maybeText(metadata['thread_run_id'] ?? content['thread_run_id']) ?? null,
    content,
    metadata,
  }
}

/** True for a row; bare statuses and telemetry have no `content`. */
export function isEnveloped(row: Fields): boolean {
  return row['content'] !== undefined && row['content'] !== null
}

function innerObject(row: Fields, name: string): Fields {
  const value = row[name] ?? {}
  if (typeof value === 'string') return parseObject(value, name)
  return isObject(value) ? value : fail(`${name} to be an object`, value)
}
