// The relay's HTTP routes. Paths are matched raw, never decoded: a stream id has no character that needs escaping.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { AFTER_PARAM, STREAM_ID, WS_PATH } from '../wire/protocol.ts'
import { PREFLIGHT_HEADERS } from './access.ts'
import type { Access } from './access.ts'
import type { Backend } from './backend.ts'
import { CURSOR_FORMS, parseCursor } from './cursor.ts'
import { serveSse } from './sse.ts'
import type { ViewerService } from './sse.ts'

/** What the routes serve. */
export interface RoutesOptions {
  readonly backend: Backend
  readonly service: ViewerService
  readonly access: Access
}

/** Serves one request; false when its path is not the relay's. */
export type Route = (req: IncomingMessage, res: ServerResponse, closing: boolean) => boolean

type Answer = (status: number, body: object, headers?: Record<string, string>) => void

const STREAM_PATH = /^\/v1\/streams\/([^/]*)(\/events)?$/

/** Creates the relay's router. */
export function createRoutes({ backend, service, access }: RoutesOptions): Route {
  function serveEvents(
    id: string,
    search: string,
    req: IncomingMessage,
    res: ServerResponse,
  ): void {
    const headers = baseHeaders(access.headers(req))
    const after =
      req.headers['last-event-id'] || new URLSearchParams(search).get(AFTER_PARAM) || null
    if (after !== null && parseCursor(String(after)) === null) {
      const message = `malformed cursor: expected ${CURSOR_FORMS}, as an event's id gave it`
      return answerer(res, headers)(400, problem('bad-request', message))
    }
    void serveSse(service, req, res, { id, after: after && String(after), headers })
  }

  function serveStat(id: string, answer: Answer): void {
    backend.stat(id).then(
      (stat) => answer(200, stat),
      () => answer(503, problem('backend-unavailable', 'the store cannot be read now')),
    )
  }

  function serveGet(path: string, search: string, req: IncomingMessage, res: ServerResponse): void {
    const answer = answerer(res, baseHeaders(access.headers(req)))
    const [, id, events] = STREAM_PATH.exec(path) ?? []
    if (id !== undefined && STREAM_ID.test(id)) {
      return events ? serveEvents(id, search, req, res) : serveStat(id, answer)
    }
    if (path === '/livez') return answer(200, { live: true })
    if (path === '/readyz')
      return answer(backend.isReady() ? 200 : 503, { ready: backend.isReady() })
    if (path === '/v1/time') return answer(200, { nowMs: Date.now() })
    if (path === WS_PATH)
      return answer(426, problem('upgrade', 'this is a WebSocket endpoint'), {
        upgrade: 'websocket',
      })
    answer(
      404,
      problem('not-found', `no such route, or a stream id not matching ${STREAM_ID.source}`),
    )
  }

  return (req, res, closing) => {
    const { path, search } = splitUrl(req)
    if (!path.startsWith('/v1/') && path !== '/livez' && path !== '/readyz') return false
    const answer = answerer(res, baseHeaders(access.headers(req)))
    if (!access.isLocalHost(req))
      answer(403, problem('forbidden', 'Host must be localhost, 127.0.0.1 or [::1]'))
    else if (closing) answer(503, problem('closing', 'the relay is going away'))
    else if (req.method === 'OPTIONS')
      res.writeHead(204, { ...access.headers(req), ...PREFLIGHT_HEADERS }).end()
    else if (req.method !== 'GET')
      answer(405, problem('method', 'expected GET'), { allow: 'GET, OPTIONS' })
    else serveGet(path, search, req, res)
    return true
  }
}

/** Path and query of a request, as sent. */
export function splitUrl({ url = '/' }: IncomingMessage): { path: string; search: string } {
  const at = url.indexOf('?')
  return at < 0 ? { path: url, search: '' } : { path: url.slice(0, at), search: url.slice(at + 1) }
}

const problem = (code: string, message: string): object => ({ error: { code, message } })

const baseHeaders = (cors: Record<string, string>): Record<string, string> => ({
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  ...cors,
})

function answerer(res: ServerResponse, headers: Record<string, string>): Answer {
  return (status, body, more = {}) => {
    const type = { 'content-type': 'application/json; charset=utf-8' }
    res.writeHead(status, { ...headers, ...type, ...more }).end(JSON.stringify(body) + '\n')
  }
}
