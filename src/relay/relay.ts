// The relay as a whole: settings, upgrades and life cycle. It owns no server: `handle` and `upgrade` fit into any
// node:http server and answer false for paths that are not the relay's.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { HEARTBEAT_MS, RELAY_EVENT, WS_PATH, WS_PROTOCOL } from '../wire/protocol.ts'
import { createAccess } from './access.ts'
import { silentLogger } from './backend.ts'
import type { Backend, Logger } from './backend.ts'
import { encodeRelayEvent } from './frame.ts'
import type { HubCounters } from './hub.ts'
import { createHubs } from './hubs.ts'
import { createRoutes, splitUrl } from './routes.ts'
import type { Viewer } from './viewer.ts'
import { createWebSockets } from './websocket.ts'

/** Options of {@link createRelay}. */
export interface RelayOptions {
  /** Where the logs are: `memoryBackend()` or `redisBackend()`. The relay closes it with itself. */
  readonly backend: Backend
  /** Origins that may read besides those on this machine, each as `https://host[:port]`. @default [] */
  readonly corsOrigins?: readonly string[] | undefined
  /** How long a stream without a log is waited for, in ms. @default 60_000 */
  readonly startTimeoutMs?: number | undefined
  /** A connection silent for this long gets a comment, in ms. @default 15_000 */
  readonly heartbeatMs?: number | undefined
  /** A viewer that takes less than 64 KiB in this time is sent away, to come back with its cursor, in ms. @default 15_000 */
  readonly slowMs?: number | undefined
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
export interface RelayStats extends Readonly<HubCounters> {
  /** True while the backend can be reached. */
  readonly ready: boolean
  /** Streams being sent, over SSE and WebSocket together. */
  readonly viewers: number
  /** WebSockets that are open. */
  readonly sockets: number
  /** Streams being followed, also shortly after their last viewer has left. */
  readonly streams: number
}

/** A relay between logs and browsers. */
export interface Relay {
  /** Serves a request. False when its path is not the relay's; nothing was done then. */
  handle(req: IncomingMessage, res: ServerResponse): boolean
  /** Serves a WebSocket upgrade. False when its path is not the relay's; nothing was done then. */
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): boolean
  /** Counts and gauges as they are now. */
  stats(): RelayStats
  /** Sends every viewer `relay.reconnect`, ends all connections and closes the backend. Idempotent. */
  close(): Promise<void>
}

type Settings = {
  readonly [K in Exclude<keyof RelayOptions, 'backend'>]-?: NonNullable<RelayOptions[K]>
}

const TICK_MS = 1000

const nowMs = (): number => performance.timeOrigin + performance.now()

/** Defaults of {@link RelayOptions}. */
export const relayDefaults: Settings = Object.freeze({
  corsOrigins: [],
  startTimeoutMs: 60_000,
  heartbeatMs: HEARTBEAT_MS,
  slowMs: 15_000,
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
 * @example
 * const relay = createRelay({ backend: redisBackend({ url: 'redis://127.0.0.1:6379' }) })
 * const server = createServer((req, res) => relay.handle(req, res) || res.writeHead(404).end())
 * server.on('upgrade', (req, socket, head) => relay.upgrade(req, socket, head) || socket.destroy())
 */
export function createRelay(options: RelayOptions): Relay {
  const settings = withDefaults(options)
  const { backend, random } = settings
  const counters = { reads: 0, readErrors: 0, events: 0, gaps: 0, polls: 0, recovered: 0 }
  const { ringEvents: maxEvents, ringBytes: maxBytes } = settings
  const hubs = createHubs({ ...settings, nowMs, counters, maxEvents, maxBytes })
  const viewers = new Set<Viewer>()
  const service = { hubs, viewers, settings: { ...settings, nowMs }, random }
  const sockets = createWebSockets(service)
  const access = createAccess(settings.corsOrigins)
  const route = createRoutes({ backend, service, access })
  const beat = setInterval(() => {
    const now = nowMs()
    for (const viewer of viewers) viewer.tick(now)
  }, TICK_MS)
  let closing: Promise<void> | null = null

  function upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    const { path } = splitUrl(req)
    if (!path.startsWith('/v1/')) return false
    const offered = req.headers['sec-websocket-protocol']?.split(',') ?? []
    if (path !== WS_PATH) refuseUpgrade(socket, '404 Not Found')
    else if (closing !== null) refuseUpgrade(socket, '503 Service Unavailable')
    else if (!access.isLocalHost(req) || !access.isAllowedOrigin(req))
      refuseUpgrade(socket, '403 Forbidden')
    else if (!offered.some((name) => name.trim() === WS_PROTOCOL))
      refuseUpgrade(socket, '400 Bad Request')
    else sockets.upgrade(req, socket, head)
    return true
  }

  async function shutDown(): Promise<void> {
    clearInterval(beat)
    const goodbye = encodeRelayEvent(RELAY_EVENT.reconnect, {})
    for (const viewer of viewers) viewer.dismiss(goodbye)
    sockets.close()
    hubs.close()
    await backend.close()
  }

  return {
    handle: (req, res) => route(req, res, closing !== null),
    upgrade,
    stats: () => ({
      ...counters,
      ready: closing === null && backend.isReady(),
      viewers: viewers.size,
      sockets: sockets.count(),
      streams: hubs.count(),
    }),
    close: () => (closing ??= shutDown()),
  }
}

function withDefaults(options: RelayOptions): Settings & { readonly backend: Backend } {
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  return { ...relayDefaults, backend: options.backend, ...Object.fromEntries(given) }
}

function refuseUpgrade(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
