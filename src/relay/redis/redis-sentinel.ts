// Asks Redis Sentinel where the master is: the Sentinel that answered last first, then the others.
import type { RedisClientOptions } from '@redis/client'
import { atAddress, parseAddress } from './address.ts'
import type { Address } from './address.ts'
import { askOnce } from './redis-session.ts'

/** A group of Sentinels, and the master they watch. */
export interface SentinelOptions {
  /** Name of the master, as in `sentinel monitor <name>`. */
  readonly name: string
  /** Each as `host:port`. */
  readonly nodes: readonly string[]
  /** Of the Sentinels; the master's is in `url` or `client`. @default none */
  readonly username?: string | undefined
  /** Of the Sentinels, too. @default none */
  readonly password?: string | undefined
}

/**
 * Creates a way to ask, over TLS where the master's options say so. It rejects when nobody knows the master.
 * @throws TypeError for a node that is no `host:port`
 */
export function sentinelLocator(
  { name, nodes, username, password }: SentinelOptions,
  { url, socket }: RedisClientOptions,
): () => Promise<Address> {
  const order = nodes.map(parseAddress)
  if (order.length === 0) throw new TypeError('sentinel.nodes: expected at least one host:port')
  const scheme = url?.startsWith('rediss:') ? { url: 'rediss://any' } : {}
  const base = { ...scheme, socket, username, password } as RedisClientOptions

  async function ask(at: Address): Promise<Address | null> {
    const reply = await askOnce(atAddress(base, at), 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name)
    return Array.isArray(reply) ? { host: String(reply[0]), port: Number(reply[1]) } : null
  }

  return async () => {
    let failure: unknown = new Error(`no Sentinel knows a master "${name}"`)
    for (const at of order) {
      const master = await ask(at).catch((error: unknown) => void (failure = error))
      if (!master) continue
      order.sort((a, b) => Number(b === at) - Number(a === at))
      return master
    }
    throw failure
  }
}
