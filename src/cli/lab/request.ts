// What POST /lab/runs may ask for: a recording as the body, and how to replay it as the query.
import type { IncomingMessage } from 'node:http'
import type { SunaLayout } from '../../testing/suna-envelope.ts'
import { decodeRecording, RecordingFormatError } from '../../wire/recording.ts'
import type { Recording } from '../../wire/recording.ts'
import { HttpError, readText } from '../http/http-reply.ts'
import { knownFields, number, oneOf, wrong } from '../http/request-fields.ts'

/** Where a recording may be replayed from. */
export const LAB_SOURCES = ['memory', 'redis'] as const

/** Layouts of a replay from Redis. */
export const LAB_LAYOUTS: readonly SunaLayout[] = ['suna-list', 'suna-stream']

/** Most bytes of a recording. */
export const MAX_RECORDING_BYTES: number = 16 * 1024 * 1024

/** A checked request for a replay. */
export interface LabRequest {
  readonly source: (typeof LAB_SOURCES)[number]
  readonly layout: SunaLayout
  /** How much faster than recorded; 0 is as fast as it goes. */
  readonly speed: number
}

/**
 * Checks the query.
 * @throws HttpError 400 that teaches what would be right
 */
export function readLabRequest(query: URLSearchParams): LabRequest {
  const { speed = '1', ...words } = Object.fromEntries(query)
  const fields = { ...words, speed: speed.trim() === '' ? speed : Number(speed) }
  knownFields(fields, ['source', 'layout', 'speed'])
  return {
    source: oneOf(fields, 'source', LAB_SOURCES) ?? 'memory',
    layout: oneOf(fields, 'layout', LAB_LAYOUTS) ?? 'suna-stream',
    speed: number(fields, 'speed', 1, 0, 100_000),
  }
}

/**
 * Reads the recording.
 * @throws HttpError 415, 413 or 400
 */
export async function readRecording(request: IncomingMessage): Promise<Recording> {
  const type = request.headers['content-type'] ?? 'nothing'
  if (!/^application\/x-ndjson\b/i.test(type)) {
    throw new HttpError(415, 'content-type', `send application/x-ndjson, got ${type}`)
  }
  const text = await readText(request, MAX_RECORDING_BYTES)
  try {
    const recording = decodeRecording(text)
    if (recording.events.length > 0) return recording
  } catch (error) {
    if (error instanceof RecordingFormatError) throw wrong(error.message)
    throw error
  }
  throw wrong('the recording has no events')
}
