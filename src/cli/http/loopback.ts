// Loopback, as far as names tell: whoever asks for no token serves nobody else.
import type { IncomingMessage } from 'node:http'

const NAMES = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i

/** True for a name or address of this machine alone. */
export function isLoopback(name: string): boolean {
  return NAMES.test(name)
}

/** True when a request names this machine, so that no foreign page can have rebound a name of its own to it. */
export function isForLoopback(request: IncomingMessage): boolean {
  return isLoopback((request.headers.host ?? '').replace(/:\d+$/, ''))
}

/**
 * True when a request can come from a page of another site: by its `Origin`, or by what the browser says of it.
 * Programs that are no browser send neither.
 */
export function isForeign(request: IncomingMessage): boolean {
  const { origin, host, 'sec-fetch-site': site } = request.headers
  if (typeof site === 'string' && site !== 'same-origin' && site !== 'none') return true
  return origin !== undefined && origin !== `http://${host}`
}
