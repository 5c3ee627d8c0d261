// The server that `relay` and `demo` share: a relay on memory or Redis, and whatever else answers on its ports.
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { createRelay, relayDefaults } from '../../relay/index.ts'
import type { CloseOptions, RedisNames, Relay, RelayOptions } from '../../relay/index.ts'
import { createSocketNetwork } from '../../relay/door/client-address.ts'
import { HEALTH_PATHS } from '../../relay/serve/routes.ts'
import { UsageError } from '../command-error.ts'
import type { CommandContext } from '../command.ts'
import { listIn } from '../flags/flags.ts'
import type { FlagValues } from '../flags/flag-values.ts'
import { openHttpServer } from '../http/http-server.ts'
import type { HttpHandlers, HttpServer } from '../http/http-server.ts'
import { createLab } from '../lab/routes.ts'
import type { Lab } from '../lab/routes.ts'
import type { Route } from '../http/request-handler.ts'
import { isLoopback } from '../http/loopback.ts'
import type { SocketLimits } from '../http/socket-limits.ts'
import { createMetrics } from './metrics.ts'
import { createMetricsRoute } from './metrics-route.ts'
import { checkAddress, openSource } from './relay-source.ts'
import { createRequestHandler, pathOf } from '../http/request-handler.ts'
import type { RunStore } from '../play/run-store.ts'

/** A running server. */
export interface RelayServer {
  readonly url: string
  /** Where metrics and health stand on a port of their own; null where they do not. */
  readonly adminUrl: string | null
  /** What it reads from, for people. */
  readonly source: string
  /** Streams being sent. */
  viewers(): number
  /** Listens on until all viewers have gone; called again it cuts that short. */
  close(options?: CloseOptions): Promise<void>
}

/** What a server has besides its flags. */
export interface RelayServerOptions {
  /** Secrets of the tokens it asks for; without any it serves loopback only. @default [] */
  readonly secret?: readonly string[] | undefined
  /** Further options of the relay. */
  readonly relay?: Partial<RelayOptions> | undefined
  /** Names in Redis. @default Suna's */
  readonly keys?: Partial<RedisNames> | undefined
  /** Replays recordings, for this machine alone. @default false */
  readonly lab?: boolean | undefined
  /** Where /metrics stands. @default nowhere */
  readonly metrics?: 'main' | { readonly port: number } | undefined
  /** Makes the routes besides the relay's own, given where runs can be written. */
  readonly routesOn?: ((store: RunStore) => readonly Route[]) | undefined
}

/**
 * Opens the relay's server.
 * @throws UsageError for an address beyond loopback without a secret or with a lab, and for a secret or an origin that is none;
 * CommandError when a port cannot be had, or Redis wants another password or has no such database
 */
export async function openRelayServer(
  context: Pick<CommandContext, 'flags' | 'logger'>,
  options: RelayServerOptions = {},
): Promise<RelayServer> {
  const { flags, logger } = context
  const { secret = [], lab: hasLab = false, metrics, routesOn = () => [] } = options
  const [mistake] = hostMistakes(flags, { secret, lab: hasLab })
  if (mistake !== undefined) throw new UsageError(mistake)
  await checkAddress(context)
  const { backend, store, source } = openSource(context, options.keys)
  const corsOrigins = listIn(flags.text('cors-origin') ?? '')
  const relay = relayOf({ ...options.relay, backend, secret, corsOrigins, logger })
  const figures = metrics === undefined ? [] : [figuresOf(relay, secret.length === 0)]
  const lab = hasLab ? createLab({ url: labUrl(flags), logger }) : null
  const local = [...(lab ? [lab.route] : []), ...routesOn(store)]
  const routes = [...(metrics === 'main' ? figures : []), ...local]
  const { warn } = logger
  const main: Listener = {
    port: flags.integer('port'),
    sockets: socketLimitsOf(options.relay),
    request: createRequestHandler({ relay: relay.handler, routes, warn }),
    upgrade: (req: IncomingMessage, socket: Duplex, head: Buffer) =>
      relay.upgrade(req, socket, head) || lab?.upgrade(req, socket, head) === true,
  }
  const admin: Listener = {
    port: typeof metrics === 'object' ? metrics.port : 0,
    portBy: '--admin-port N or FRAMEWISE_ADMIN_PORT=N',
    request: createRequestHandler({ relay: healthOf(relay), routes: figures, warn }),
    upgrade: () => false,
  }
  const listeners = typeof metrics === 'object' ? [main, admin] : [main]
  const { urls, close } = await listenAll({ relay, lab }, flags.text('host') ?? LOCAL, listeners)
  const [url = '', adminUrl = null] = urls
  return { url, adminUrl, source, viewers: () => relay.stats().viewers, close }
}

/** What is wrong with the address, by itself or without a secret. */
export function hostMistakes(
  flags: FlagValues,
  { secret, lab }: { readonly secret: readonly string[]; readonly lab: boolean },
): readonly string[] {
  const host = flags.text('host') ?? LOCAL
  if (isLoopback(host)) return []
  if (lab) {
    return [
      `host "${host}" is not loopback: recordings are replayed for this machine alone, listen on 127.0.0.1`,
    ]
  }
  if (secret.length > 0) return []
  return [
    `host "${host}" is not loopback, and without a secret everybody there could read every stream: framewise relay ` +
      'takes one by FRAMEWISE_SECRET (make it with: openssl rand -base64 32), and then asks for tokens (check HOST, ' +
      'too, if you gave no --host)',
  ]
}

const LOCAL = '127.0.0.1'

interface Listener extends HttpHandlers {
  readonly port: number
  readonly portBy?: string
  readonly sockets?: SocketLimits | undefined
}

function socketLimitsOf(options: Partial<RelayOptions> = {}): SocketLimits {
  const { maxConnections, maxConnectionsPerAddress, trustProxy = [] } = options
  return {
    all: maxConnections ?? relayDefaults.maxConnections,
    perAddress: maxConnectionsPerAddress ?? relayDefaults.maxConnectionsPerAddress,
    addressOf: createSocketNetwork(trustProxy),
  }
}

async function listenAll(
  { relay, lab }: { relay: Relay; lab: Lab | null },
  host: string,
  listeners: readonly Listener[],
) {
  const open: HttpServer[] = []
  async function close(how?: CloseOptions): Promise<void> {
    await Promise.all([relay.close(how), lab?.close()])
    await Promise.all(open.map((server) => server.close()))
  }
  try {
    for (const { port, portBy, sockets, ...handlers } of listeners) {
      open.push(await openHttpServer(handlers, { host, port, portBy, sockets }))
    }
  } catch (error) {
    await close()
    throw error
  }
  return { urls: open.map(({ url }) => url), close }
}

function relayOf(options: RelayOptions): Relay {
  try {
    return createRelay(options)
  } catch (error) {
    void options.backend.close()
    throw error instanceof TypeError ? new UsageError(error.message, { cause: error }) : error
  }
}

// It writes over a connection of its own, to one server.
const labUrl = (flags: FlagValues): string | undefined =>
  flags.on('cluster') || flags.text('sentinel') ? undefined : flags.text('redis')

const figuresOf = (relay: Relay, local: boolean): Route =>
  createMetricsRoute(createMetrics(relay.stats), { local })

function healthOf(relay: Relay): Relay['handler'] {
  const isHealth = (request: IncomingMessage): boolean => HEALTH_PATHS.includes(pathOf(request))
  return (request, response) => isHealth(request) && relay.handler(request, response)
}
