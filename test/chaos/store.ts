// The Redis under test: real servers that can be killed, and asked past every fault. A cluster would be a third kind.
import { createClient } from '@redis/client'
import { setTimeout as pause } from 'node:timers/promises'
import { PLAIN_USER } from '../support/plain-user.ts'
import { startRedis } from '../support/redis-server.ts'
import type { RedisServer } from '../support/redis-server.ts'
import { startSentinelSet } from './sentinel-set.ts'
import type { SentinelSet } from './sentinel-set.ts'

/** `durable` keeps what it has acknowledged, `volatile` nothing; `failover` is a master with a replica and a sentinel. */
export type StoreKind = 'durable' | 'volatile' | 'failover'

/** Servers for one world. */
export interface Store {
  readonly kind: StoreKind
  /** Port of the server that takes writes now. */
  port(): number
  /** One command on a connection of its own, once more where it failed; payloads as text. */
  ask<T>(...command: string[]): Promise<T>
  /** The only server, for faults of its process. */
  readonly server: RedisServer
  /** The set, where the kind is `failover`. */
  readonly set: SentinelSet | null
  stop(): Promise<void>
}

const ARGS = ['--enable-debug-command', 'yes', ...PLAIN_USER]

/** Starts the servers of a kind. */
export async function startStore(kind: StoreKind): Promise<Store> {
  const set = kind === 'failover' ? await startSentinelSet(PLAIN_USER) : null
  const server = set?.master ?? (await startRedis({ appendonly: kind === 'durable', args: ARGS }))
  const port = (): number => set?.masterPort() ?? server.port
  return {
    kind,
    port,
    ask: (...command) => untilAnswered(() => askAt(port(), command)),
    server,
    set,
    stop: () => (set ?? server).stop(),
  }
}

// It may be away just now, by another fault.
async function untilAnswered<T>(ask: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + 15_000
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (performance.now() > deadline) throw error
      await pause(50)
    }
  }
}

/** One command to the Redis at a port of this machine. */
export async function askAt<T>(port: number, command: readonly string[]): Promise<T> {
  const client = createClient({ url: `redis://127.0.0.1:${port}`, socket: RETRY_NOTHING })
  client.on('error', () => {}) // told by the promise
  await client.connect()
  try {
    return await client.sendCommand<T>([...command])
  } finally {
    client.destroy()
  }
}

/** Socket options for clients that are made anew instead. */
export const RETRY_NOTHING = { reconnectStrategy: false } as const
