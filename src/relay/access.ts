// Who may talk to a relay that has no secret: pages and programs on this machine. The `Host` check stops a foreign
// page that rebinds its own name to 127.0.0.1; the origin check stops the rest. No wildcard is ever sent.
import type { IncomingMessage } from 'node:http'

/** The rules of one relay. */
export interface Access {
  /** False when the request names a host that is not this machine. */
  isLocalHost(req: IncomingMessage): boolean
  /** True for requests without an origin and for origins that may read. */
  isAllowedOrigin(req: IncomingMessage): boolean
  /** CORS headers for a response. */
  headers(req: IncomingMessage): Record<string, string>
}

const LOCAL_HOST = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i
const LOCAL_ORIGIN = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/

/** Headers that answer a preflight, beside those of {@link Access.headers}. */
export const PREFLIGHT_HEADERS: Readonly<Record<string, string>> = Object.freeze({
  'access-control-allow-methods': 'GET, OPTIONS',
  'access-control-allow-headers': 'Last-Event-ID, Authorization, Cache-Control, Content-Type',
  'access-control-max-age': '600',
})

/** Creates the rules for a relay on loopback; `corsOrigins` are allowed besides local ones. */
export function createAccess(corsOrigins: readonly string[]): Access {
  const extra = new Set(corsOrigins)

  function isAllowedOrigin({ headers: { origin } }: IncomingMessage): boolean {
    return origin === undefined || LOCAL_ORIGIN.test(origin) || extra.has(origin)
  }

  function headers(req: IncomingMessage): Record<string, string> {
    const { origin } = req.headers
    if (origin === undefined || !isAllowedOrigin(req)) return { vary: 'Origin' }
    return { vary: 'Origin', 'access-control-allow-origin': origin }
  }

  const isLocalHost = (req: IncomingMessage): boolean => LOCAL_HOST.test(req.headers.host ?? '')

  return { isLocalHost, isAllowedOrigin, headers }
}
