// GET /metrics, on whichever port it stands.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { HttpError, replyError } from '../http/http-reply.ts'
import { isForLoopback } from '../http/loopback.ts'
import type { Metrics } from './metrics.ts'

/**
 * Makes the route.
 * @param local answers those only who name this machine: no page may rebind a name of its own to it
 */
export function createMetricsRoute(
  metrics: Metrics,
  { local }: { readonly local: boolean },
): (request: IncomingMessage, response: ServerResponse) => Promise<boolean> {
  return async (request, response) => {
    if (request.url?.replace(/\?.*/s, '') !== '/metrics') return false
    if (local && !isForLoopback(request)) {
      replyError(
        response,
        new HttpError(403, 'foreign-host', 'Host must be localhost, 127.0.0.1 or [::1]'),
      )
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      replyError(response, new HttpError(405, 'method', 'expected GET'))
    } else {
      const text = await metrics.text()
      response.writeHead(200, { 'Content-Type': metrics.contentType, 'Cache-Control': 'no-store' })
      response.end(text)
    }
    return true
  }
}
