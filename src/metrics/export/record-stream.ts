// Records a live stream in the page, in the format that `framewise record` writes: what came over the wire, once each,
// and when. It holds the payloads that came anyway, up to a limit; the beginning is kept, for it is what can be replayed.
import type { Tap, TapSetting } from '../../core/tap.ts'
import { createRecordTimes, timingOf } from '../../wire/record-times.ts'
import { encodeRecording, type RecordedEvent, type Recording } from '../../wire/recording.ts'
import { createRedactor } from '../../wire/redact.ts'
import { quietTap } from './quiet-tap.ts'

/** Whatever lets a tap in, as a stream does. */
export interface Tappable {
  /** Lets a tap in until the returned function is called. */
  tap(make: (setting: TapSetting) => Tap): () => void
}

/** How a recording is handed out. */
export interface RedactOption {
  /**
   * Replaces what was said, and keeps lengths, times, the shape of ids, keys and types, as `framewise record --redact`
   * does. @default what the recorder was told
   */
  readonly redact?: boolean | undefined
}

/** Options of {@link recordStream}. */
export interface RecordStreamOptions {
  /** Whether all that is handed out is redacted. @default false */
  readonly redact?: boolean | undefined
  /**
   * `arrival`: when events came to this page, pauses of the network included. `log`: when they were written, where the
   * cursors tell. @default 'arrival'
   */
  readonly timing?: 'arrival' | 'log' | undefined
  /**
   * How the run lies in Redis. @default by the form of the cursors, in which a relay on memory is no other than a list
   * (`suna-list`); else `unknown`
   */
  readonly layout?: string | undefined
  /** Most events. @default 100_000 */
  readonly maxEvents?: number | undefined
  /** Most memory, in bytes: two for each character, and 64 for each event. @default 64 Mi */
  readonly maxBytes?: number | undefined
}

/** How a recording stands; the last two say that what followed of its log is not in it. */
export type RecordingState = 'recording' | 'stopped' | 'events-limit' | 'bytes-limit'

/** A recording under way, or done. */
export interface StreamRecorder {
  /** How it stands. */
  readonly state: RecordingState
  /** Events in it. */
  readonly events: number
  /** Memory they take, in bytes, as `maxBytes` counts it. */
  readonly bytes: number
  /** Ends it; what was recorded stays. */
  stop(): void
  /** What was recorded so far, for `replay` and the lab. */
  recording(options?: RedactOption): Recording
  /** The same as NDJSON, for `framewise produce --play` and for a bug report. */
  toNDJSON(options?: RedactOption): string
  /** The same as a file to be downloaded. */
  toBlob(options?: RedactOption): Blob
}

const EVENT_BYTES = 64

/**
 * Records what a stream receives, from now on. Begin before `connect()` or `start()` to have all of a run. A recording is
 * of one log: it begins anew, a limit that was reached included, with another run that `start()` asked for and that has
 * a log of its own, and with a log that turns out to be another one (a gap, `replaced`). After a `hydrate` with a cursor
 * it goes on behind that event, or begins anew where it does not hold it.
 * @throws TypeError when a limit is not above 0
 * @example
 * const recorder = recordStream(stream)
 * download(recorder.toBlob({ redact: true }))
 */
export function recordStream(stream: Tappable, options: RecordStreamOptions = {}): StreamRecorder {
  const { timing = 'arrival', layout, maxEvents = 100_000, maxBytes = 64 * 2 ** 20 } = options
  if (!(maxEvents > 0)) throw new TypeError(`expected \`maxEvents\` above 0, got ${maxEvents}`)
  if (!(maxBytes > 0)) throw new TypeError(`expected \`maxBytes\` above 0, got ${maxBytes}`)
  let state: RecordingState = 'recording'
  let events: RecordedEvent[] = []
  let bytes = 0
  let protocol = ''
  let at = 0
  let times = createRecordTimes(() => at)

  const begin = (): void => {
    state = 'recording'
    events = []
    bytes = 0
    times = createRecordTimes(() => at)
  }
  const keep = (id: string | null, data: string): void => {
    const size = bytesOf({ id, data })
    if (events.length >= maxEvents) state = 'events-limit'
    else if (bytes + size > maxBytes) state = 'bytes-limit'
    if (state !== 'recording') return
    bytes += size
    const t = times.of({ id: (timing === 'log' && id) || '', live: true })
    events.push({ t, id, data })
  }
  const leave = stream.tap((setting) => {
    protocol = setting.protocol
    return {
      ...quietTap,
      received(frame, arrivedAt) {
        at = arrivedAt
        if (state === 'recording') keep(frame.id || null, frame.data)
      },
      replaced() {
        // Two logs in one recording would be decoded as one.
        if (state !== 'stopped') begin()
      },
      moved(cursor) {
        if (state === 'stopped') return
        const last = events.findLastIndex(({ id }) => id === cursor)
        // Nobody knows what lies between; a recording that is full has no place for it anyway.
        if (last < 0) return void (state === 'recording' && begin())
        // What follows is on its way once more.
        for (const event of events.splice(last + 1)) bytes -= bytesOf(event)
        times.backTo(events[last]?.t ?? 0)
        state = 'recording'
      },
    }
  })
  const recording = ({ redact = options.redact }: RedactOption = {}): Recording => {
    const first = events[0]?.id ?? ''
    return {
      framewise: 1,
      layout: layout ?? layoutOf(first),
      protocol,
      timing: timing === 'log' ? timingOf(first) : 'arrival',
      ...(state.endsWith('limit') && { truncated: true }),
      events: redact === true ? redacted(events) : [...events],
    }
  }
  return {
    get state() {
      return state
    },
    get events() {
      return events.length
    },
    get bytes() {
      return bytes
    },
    stop() {
      if (state === 'recording') state = 'stopped'
      leave()
    },
    recording,
    toNDJSON: (how) => encodeRecording(recording(how)),
    toBlob: (how) => new Blob([encodeRecording(recording(how))], { type: 'application/x-ndjson' }),
  }
}

function bytesOf({ id, data }: Pick<RecordedEvent, 'id' | 'data'>): number {
  return 2 * (data.length + (id?.length ?? 0)) + EVENT_BYTES
}

function redacted(events: readonly RecordedEvent[]): RecordedEvent[] {
  const redactor = createRedactor()
  return events.map(({ t, id, data }) => ({
    t,
    id: id === null ? null : redactor.cursor(id),
    data: redactor.payload(data),
  }))
}

// The relay's cursors have the form of a layout, those of memory that of a list; what others call theirs says nothing.
function layoutOf(cursor: string): string {
  if (/^S-\d+-\d+$/.test(cursor)) return 'suna-stream'
  return /^L-[0-9a-f]{8}-\d+-[0-9a-f]{8}$/.test(cursor) ? 'suna-list' : 'unknown'
}
