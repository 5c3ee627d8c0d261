// The server that `relay` and `demo` share: a relay on memory or Redis, and whatever else answers on its port.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { createRelay, memoryBackend, redisBackend } from '../relay/index.ts'
import type { Relay, RelayOptions } from '../relay/index.ts'
import { messageOf, UsageError } from './command-error.ts'
import type { CommandContext } from './command.ts'
import { HttpError, replyError } from './http-reply.ts'
import { openHttpServer } from './http-server.ts'
import { createLab } from './lab-routes.ts'
import type { Route } from './local-route.ts'
import { isLoopback } from './loopback.ts'
import { checkRedisUrl, shownRedisUrl } from './redis-writer.ts'
import { memoryRunStore, redisRunStore } from './run-store.ts'
import type { RunStore } from './run-store.ts'

/** A running server. */
export interface RelayServer {
  readonly url: string
  /** What it reads from, for people. */
  readonly source: string
  close(): Promise<void>
}

/** Layouts that a relay can be told to read. */
export const RELAY_LAYOUTS = ['auto', 'suna-list', 'suna-stream'] as const

/** What a server has besides its flags. */
export interface RelayServerOptions {
  /** Secrets of the tokens it asks for; without any it serves loopback only. @default [] */
  readonly secret?: readonly string[] | undefined
  /** Replays recordings, for this machine alone. @default false */
  readonly lab?: boolean | undefined
  /** Makes the routes besides the relay's own, given where runs can be written. */
  readonly routesOn?: ((store: RunStore) => readonly Route[]) | undefined
}

/**
 * Opens the relay's server.
 * @throws UsageError for an address beyond loopback without a secret or with a lab, and for a secret or an origin that
 * is none; CommandError when the port cannot be had
 */
export async function openRelayServer(
  { flags, logger }: CommandContext,
  { secret = [], lab: hasLab = false, routesOn = () => [] }: RelayServerOptions = {},
): Promise<RelayServer> {
  const host = checkHost(flags.text('host') ?? '127.0.0.1', secret, hasLab)
  const port = flags.integer('port', 0, 65_535)
  const { backend, store, source } = sourceOf({ flags, logger })
  const corsOrigins = (flags.text('cors-origin') ?? '').split(',').filter(Boolean)
  const relay = relayOf({ backend, secret, corsOrigins, logger })
  const lab = hasLab ? createLab({ url: flags.text('redis'), logger }) : null
  const routes = [...(lab ? [lab.route] : []), ...routesOn(store)]
  const request = requestHandler(relay, routes, logger.warn)
  const upgrade = (req: IncomingMessage, socket: Duplex, head: Buffer): boolean =>
    relay.upgrade(req, socket, head) || lab?.upgrade(req, socket, head) === true
  const closeRelays = (): Promise<unknown> => Promise.all([relay.close(), lab?.close()])
  try {
    const server = await openHttpServer({ request, upgrade }, { host, port })
    const close = async (): Promise<void> => {
      await Promise.all([closeRelays(), server.close()])
    }
    return { url: server.url, source, close }
  } catch (error) {
    await closeRelays()
    throw error
  }
}

function checkHost(host: string, secret: readonly string[], lab: boolean): string {
  if (isLoopback(host) || (secret.length > 0 && !lab)) return host
  if (lab) {
    throw new UsageError(
      `host "${host}" is not loopback: recordings are replayed for this machine alone, listen on 127.0.0.1`,
    )
  }
  throw new UsageError(
    `host "${host}" is not loopback, and without a secret everybody there could read every stream: framewise relay ` +
      'takes one by FRAMEWISE_SECRET (make it with: openssl rand -base64 32), and then asks for tokens (check HOST, ' +
      'too, if you gave no --host)',
  )
}

function relayOf(options: RelayOptions): Relay {
  try {
    return createRelay(options)
  } catch (error) {
    void options.backend.close()
    throw error instanceof TypeError ? new UsageError(error.message, { cause: error }) : error
  }
}

function sourceOf({ flags, logger }: Pick<CommandContext, 'flags' | 'logger'>) {
  const url = flags.text('redis')
  const layout = flags.choice('layout', RELAY_LAYOUTS)
  if (url === undefined) {
    const backend = memoryBackend()
    return { backend, store: memoryRunStore(backend, logger), source: 'memory' }
  }
  const backend = redisBackend({ url: checkRedisUrl(url), layout, logger })
  return { backend, store: redisRunStore(url, layout), source: `redis ${shownRedisUrl(url)}` }
}

// A query may hold a ticket: neither answers nor the log repeat it.
const pathOf = ({ url = '' }: IncomingMessage): string => url.replace(/\?.*/s, '')

function requestHandler(relay: Relay, routes: readonly Route[], warn: (line: string) => void) {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    for (const route of routes) if (await route(request, response)) return
    replyError(response, new HttpError(404, 'not-found', `there is nothing at ${pathOf(request)}`))
  }
  return (request: IncomingMessage, response: ServerResponse): void => {
    if (relay.handler(request, response)) return
    answer(request, response).catch((error: unknown) => {
      warn(`${request.method} ${pathOf(request)}: ${messageOf(error)}`)
      if (response.headersSent) response.destroy()
      else
        replyError(response, new HttpError(500, 'internal', 'this server has failed; see its log'))
    })
  }
}
