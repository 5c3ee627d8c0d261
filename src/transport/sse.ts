// Server-sent events over fetch: headers can be set, every status can be read, nothing is re-sent by itself.
// @see https://html.spec.whatwg.org/multipage/server-sent-events.html
import { isAgentStreamError } from '../core/errors.ts'
import { AFTER_PARAM, TIMING_PARAM } from '../wire/protocol.ts'
import { stopUrl } from './cancel.ts'
import { holdConnection } from './connection-stall.ts'
import { canRenew, type Credentials, credentialHeaders } from './provided.ts'
import { relayRequests } from './relay-requests.ts'
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
  return {
    name: options.url,
    open: (open) => readEvents(options, open),
    ...relayRequests(stopUrl(options.url), options),
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
  open: OpenOptions,
  reason: OpenReason,
): Promise<Response | null> {
  const { url, fetch: send = (...args: Parameters<typeof fetch>) => fetch(...args) } = options
  const { after, signal } = open
  const answer = requestHeaders(options, reason, after).then((headers) =>
    signal.aborted ? null : send(requestUrl(url, open), { headers, signal, cache: 'no-store' }),
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

// Only a relay is asked for stamps: another server may take offence at what it does not know.
function requestUrl(url: string, { after, afterParam = AFTER_PARAM, timing }: OpenOptions): string {
  const timed = timing && stopUrl(url) !== null ? withParam(url, TIMING_PARAM, '1') : url
  return after === null ? timed : withParam(timed, afterParam, encodeURIComponent(after))
}

function withParam(url: string, name: string, value: string): string {
  const [path = '', hash = ''] = url.split(/(?=#)/)
  return `${path}${path.includes('?') ? '&' : '?'}${name}=${value}${hash}`
}
