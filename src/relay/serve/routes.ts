// The relay's routes. Paths are matched raw, never decoded: a stream id has no character that needs escaping.
import { AFTER_PARAM, STREAM_ID, TIME_PATH, TIMING_PARAM, WS_PATH } from '../../wire/protocol.ts'
import type { RelayTime } from '../../wire/protocol.ts'
import type { Denial, Grant } from '../door/access.ts'
import { BackendUnavailableError, StopNotPermittedError } from '../backend.ts'
import type { Backend } from '../backend.ts'
import { countRefusal } from '../counters.ts'
import { CURSOR_FORMS, parseCursor } from '../cursor.ts'
import type { Health } from './health.ts'
import { CROWDED, RETRY } from '../door/limits.ts'
import { PREFLIGHT_HEADERS } from '../door/origins.ts'
import { jsonReply, problemReply } from '../request.ts'
import type { RelayReply, RelayRequest } from '../request.ts'
import { serveSse } from './sse.ts'
import type { Service } from './service.ts'
import { createStreamStats } from './stream-stats.ts'
import type { Right } from '../door/token.ts'

/** What the routes serve. */
export interface RoutesOptions extends Service {
  readonly backend: Backend
  readonly health: Health
}

/** Answers one request; never rejects. */
export type Route = (request: RelayRequest) => Promise<RelayReply>

const STREAM_PATH = /^\/v1\/streams\/([^/]*)(?:\/(events|stop))?$/

const SAFE_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
}

const NOT_FOUND = problemReply(
  404,
  'not-found',
  `no such route, or no stream for you; a stream id matches ${STREAM_ID.source}`,
)

const DENIED: Readonly<Record<Denial, RelayReply>> = {
  unauthorized: problemReply(401, 'unauthorized', 'expected a valid token for this stream', {
    'www-authenticate': 'Bearer',
  }),
  'not-found': NOT_FOUND,
  'stop-not-permitted': problemReply(403, 'stop-not-permitted', 'you may read it, and not stop it'),
}

const AWAY = problemReply(503, 'backend-unavailable', 'the store cannot be reached now')

const CLOSING = problemReply(503, 'closing', 'the relay is going away', RETRY)

/** Paths that are answered to the end, and tell of no stream. */
export const HEALTH_PATHS: readonly string[] = ['/livez', '/readyz']
const PATHS = [TIME_PATH, WS_PATH, ...HEALTH_PATHS]

/** True for paths that the relay answers; a server it is part of may have others below /v1/. */
export function isRelayPath(path: string): boolean {
  return path.startsWith('/v1/streams/') || PATHS.includes(path)
}

/** Creates the relay's router. */
export function createRoutes(options: RoutesOptions): Route {
  const { backend, health, viewers, settings, access, limits, origins, logger } = options
  const statOf = createStreamStats(backend)

  async function permitted(
    request: RelayRequest,
    id: string,
    right: Right,
    serve: (grant: Grant) => RelayReply | Promise<RelayReply>,
  ): Promise<RelayReply> {
    const refusal = limits.admit(request)
    if (refusal !== null) return refusal
    const grant = await access.check(request, null, id, right)
    return typeof grant === 'string' ? DENIED[grant] : serve(grant)
  }

  function events(
    request: RelayRequest,
    id: string,
    grant: Grant,
  ): RelayReply | Promise<RelayReply> {
    const timing = request.query.get(TIMING_PARAM) === '1'
    const after = request.header('last-event-id') || request.query.get(AFTER_PARAM) || null
    if (after !== null && parseCursor(after) === null) {
      const message = `malformed cursor: expected ${CURSOR_FORMS}, as an event's id gave it`
      return problemReply(400, 'bad-request', message)
    }
    const leave = limits.view(id)
    if (leave === null) return CROWDED
    request.onClose(leave)
    return serveSse(options, request, { id, after, timing, grant })
  }

  function stat(id: string): Promise<RelayReply> {
    return statOf(id).then(
      (found) => jsonReply(200, found),
      (error: unknown) => away(`stat of ${id}`, error),
    )
  }

  function away(what: string, error: unknown): RelayReply {
    // That it cannot be reached was told by the backend, once.
    if (!(error instanceof BackendUnavailableError)) logger.warn(`${what} failed: ${String(error)}`)
    return AWAY
  }

  // Without a token, as liveness: it tells of no stream.
  function time(): RelayReply {
    const { nowMs } = settings
    const receivedMs = nowMs()
    const { clockOffsetMs, rttMs } = backend.info()
    const store = { storeOffsetMs: clockOffsetMs, storeRttMs: rttMs }
    return jsonReply(200, { receivedMs, ...store, sentMs: nowMs() } satisfies RelayTime)
  }

  async function stop(id: string): Promise<RelayReply> {
    try {
      await backend.stop(id)
      return jsonReply(202, { asked: true })
    } catch (error) {
      if (!(error instanceof StopNotPermittedError)) return away(`stop of ${id}`, error)
      return problemReply(403, 'stop-not-permitted', 'the relay may not write to this store')
    }
  }

  function ofStream(
    request: RelayRequest,
    id: string,
    what: string | undefined,
  ): RelayReply | Promise<RelayReply> {
    if (!STREAM_ID.test(id)) return NOT_FOUND
    if (what === 'events') {
      return permitted(request, id, 'read', (grant) => events(request, id, grant))
    }
    if (what === undefined) return permitted(request, id, 'read', () => stat(id))
    // No preflight comes before a plain POST: whatever page sends it, the browser adds its cookies.
    if (origins.isAllowed(request)) return permitted(request, id, 'stop', () => stop(id))
    return problemReply(403, 'forbidden', 'this origin may not; the relay takes corsOrigins')
  }

  function readiness(): RelayReply {
    const found = health.readiness()
    return jsonReply(found.ready ? 200 : 503, found)
  }

  function ofRelay({ path }: RelayRequest): RelayReply {
    if (path === '/livez') return jsonReply(200, { live: true })
    if (path === '/readyz') return readiness()
    if (path === TIME_PATH) return time()
    if (path !== WS_PATH) return NOT_FOUND
    return problemReply(426, 'upgrade', 'this is a WebSocket endpoint', { upgrade: 'websocket' })
  }

  async function answer(request: RelayRequest): Promise<RelayReply> {
    if (!origins.isKnownHost(request)) {
      return problemReply(403, 'forbidden', 'Host must be localhost, 127.0.0.1 or [::1]')
    }
    if (viewers.isLeaving() && !HEALTH_PATHS.includes(request.path)) return CLOSING
    if (request.method === 'OPTIONS') return { status: 204, headers: PREFLIGHT_HEADERS, body: '' }
    const [, id, what] = STREAM_PATH.exec(request.path) ?? []
    const methods = what === 'stop' ? ['POST'] : ['GET', 'HEAD']
    if (!methods.includes(request.method)) {
      const allow = [...methods, 'OPTIONS'].join(', ')
      return problemReply(405, 'method', `expected ${methods[0]}`, { allow })
    }
    const reply = await (id === undefined ? ofRelay(request) : ofStream(request, id, what))
    return request.method === 'HEAD' ? { ...reply, body: '' } : reply
  }

  async function answerOrFail(request: RelayRequest): Promise<RelayReply> {
    try {
      return await answer(request)
    } catch (error) {
      logger.warn(`${request.method} ${request.path} failed: ${String(error)}`)
      return problemReply(500, 'internal', 'the relay has failed; its log says how')
    }
  }

  return async (request) => {
    const reply = await answerOrFail(request)
    if (reply.problem !== undefined) countRefusal(settings.counters, reply.problem)
    logger.debug?.(`${request.method} ${request.path} from ${request.address}: ${reply.status}`)
    const headers = { ...SAFE_HEADERS, ...origins.headers(request), ...reply.headers }
    return { ...reply, headers }
  }
}
