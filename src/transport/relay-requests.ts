// What a relay can be asked besides events: one address says it all, whichever transport reads the stream.
import { postStop, type StopOptions } from './cancel.ts'
import { credentialHeaders } from './provided.ts'
import type { Transport } from './transport.ts'

/** Requests to the relay that stops a stream at `stop`; none where that is null. */
export function relayRequests(
  stop: string | null,
  options: StopOptions,
): Pick<Transport, 'cancel' | 'time'> {
  if (stop === null) return {}
  const time = stop.replace(/streams\/[^/]+\/stop$/, 'time')
  return { cancel: () => postStop(stop, options), time: () => getTime(time, options) }
}

/**
 * The JSON of the relay's clock; of a refusal, something else. Credentials are not shown unless they are asked for: the relay itself wants none, a
 * token may be dear, and what is fetched in between would count as the way there.
 */
async function getTime(url: string, options: StopOptions): Promise<unknown> {
  const { fetch = (...args) => globalThis.fetch(...args) } = options
  const ask = (headers: Record<string, string>): Promise<Response> =>
    fetch(url, { headers, cache: 'no-store' })
  let response = await ask({})
  if (response.status === 401) response = await ask(await credentialHeaders(options, 'connect'))
  const told: unknown = await response.json()
  // Streams of one page that ask there share what they know.
  return { ...(told as object), url: response.url }
}
