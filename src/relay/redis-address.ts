// Where a Redis is: at a fixed address, or at the one that its Sentinels name at the moment.
import type { RedisClientOptions } from '@redis/client'
import type { RedisAddress } from './redis-connection.ts'
import { askOnce } from './redis-session.ts'
import type { Reply } from './redis-session.ts'

/** Who to ask for the master. */
export interface SentinelOptions {
  /** Name of the master, as the Sentinels know it. */
  readonly name: string
  /** Addresses of Sentinels, each as `host:port`. */
  readonly nodes: readonly string[]
  /** Credentials for the Sentinels themselves, where they ask for them. */
  readonly username?: string | undefined
  readonly password?: string | undefined
}

/** A server that stays where it is. It is asked for an answer all the same: a dead link is noticed by nothing else. */
export function fixedAddress(client: RedisClientOptions): RedisAddress {
  return {
    name: nameOf(client),
    locate: () => Promise.resolve(client),
    verify: async (send) => void (await send('PING').catch(() => null)), // or not permitted
  }
}

/**
 * The master of a Sentinel group: any Sentinel that answers names it, and it must say so itself.
 * @param client options beside the address: credentials, TLS
 * @throws TypeError for nodes that are no addresses
 */
export function sentinelAddress(
  client: RedisClientOptions,
  sentinel: SentinelOptions,
): RedisAddress {
  const { name, nodes, username, password } = sentinel
  const own = { ...(username && { username }), ...(password && { password }) }
  const sockets = nodes.map(socketOf)
  if (sockets.length === 0) throw new TypeError('sentinel.nodes: expected at least one host:port')
  let first = 0 // the one that answered last

  async function locate(signal: AbortSignal): Promise<RedisClientOptions> {
    const failures: string[] = []
    for (let tried = 0; tried < sockets.length; tried++) {
      const at = (first + tried) % sockets.length
      const asked = { ...own, socket: { ...withoutUrl(client).socket, ...sockets[at] } }
      try {
        const reply = await askOnce(
          asked as RedisClientOptions,
          signal,
          'SENTINEL',
          'get-master-addr-by-name',
          name,
        )
        if (!Array.isArray(reply)) throw new Error(`it knows no master "${name}"`)
        first = at
        return elsewhere(client, { host: String(reply[0]), port: Number(reply[1]) })
      } catch (error) {
        signal.throwIfAborted()
        failures.push(`${nodes[at]}: ${String(error)}`)
      }
    }
    throw new Error(`no Sentinel names the master (${failures.join('; ')})`)
  }

  return {
    name: `${name} of Sentinels ${nodes.join(', ')}`,
    locate,
    async verify(send) {
      const reply = await send('ROLE').catch(unlessNotPermitted)
      if (reply === null || String((reply as Reply[])[0]) === 'master') return
      throw new Error(`it is no master any more: ${String((reply as Reply[])[0])}`)
    },
  }
}

/**
 * Host and port of `host:port` or `[v6]:port`.
 * @throws TypeError for anything else
 */
export function socketOf(node: string): { readonly host: string; readonly port: number } {
  const [, v6, name, port] = /^(?:\[([^\]]+)\]|([^:\s]+)):(\d{1,5})$/.exec(node) ?? []
  const host = v6 ?? name
  if (host !== undefined && Number(port) <= 65_535) return { host, port: Number(port) }
  throw new TypeError(`expected host:port, got "${node}"`)
}

/** The same client options for another server of the same group. */
export function elsewhere(
  client: RedisClientOptions,
  server: { readonly host: string; readonly port: number },
): RedisClientOptions {
  const base = withoutUrl(client)
  return { ...base, socket: { ...base.socket, ...server } } as RedisClientOptions
}

// Credentials, database and TLS of a url, as options of their own.
function withoutUrl({ url, ...client }: RedisClientOptions): RedisClientOptions {
  if (url === undefined) return client
  const { username, password, pathname, protocol } = new URL(url)
  return {
    ...client,
    ...(username && { username: decodeURIComponent(username) }),
    ...(password && { password: decodeURIComponent(password) }),
    ...(pathname.length > 1 && { database: Number(pathname.slice(1)) }),
    socket: { ...(protocol === 'rediss:' && { tls: true }), ...client.socket },
  } as RedisClientOptions
}

function unlessNotPermitted(error: unknown): null {
  if (String(error).includes('NOPERM')) return null
  throw error
}

function nameOf({ url, socket }: RedisClientOptions): string {
  if (url !== undefined && URL.canParse(url)) return new URL(url).host // never the password
  const { host = '127.0.0.1', port = 6379 } = (socket ?? {}) as { host?: string; port?: number }
  return `${host}:${port}`
}
