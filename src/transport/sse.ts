// Server-sent events over fetch: headers can be set, every status can be read, nothing is re-sent by itself.
// @see https://html.spec.whatwg.org/multipage/server-sent-events.html
import { isAgentStreamError } from '../core/errors.ts'
import { AFTER_PARAM } from '../wire/protocol.ts'
import { postStop, stopUrl } from './cancel.ts'
import { holdConnection } from './connection-stall.ts'
import { canRenew, type Credentials, credentialHeaders } from './provided.ts'
import { orAborted } from './or-aborted.ts'
import { brokenConnection, readResponse } from './response.ts'
import type { OpenOptions, OpenReason, Read, Transport } from './transport.ts'

/** Options of {@link sse}. */
export interface SseOptions extends Credentials {
  /** Address of the stream; may be relative to the page. */
  readonly url: string
  /** @default the global fetch */
  readonly fetch?: typeof globalThis.fetch | undefined
}

/**
 * Reads a stream of server-sent events. The cursor goes out as `Last-Event-ID` and as `?after=`,
 * so that it survives a proxy that drops unknown headers.
 * @example createAgentStream({ transport: sse({ url: '/v1/streams/run-1/events' }) })
 */
export function sse(options: SseOptions): Transport {
  const stop = stopUrl(options.url)
  return {
    name: options.url,
    open: (open) => readEvents(options, open),
    cancel: stop === null ? undefined : () => postStop(stop, options),
  }
}

async function* readEvents(options: SseOptions, open: OpenOptions): AsyncGenerator<Read> {
  const connection = holdConnection(options.url, open.clock, open.onStall ?? (() => {}))
  try {
    const response = await request(options, open)
    connection.answered()
    if (response !== null) yield* readResponse(response, open)
  } finally {
    connection.release()
  }
}

async function request(options: SseOptions, open: OpenOptions): Promise<Response | null> {
  const first = await send(options, open, 'connect')
  if (first === null) return null
  if (first.status !== 401 || !canRenew(options)) return first
  first.body?.cancel().catch(() => {})
  return send(options, open, 'unauthorized')
}

async function send(
  options: SseOptions,
  { after, signal, afterParam }: OpenOptions,
  reason: OpenReason,
): Promise<Response | null> {
  const { url, fetch: send = (...args: Parameters<typeof fetch>) => fetch(...args) } = options
  const answer = requestHeaders(options, reason, after).then((headers) =>
    signal.aborted
      ? null
      : send(resumeUrl(url, after, afterParam), { headers, signal, cache: 'no-store' }),
  )
  try {
    return await orAborted(answer, signal, (response) => response?.body?.cancel().catch(() => {}))
  } catch (cause) {
    if (signal.aborted) return null
    throw isAgentStreamError(cause) ? cause : brokenConnection(cause)
  }
}

async function requestHeaders(
  options: SseOptions,
  reason: OpenReason,
  after: string | null,
): Promise<Record<string, string>> {
  return {
    accept: 'text/event-stream',
    ...(await credentialHeaders(options, reason)),
    // A header takes plain characters only; the address carries the others.
    ...(after !== null && /^[ -~]*$/.test(after) ? { 'last-event-id': after } : {}),
  }
}

function resumeUrl(url: string, after: string | null, param = AFTER_PARAM): string {
  if (after === null) return url
  const [path = '', hash = ''] = url.split(/(?=#)/)
  return `${path}${path.includes('?') ? '&' : '?'}${param}=${encodeURIComponent(after)}${hash}`
}
