// Asks the relay to end a run: one POST, whichever transport reads the stream.
import { AgentStreamError, wordsOf } from '../core/errors.ts'
import { canRenew, type Credentials, credentialHeaders } from './provided.ts'
import type { OpenReason } from './transport.ts'

/** Options of {@link postStop}. */
export interface StopOptions extends Credentials {
  /** @default the global fetch */
  readonly fetch?: typeof globalThis.fetch | undefined
}

/** Where to ask for the end of what is read at `…/v1/streams/{id}/events`; null for any other address. */
export function stopUrl(eventsUrl: string): string | null {
  const [, stream] = /^([^?#]*\/v1\/streams\/[^/?#]+\/)events(?:[?#]|$)/.exec(eventsUrl) ?? []
  return stream === undefined ? null : `${stream}stop`
}

/**
 * Posts to a stream's stop address. Resolves once the relay has taken the request; the run ends in its own time.
 * Rejects with AgentStreamError `cancel-failed`, with the status where there was an answer.
 */
export async function postStop(url: string, options: StopOptions): Promise<void> {
  let { ok, status } = await post(url, options, 'connect')
  if (status === 401 && canRenew(options))
    ({ ok, status } = await post(url, options, 'unauthorized'))
  if (ok) return
  const message = `the run could not be asked to stop: expected status 2xx, got ${status}`
  throw new AgentStreamError('cancel-failed', message, { status })
}

async function post(url: string, options: StopOptions, reason: OpenReason): Promise<Response> {
  const { fetch = (...args) => globalThis.fetch(...args) } = options
  try {
    const headers = await credentialHeaders(options, reason)
    // Outlives the page: who stops a run often leaves right after.
    const response = await fetch(url, { method: 'POST', headers, keepalive: true })
    response.body?.cancel().catch(() => {})
    return response
  } catch (cause) {
    const message = `the run could not be asked to stop: ${wordsOf(cause)}`
    throw new AgentStreamError('cancel-failed', message, { cause })
  }
}
