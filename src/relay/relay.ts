// The relay as a whole: settings and life cycle. It owns no server: it answers the requests and upgrades that any
// node:http server, or whatever speaks Request and Response, hands on to it.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { HEARTBEAT_MS } from '../wire/protocol.ts'
import { createAccess, openAccess } from './door/access.ts'
import type { Authorize } from './door/access.ts'
import { silentLogger } from './backend.ts'
import type { Backend, BackendInfo, Logger } from './backend.ts'
import { createClientAddress } from './door/client-address.ts'
import { createCounters } from './counters.ts'
import type { RelayCounters } from './counters.ts'
import { fromFetch, toResponse } from './serve/fetch.ts'
import { createHealth } from './serve/health.ts'
import type { Readiness } from './serve/health.ts'
import { createHubs } from './hub/hubs.ts'
import { createLimits } from './door/limits.ts'
import { fromNode, sendNode } from './serve/node-http.ts'
import { createOrigins } from './door/origins.ts'
import { createRoutes, isRelayPath } from './serve/routes.ts'
import { createViewers } from './hub/viewers.ts'
import type { ViewerTransport } from './hub/viewers.ts'
import { createWebSockets } from './serve/websocket.ts'

/** Options of {@link createRelay}. */
export interface RelayOptions {
  /** Where the logs are: `memoryBackend()` or `redisBackend()`. The relay closes it with itself. */
  readonly backend: Backend
  /**
   * Signs the tokens that it takes ({@link signToken}), at least 32 bytes; several while one takes the other's place.
   * Without it and `authorize` the relay answers to this machine alone, and asks nobody for anything. @default []
   */
  readonly secret?: string | readonly string[] | undefined
  /** Decides in place of tokens: for sessions, and for tokens of another make. @default none */
  readonly authorize?: Authorize | undefined
  /**
   * Further origins whose pages may read and stop, each as `https://host[:port]`. The relay's own always may; without
   * `secret` and `authorize` so may those on this machine. @default []
   */
  readonly corsOrigins?: readonly string[] | undefined
  /** Streams, requests and WebSockets at a time; 0 is no limit. @default 10_000 */
  readonly maxConnections?: number | undefined
  /** The same of one address, of IPv6 of one /64; 0 is no limit. @default 0 */
  readonly maxConnectionsPerAddress?: number | undefined
  /** Viewers of one stream at a time; 0 is no limit. @default 0 */
  readonly maxViewersPerStream?: number | undefined
  /** Proxies whose X-Forwarded-For is believed, as `10.0.0.0/8`. @default [] */
  readonly trustProxy?: readonly string[] | undefined
  /** How long a stream without a log is waited for, in ms. @default 60_000 */
  readonly startTimeoutMs?: number | undefined
  /** A connection silent for this long gets a comment, in ms. @default 15_000 */
  readonly heartbeatMs?: number | undefined
  /** A viewer that takes less than 64 KiB in this time is sent away, to come back with its cursor, in ms. @default 15_000 */
  readonly slowMs?: number | undefined
  /**
   * Longest time of a connection, in ms, for platforms that cut them off: each is sent away a little before, by up to a
   * fifth, to come back at once; 0 is no limit. @default 0
   */
  readonly maxConnectionMs?: number | undefined
  /** How long a stream is followed after its last viewer has left, in ms. @default 10_000 */
  readonly lingerMs?: number | undefined
  /** Mean time between two reads of an idle stream, in ms: the net under lost doorbells. @default 30_000 */
  readonly pollMs?: number | undefined
  /** Events of a stream that are kept at hand for its viewers. @default 2000 */
  readonly ringEvents?: number | undefined
  /** Bytes of a stream that are kept at hand for its viewers. @default 4 MiB */
  readonly ringBytes?: number | undefined
  /** Bytes of all streams together that are kept at hand. @default 256 MiB */
  readonly maxTotalRingBytes?: number | undefined
  /** Reads at a time for viewers that come back or lag; those for live events wait for none. @default 8 */
  readonly maxCatchUps?: number | undefined
  /** While events come faster than this, a stream is read once in that time, in ms. @default 0 */
  readonly readCoalesceMs?: number | undefined
  /** Entries of one read. @default 500 */
  readonly pageEvents?: number | undefined
  /** A larger event is replaced by a `relay.error`, in bytes. @default 1 MiB */
  readonly maxEventBytes?: number | undefined
  /** @default says nothing */
  readonly logger?: Logger | undefined
  /** @default Math.random */
  readonly random?: (() => number) | undefined
}

/** Counts and gauges of a relay since its start. */
export interface RelayStats extends Readonly<RelayCounters>, Readiness {
  /** Streams being sent, over SSE and WebSocket together. */
  readonly viewers: number
  /** The same by transport. */
  readonly viewersBy: Readonly<Record<ViewerTransport, number>>
  /** WebSockets that are open. */
  readonly sockets: number
  /** Streams being followed, also shortly after their last viewer has left. */
  readonly streams: number
  /** Of the connections to the store; null where the backend has none. */
  readonly backend: BackendInfo | null
}

/** Options of {@link Relay.close}. */
export interface CloseOptions {
  /** Time over which viewers are sent away, one by one, in ms. @default 0 */
  readonly drainMs?: number | undefined
}

/** A relay between logs and browsers. */
export interface Relay {
  /**
   * Serves a request. False when its path is not the relay's: `next` was called then, where there is one, and nothing
   * else was done.
   */
  handler(req: IncomingMessage, res: ServerResponse, next?: () => void): boolean
  /** Serves a WebSocket upgrade. False when its path is not the relay's; nothing was done then. */
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): boolean
  /** Serves a web request; `address` is the peer's, for limits. A path that is not the relay's is a 404. */
  fetch(request: Request, options?: { readonly address?: string | undefined }): Promise<Response>
  /** Counts and gauges as they are now. */
  stats(): RelayStats
  /**
   * Takes no more viewers, sends those there are `relay.reconnect` over `drainMs`, ends what is left and closes the
   * backend. Resolves as soon as all are gone. Called again it cuts that short to the time it is given.
   */
  close(options?: CloseOptions): Promise<void>
}

type Settings = {
  readonly [K in Exclude<keyof RelayOptions, 'backend' | 'authorize'>]-?: NonNullable<
    RelayOptions[K]
  >
}

const TICK_MS = 1000

const originMs = performance.timeOrigin
const nowMs = (): number => originMs + performance.now()

/** Defaults of {@link RelayOptions}. */
export const relayDefaults: Settings = Object.freeze({
  secret: [],
  corsOrigins: [],
  maxConnections: 10_000,
  maxConnectionsPerAddress: 0,
  maxViewersPerStream: 0,
  trustProxy: [],
  startTimeoutMs: 60_000,
  heartbeatMs: HEARTBEAT_MS,
  slowMs: 15_000,
  maxConnectionMs: 0,
  lingerMs: 10_000,
  pollMs: 30_000,
  ringEvents: 2000,
  ringBytes: 4 * 1024 * 1024,
  maxTotalRingBytes: 256 * 1024 * 1024,
  maxCatchUps: 8,
  readCoalesceMs: 0,
  pageEvents: 500,
  maxEventBytes: 1024 * 1024,
  logger: silentLogger,
  random: Math.random,
})

/**
 * Creates a relay.
 * @throws TypeError without a backend, for a secret that is too short, an origin, network or limit that is none
 * @example
 * const relay = createRelay({ backend: redisBackend({ url: 'redis://127.0.0.1:6379' }) })
 * const server = createServer((req, res) => relay.handler(req, res) || res.writeHead(404).end())
 * server.on('upgrade', (req, socket, head) => relay.upgrade(req, socket, head) || socket.destroy())
 */
export function createRelay(options: RelayOptions): Relay {
  checkBackend(options)
  const counters = createCounters()
  const settings = { ...withDefaults(options), nowMs, counters }
  const { backend, logger } = settings
  const hubs = createHubs(settings)
  const viewers = createViewers(settings)
  const addressOf = createClientAddress(settings.trustProxy)
  const access = createAccess({ ...settings, addressOf })
  const limits = createLimits({ ...settings, addressOf })
  const origins = createOrigins(settings.corsOrigins, access === openAccess)
  const service = { hubs, viewers, settings, access, limits, origins, logger }
  const isOpen = (): boolean => !viewers.isLeaving()
  const health = createHealth({ backend, limits, nowMs, isOpen })
  const route = createRoutes({ ...service, backend, health })
  const sockets = createWebSockets(service)
  let closing: Promise<void> | null = null
  const beat = setInterval(tick, TICK_MS)

  function tick(): void {
    viewers.tick()
    health.tick()
  }

  function handler(req: IncomingMessage, res: ServerResponse, next?: () => void): boolean {
    const request = fromNode(req, res)
    if (req.socket.destroyed) return true // what is left of a connection that was cut off
    if (!isRelayPath(request.path)) {
      next?.()
      return false
    }
    void route(request).then((reply) => sendNode(res, reply))
    return true
  }

  async function fetch(request: Request, { address }: { address?: string | undefined } = {}) {
    const web = fromFetch(request, address ?? null)
    return toResponse(await route(web.request), web.over)
  }

  function stats(): RelayStats {
    const info = backend.info()
    return {
      ...structuredClone(counters),
      ...health.readiness(),
      viewers: viewers.count(),
      viewersBy: viewers.counts(),
      sockets: sockets.count(),
      streams: hubs.count(),
      backend: info.wakes === 'memory' ? null : info,
    }
  }

  function close({ drainMs = 0 }: CloseOptions = {}): Promise<void> {
    const gone = viewers.leave(drainMs)
    sockets.drain()
    return (closing ??= gone.then(shutDown))
  }

  function shutDown(): Promise<void> {
    clearInterval(beat)
    health.close()
    sockets.close()
    hubs.close()
    return backend.close()
  }

  return { handler, upgrade: sockets.upgrade, fetch, stats, close }
}

// Without types nothing else tells, and the first beat would end the process around.
function checkBackend(options: Partial<RelayOptions> | undefined): void {
  if (typeof options?.backend?.read === 'function') return
  const got = options?.backend === undefined ? 'none' : typeof options.backend
  throw new TypeError(`expected a \`backend\`: memoryBackend() or redisBackend(), got ${got}`)
}

function withDefaults(
  options: RelayOptions,
): Settings & Pick<RelayOptions, 'backend' | 'authorize'> {
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  return { ...relayDefaults, backend: options.backend, ...Object.fromEntries(given) }
}
