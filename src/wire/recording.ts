// The recording format: NDJSON, one header line, then one line per event with its time.
// Written by `record`, `recordStream` and `produce --out`; read by `produce --play`, `replay` and the lab.

/** First line of a recording. */
export interface RecordingHeader {
  /** Version of the format. */
  readonly framewise: 1
  /** Redis layout the events came from (`suna-list`, `suna-stream`), `memory`, or `unknown`. */
  readonly layout: string
  /** Name of the protocol that decodes the events (`ag-ui`, `suna`, …). */
  readonly protocol: string
  /** Where the times come from: the log itself, or when events came to whoever recorded them. */
  readonly timing?: 'log' | 'arrival' | undefined
  /** True where the recorder came to its limit: what followed is not in it. */
  readonly truncated?: boolean | undefined
}

/** One recorded event. */
export interface RecordedEvent {
  /** Milliseconds since the start of the recording. */
  readonly t: number
  /** Cursor the event had, or null where the source gave none. */
  readonly id: string | null
  /** The event's payload, as the producer wrote it. */
  readonly data: string
}

/** A recording: a header and its events in order. */
export interface Recording extends RecordingHeader {
  /** By their times, earliest first. */
  readonly events: readonly RecordedEvent[]
}

/** Thrown for text that is not a recording; the message says which line and what was expected. */
export class RecordingFormatError extends Error {
  override readonly name = 'RecordingFormatError'
}

/** Encodes a recording as NDJSON, with a line break after every line. */
export function encodeRecording(recording: Recording): string {
  const lines = [encodeHeader(recording), ...recording.events.map(encodeEvent)]
  return lines.join('\n') + '\n'
}

/** The first line of a recording, without its line break. */
export function encodeHeader(header: RecordingHeader): string {
  const { framewise, layout, protocol, timing, truncated } = header
  return JSON.stringify({ framewise, layout, protocol, timing, truncated: truncated || undefined })
}

/** The line of one event, without its line break. */
export function encodeEvent({ t, id, data }: RecordedEvent): string {
  return JSON.stringify({ t, id, data })
}

/**
 * Decodes NDJSON text into a recording. Blank lines are allowed.
 * @throws RecordingFormatError when a line is not what the format says
 */
export function decodeRecording(text: string): Recording {
  const lines = text.split('\n')
  const header = parseLine(lines[0] ?? '', 1)
  if (header['framewise'] !== 1 || !isText(header['layout']) || !isText(header['protocol'])) {
    throw new RecordingFormatError(
      `line 1: expected {"framewise":1,"layout":…,"protocol":…}, got ${excerpt(lines[0] ?? '')}`,
    )
  }
  const events: RecordedEvent[] = []
  for (let index = 1; index < lines.length; index++) {
    const line = lines[index] ?? ''
    if (line.trim() !== '') events.push(parseEvent(line, index + 1))
  }
  const { layout, protocol, timing, truncated } = header
  return {
    framewise: 1,
    layout,
    protocol,
    ...((timing === 'log' || timing === 'arrival') && { timing }),
    events,
    ...(truncated === true && { truncated }),
  }
}

function parseEvent(line: string, number: number): RecordedEvent {
  const { t, id = null, data } = parseLine(line, number)
  if (!isTime(t) || !isText(data) || !(id === null || isText(id))) {
    throw new RecordingFormatError(
      `line ${number}: expected {"t":ms,"id":cursor or null,"data":text}, got ${excerpt(line)}`,
    )
  }
  return { t, id, data }
}

function parseLine(line: string, number: number): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  } catch {
    // told below, with the line
  }
  throw new RecordingFormatError(`line ${number}: expected a JSON object, got ${excerpt(line)}`)
}

// JSON knows no Infinity, but `1e999` is read as one.
const isTime = (value: unknown): value is number => Number.isFinite(value) && Number(value) >= 0

const isText = (value: unknown): value is string => typeof value === 'string'

const excerpt = (line: string): string =>
  line.length > 80 ? `${line.slice(0, 80)}…` : line || 'nothing'
