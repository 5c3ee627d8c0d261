// Which hosts and origins a relay answers to. One that anyone on this machine may read checks `Host`, since a foreign
// page can rebind its own name to 127.0.0.1, and lets in pages of this machine besides the origins it was given. One
// that asks for tokens needs neither: it lets in the origins it was given and nobody else. No wildcard is ever sent.
import type { RelayRequest } from './request.ts'

/** The rules of one relay. */
export interface Origins {
  /** False when the request names a host that this relay does not answer to. */
  isKnownHost(request: RelayRequest): boolean
  /** True for requests without an origin and for origins that may read. */
  isAllowed(request: RelayRequest): boolean
  /** CORS headers for a response. */
  headers(request: RelayRequest): Record<string, string>
}

const LOCAL_HOST = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i
const LOCAL_ORIGIN = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/

/** Headers that answer a preflight, beside those of {@link Origins.headers}. */
export const PREFLIGHT_HEADERS: Readonly<Record<string, string>> = Object.freeze({
  'access-control-allow-methods': 'GET, POST, OPTIONS',
  'access-control-allow-headers': 'Last-Event-ID, Authorization, Cache-Control, Content-Type',
  'access-control-max-age': '600',
})

/** Creates the rules; `local` for a relay without a secret, which serves this machine. */
export function createOrigins(allowed: readonly string[], local: boolean): Origins {
  const extra = new Set(allowed)

  function isAllowed(request: RelayRequest): boolean {
    const origin = request.header('origin')
    return origin === undefined || (local && LOCAL_ORIGIN.test(origin)) || extra.has(origin)
  }

  function headers(request: RelayRequest): Record<string, string> {
    const origin = request.header('origin')
    if (origin === undefined || !isAllowed(request)) return { vary: 'Origin' }
    return { vary: 'Origin', 'access-control-allow-origin': origin }
  }

  const isKnownHost = (request: RelayRequest): boolean =>
    !local || LOCAL_HOST.test(request.header('host') ?? '')

  return { isKnownHost, isAllowed, headers }
}
