// A response as a stream of reads: what it is by its status and type, then its body, chunk by chunk.
import { AgentStreamError, isAgentStreamError, wordsOf } from '../core/errors.ts'
import { RELAY_EVENT } from '../wire/protocol.ts'
import { createFrameParser, type FrameParser } from './frame-parser.ts'
import type { OpenOptions, Read } from './transport.ts'

const EVENT_STREAM = 'text/event-stream'

/**
 * Reads a response to its end. The first read has no frames and says that there is an answer.
 * @throws AgentStreamError when it is no stream, or breaks
 */
export async function* readResponse(
  response: Response,
  options: OpenOptions,
): AsyncGenerator<Read> {
  const { clock } = options
  // 204 is how the relay, EventSource's own spec and AI SDK's resume route say that nothing will come.
  if (response.status === 204) {
    yield { at: clock.now(), frames: [{ event: RELAY_EVENT.end, id: undefined, data: '{}' }] }
    return
  }
  const parser = parserFor(response, options)
  yield { at: clock.now(), frames: [] }
  if (response.body !== null) yield* readBody(response.body.getReader(), parser, options)
}

/** The error of a connection that could not be made or broke. */
export function brokenConnection(cause: unknown): AgentStreamError {
  const words = `the connection could not be made or broke: ${wordsOf(cause)}`
  return new AgentStreamError('connection-failed', words, { cause })
}

async function* readBody(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  parser: FrameParser,
  { clock, signal }: OpenOptions,
): AsyncGenerator<Read> {
  // The body need not know of our signal: a response of the application's own was asked for with another one.
  const cancel = (): void => void reader.cancel().catch(() => {})
  signal.addEventListener('abort', cancel, { once: true })
  if (signal.aborted) cancel()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      const at = clock.now()
      if (signal.aborted) return
      const frames = done ? parser.end() : parser.parse(value)
      if (!done || frames.length > 0) yield { at, frames, retryMs: parser.retryMs }
      if (done) return
    }
  } catch (cause) {
    if (isAgentStreamError(cause)) throw cause
    if (!signal.aborted) throw brokenConnection(cause)
  } finally {
    signal.removeEventListener('abort', cancel)
    cancel()
  }
}

function parserFor(response: Response, { body, maxEventChars }: OpenOptions): FrameParser {
  const { ok, status, headers, url } = response
  const type = (headers.get('content-type') ?? '').toLowerCase()
  const parser = !ok
    ? null
    : type.startsWith(EVENT_STREAM)
      ? createFrameParser(maxEventChars)
      : body?.(type)
  if (parser) return parser
  response.body?.cancel().catch(() => {})
  const html = type.startsWith('text/html') ? ', an HTML page' : ''
  if (ok) {
    // A browser takes headers for complete when the connection ends within them: that is a cut, and may be tried again.
    const code = EVENT_STREAM.startsWith(type) ? 'connection-failed' : 'content-type'
    throw new AgentStreamError(
      code,
      `expected content-type ${EVENT_STREAM}, got ${type || 'none'}${html}: is ${url} the stream's address?`,
      { status },
    )
  }
  throw new AgentStreamError('http-status', `expected status 200, got ${status}${html}: ${url}`, {
    status,
    retryAfterMs: patienceOf(headers.get('retry-after')),
  })
}

// Seconds, or a date. @see https://httpwg.org/specs/rfc9110.html#field.retry-after
function patienceOf(retryAfter: string | null): number | undefined {
  if (retryAfter === null) return undefined
  const ms = /^\d+$/.test(retryAfter)
    ? Number(retryAfter) * 1000
    : Date.parse(retryAfter) - Date.now()
  return ms > 0 ? ms : undefined
}
