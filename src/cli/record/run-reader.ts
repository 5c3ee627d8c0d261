// Reads a run from a relay, from its first event to its end, over as many connections as it takes: each goes on after
// the last event that came.
import { createParser } from 'eventsource-parser'
import type { EventSourceMessage } from 'eventsource-parser'
import { eventsPath, RELAY_EVENT } from '../../wire/protocol.ts'
import type { EndReason, RelayEnd, RelayError, RelayGap } from '../../wire/protocol.ts'
import { CommandError, messageOf } from '../command-error.ts'
import type { Logger } from '../logger.ts'
import { refusalOf } from './recording-source.ts'
import type { RecordingSource } from './recording-source.ts'
import { pause } from '../pause.ts'

/** One event of a run. */
export interface RunEvent {
  readonly id: string
  readonly data: string
  /** False for what was in the log before it was read for the first time. */
  readonly live: boolean
}

/** What to read. */
export interface RunReaderOptions {
  readonly source: RecordingSource
  readonly id: string
  readonly logger: Logger
  readonly signal: AbortSignal
  /** Wait for a run that has not begun, however long that takes. */
  readonly follow: boolean
}

const RETRIES = 8
const RETRY_MS = 100
const RETRY_CEILING_MS = 5000

/**
 * Gives the events of a run; returns how it ended, or null when it was aborted before.
 * @throws CommandError when it cannot be read any further
 */
export async function* readRun(
  options: RunReaderOptions,
): AsyncGenerator<RunEvent, EndReason | null, void> {
  const { source, id, logger, signal } = options
  let after: string | null = null
  let live = false
  let failures = 0
  while (!signal.aborted) {
    try {
      const headers: Record<string, string> = after === null ? {} : { 'last-event-id': after }
      const response = await source.ask(eventsPath(id), { headers, signal })
      if (response.status === 204) return 'completed'
      if (!response.ok && response.status !== 503) throw refusalOf(source, id, response.status)
      for await (const { event, id: cursor, data } of messagesOf(response, signal)) {
        if (event === undefined && cursor !== undefined) {
          yield { id: (after = cursor), data, live }
          failures = 0
        } else if (event === RELAY_EVENT.caughtUp) live = true
        else if (event === RELAY_EVENT.end) return (JSON.parse(data) as RelayEnd).reason
        else if (event === RELAY_EVENT.gap) logger.warn(gapWords(JSON.parse(data) as RelayGap))
        else if (event === RELAY_EVENT.error) {
          heedError(JSON.parse(data) as RelayError, cursor !== undefined)
          after = cursor ?? after
        }
      }
    } catch (error) {
      if (error instanceof CommandError) throw error
      if (!signal.aborted) logger.warn(`reading on: ${messageOf(error)}`)
    }
    if (!signal.aborted && ++failures > RETRIES) {
      throw new CommandError(`${source.name} gave nothing more of stream ${id} in ${RETRIES} tries`)
    }
    await pause(Math.min(RETRY_CEILING_MS, RETRY_MS * 2 ** failures), signal)
  }
  return null

  function heedError({ code, message }: RelayError, isOfEvent: boolean): void {
    if (code === 'not-started') {
      if (!options.follow) throw new CommandError(`stream ${id} has not begun`)
      failures = 0
    } else
      logger.warn(
        `${isOfEvent ? 'an event is missing here' : 'the relay says'}: ${code}, ${message}`,
      )
  }
}

const gapWords = ({ reason }: RelayGap): string =>
  `events are missing here: the log was ${reason === 'expired' ? 'forgotten' : reason}`

async function* messagesOf(
  { body }: Response,
  signal: AbortSignal,
): AsyncGenerator<EventSourceMessage, void, void> {
  if (body === null) return
  const messages: EventSourceMessage[] = []
  const parser = createParser({ onEvent: (message) => messages.push(message) })
  const decoder = new TextDecoder()
  const reader = body.getReader()
  const cancel = (): void => void reader.cancel().catch(() => undefined)
  signal.addEventListener('abort', cancel, { once: true })
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      parser.feed(decoder.decode(value as Uint8Array, { stream: true }))
      yield* messages.splice(0)
    }
  } finally {
    signal.removeEventListener('abort', cancel)
    cancel()
  }
}
