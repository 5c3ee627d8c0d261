// Which hosts and origins a relay answers to. One that anyone on this machine may read checks `Host`, since a foreign
// page can rebind its own name to 127.0.0.1, and lets in pages of this machine besides the origins it was given. One
// that asks for tokens needs neither: it lets in the origins it was given and nobody else. No wildcard is ever sent.
import type { RelayRequest } from '../request.ts'

/** The rules of one relay. */
export interface Origins {
  /** False when the request names a host that this relay does not answer to. */
  isKnownHost(request: RelayRequest): boolean
  /** True for programs, which name no origin, for the relay's own, and for those that may ask from elsewhere. */
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

/**
 * Creates the rules; `local` for a relay without a secret, which serves this machine.
 * @throws TypeError for an origin that no browser would send
 */
export function createOrigins(allowed: readonly string[], local: boolean): Origins {
  const extra = new Set(allowed.map(checkOrigin))

  function isAllowed(request: RelayRequest): boolean {
    const origin = request.header('origin')
    const site = request.header('sec-fetch-site') ?? 'none'
    if (site === 'same-origin') return true
    if (origin === undefined) return site === 'none'
    return extra.has(origin) || (local ? LOCAL_ORIGIN.test(origin) : isOwn(request, origin))
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

// Of the page that the relay itself serves, or a proxy that hands on `Host`. No page can make a browser lie about it.
function isOwn(request: RelayRequest, origin: string): boolean {
  const host = request.header('host')
  return origin === `https://${host}` || origin === `http://${host}`
}

function checkOrigin(origin: string): string {
  const asSent = /^https?:/.test(origin) && URL.canParse(origin) ? new URL(origin).origin : origin
  if (/^[a-z][a-z\d+.-]*:\/\/[^/?#@*\s]+$/.test(origin) && asSent === origin) return origin
  throw new TypeError(`corsOrigins: expected scheme://host[:port], got "${origin}"`)
}
