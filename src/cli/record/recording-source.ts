// Where a run is read from to be recorded: a relay that runs, or one made here on a Redis. Both answer alike.
import { createRelay, redisBackend } from '../../relay/index.ts'
import type { RedisLayout } from '../../relay/index.ts'
import { CommandError, messageOf, UsageError } from '../command-error.ts'
import type { Logger } from '../logger.ts'
import { checkRedisUrl, connectRedis, shownRedisUrl } from '../redis-client.ts'

/** Answers a relay's requests. */
export interface RecordingSource {
  /** For people. */
  readonly name: string
  /** @throws whatever a fetch rejects with */
  ask(
    path: string,
    init: { headers?: Record<string, string>; signal: AbortSignal },
  ): Promise<Response>
  close(): Promise<void>
}

/** A relay's address and what it wants to see. */
export interface RelayAddress {
  readonly url: string
  readonly token: string | undefined
}

/** @throws UsageError for an address that is none */
export function relaySource({ url, token }: RelayAddress): RecordingSource {
  if (!/^https?:\/\/[^/]/.test(url) || !URL.canParse(url)) {
    throw new UsageError(`--relay must be an address like http://127.0.0.1:4400, got "${url}"`)
  }
  const authorization: Record<string, string> =
    token === undefined ? {} : { authorization: `Bearer ${token}` }
  return {
    name: `the relay at ${url}`,
    ask: (path, { headers, signal }) =>
      fetch(new URL(path, url), { headers: { ...authorization, ...headers }, signal }),
    close: () => Promise.resolve(),
  }
}

/**
 * A relay of its own, on a Redis that answers now.
 * @throws CommandError when it cannot be reached, the signal's reason
 */
export async function redisSource(
  url: string,
  { layout, logger, signal }: { layout: RedisLayout; logger: Logger; signal: AbortSignal },
): Promise<RecordingSource> {
  // The relay would wait for it; a command says so instead.
  const probe = await connectRedis(checkRedisUrl(url), signal)
  probe.destroy()
  const backend = redisBackend({ url, layout, logger })
  const relay = createRelay({ backend, logger, maxEventBytes: 64 * 1024 * 1024 })
  return {
    name: `Redis at ${shownRedisUrl(url)}`,
    ask: (path, { headers, signal: ends }) =>
      relay.fetch(
        new Request(new URL(path, 'http://localhost'), {
          headers: { host: 'localhost', ...headers },
          signal: ends,
        }),
      ),
    close: relay.close,
  }
}

/** What a relay knows of a log. */
export interface RunState {
  readonly layout: string | null
  readonly length: number
  readonly ended: boolean
}

/**
 * Asks for the state of a run.
 * @returns null when there is no such run now
 * @throws CommandError for anything that keeps it from being read
 */
export async function stateOf(
  source: RecordingSource,
  id: string,
  signal: AbortSignal,
): Promise<RunState | null> {
  const response = await source.ask(`/v1/streams/${id}`, { signal }).catch((error: unknown) => {
    signal.throwIfAborted()
    const cause = error instanceof Error ? (error.cause ?? error) : error
    throw new CommandError(
      `${source.name} cannot be reached (${messageOf(cause)}): start one with framewise relay, or name another ` +
        'one with --relay URL, or a Redis with --redis URL or REDIS_URL',
      { cause: error },
    )
  })
  if (response.status === 503) return retryState(source, id, signal)
  if (!response.ok) throw refusalOf(source, id, response.status)
  const state = (await response.json().catch(() => null)) as RunState | null
  if (typeof state?.length !== 'number') {
    throw new CommandError(`what answers as ${source.name} is no framewise relay`)
  }
  return state.layout === null ? null : state
}

// A relay just made connects within moments; one whose Redis is gone says so for longer.
const READY_MS = 5000
const LOOK_MS = 20

async function retryState(
  source: RecordingSource,
  id: string,
  signal: AbortSignal,
): Promise<RunState | null> {
  const until = performance.now() + READY_MS
  while (performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    const ready = await source.ask('/readyz', { signal })
    if (ready.ok) return stateOf(source, id, signal)
  }
  throw new CommandError(`${source.name} cannot read its Redis now; try again later`)
}

/** The failure that a status tells of. */
export function refusalOf(source: RecordingSource, id: string, status: number): CommandError {
  if (status === 401) {
    return new CommandError(
      `${source.name} wants a valid token for stream ${id}: give one with --token or FRAMEWISE_TOKEN`,
    )
  }
  if (status === 404) return new CommandError(`${source.name} has no stream ${id} for you`)
  return new CommandError(`${source.name} refused stream ${id}: HTTP ${status}`)
}
