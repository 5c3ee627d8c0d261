// Server-sent events over fetch: headers can be set, every status can be read, nothing is re-sent by itself.
// @see https://html.spec.whatwg.org/multipage/server-sent-events.html
import { AgentStreamError, isAgentStreamError, wordsOf } from '../core/errors.ts'
import { AFTER_PARAM, RELAY_EVENT } from '../wire/protocol.ts'
import { createFrameParser } from './frame-parser.ts'
import type { OpenOptions, OpenReason, Read, Transport } from './transport.ts'

/** A value, or a function that is asked for it on every connect. */
export type Provided<T> = T | ((context: { reason: OpenReason }) => T | Promise<T>)

/** Options of {@link sse}. */
export interface SseOptions {
  /** Address of the stream; may be relative to the page. */
  readonly url: string
  /** Sent as `Authorization: Bearer`; asked again once after a 401. @default none */
  readonly token?: Provided<string> | undefined
  /** Further request headers. @default none */
  readonly headers?: Provided<Readonly<Record<string, string>>> | undefined
  /** @default the global fetch */
  readonly fetch?: typeof globalThis.fetch | undefined
}

/**
 * Reads a stream of server-sent events. The cursor goes out as `Last-Event-ID` and as `?after=`,
 * so that it survives a proxy that drops unknown headers.
 * @example createAgentStream({ transport: sse({ url: '/v1/streams/run-1/events' }) })
 */
export function sse(options: SseOptions): Transport {
  return { name: options.url, open: (open) => readEvents(options, open) }
}

async function* readEvents(options: SseOptions, open: OpenOptions): AsyncGenerator<Read> {
  const response = await request(options, open)
  if (response === null) return
  yield { at: open.clock.now(), frames: [] }
  // 204 is how the relay, and EventSource's own spec, say that nothing more will ever come.
  if (response.status === 204) {
    yield { at: open.clock.now(), frames: [{ event: RELAY_EVENT.end, id: undefined, data: '{}' }] }
    return
  }
  if (response.body !== null) yield* readBody(response.body.getReader(), open)
}

async function* readBody(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  { clock, signal }: OpenOptions,
): AsyncGenerator<Read> {
  const parser = createFrameParser()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      const at = clock.now()
      yield { at, frames: parser.parse(value) }
    }
  } catch (cause) {
    if (isAgentStreamError(cause)) throw cause
    if (!signal.aborted) throw new AgentStreamError('connection-failed', broken(cause), { cause })
  } finally {
    reader.cancel().catch(() => {})
  }
}

async function request(options: SseOptions, open: OpenOptions): Promise<Response | null> {
  const first = await send(options, open, 'connect')
  if (first === null) return null
  const asksAgain = typeof options.token === 'function' || typeof options.headers === 'function'
  const response =
    first.status === 401 && asksAgain ? await send(options, open, 'unauthorized') : first
  if (response !== null) check(response)
  return response
}

async function send(
  options: SseOptions,
  { after, signal }: OpenOptions,
  reason: OpenReason,
): Promise<Response | null> {
  const send = options.fetch ?? ((...args: Parameters<typeof fetch>) => fetch(...args))
  try {
    const headers = await requestHeaders(options, reason, after)
    return await send(resumeUrl(options.url, after), { headers, signal, cache: 'no-store' })
  } catch (cause) {
    if (signal.aborted) return null
    throw new AgentStreamError('connection-failed', broken(cause), { cause })
  }
}

async function requestHeaders(
  { token, headers }: SseOptions,
  reason: OpenReason,
  after: string | null,
): Promise<Record<string, string>> {
  const given = await provide(headers, reason)
  const bearer = await provide(token, reason)
  return {
    accept: 'text/event-stream',
    ...given,
    ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
    // A header takes plain characters only; the address carries the others.
    ...(after !== null && /^[ -~]*$/.test(after) ? { 'last-event-id': after } : {}),
  }
}

function provide<T>(
  value: Provided<T> | undefined,
  reason: OpenReason,
): T | Promise<T> | undefined {
  return typeof value === 'function' ? (value as (c: object) => T | Promise<T>)({ reason }) : value
}

function resumeUrl(url: string, after: string | null): string {
  if (after === null) return url
  const [path = '', hash = ''] = url.split(/(?=#)/)
  return `${path}${path.includes('?') ? '&' : '?'}${AFTER_PARAM}=${encodeURIComponent(after)}${hash}`
}

function check(response: Response): void {
  if (response.status === 204) return
  const { ok, status } = response
  const type = response.headers.get('content-type') ?? 'none'
  if (ok && type.toLowerCase().startsWith('text/event-stream')) return
  response.body?.cancel().catch(() => {})
  if (ok) {
    throw new AgentStreamError(
      'content-type',
      `expected content-type text/event-stream, got ${type}: is ${response.url} the stream's address?`,
      { status },
    )
  }
  throw new AgentStreamError('http-status', `expected status 200, got ${status}`, { status })
}

function broken(cause: unknown): string {
  return `the connection could not be made or broke: ${wordsOf(cause)}`
}
