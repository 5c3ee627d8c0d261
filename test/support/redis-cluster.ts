// A real Redis Cluster for tests: three masters and, on request, a replica of the first.
import { createClient } from '@redis/client'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort, startRedis } from './redis-server.ts'
import type { RedisServer } from './redis-server.ts'

/** A running cluster. */
export interface RedisCluster {
  readonly nodes: readonly RedisServer[]
  readonly urls: readonly string[]
  /** Sends one command to one node. */
  ask(node: number, ...args: readonly string[]): Promise<unknown>
  /** Moves a slot, with the keys that are in it, from one master to another. */
  migrate(slot: number, from: number, to: number): Promise<void>
  stop(): Promise<void>
}

const RANGES = ['0 5460', '5461 10922', '10923 16383'] as const
const ARGS = [
  '--cluster-enabled',
  'yes',
  '--cluster-node-timeout',
  '1000',
  '--cluster-port',
] as const

/** Starts a cluster and resolves once every node takes it for whole. */
export async function startRedisCluster(replica = false): Promise<RedisCluster> {
  const nodes: RedisServer[] = []
  const buses: string[] = []
  for (let at = 0; at < (replica ? 4 : 3); at++) {
    buses.push(String(await freePort()))
    nodes.push(await startRedis({ args: [...ARGS, buses[at] ?? ''] }))
  }
  const clients = await Promise.all(nodes.map((node) => connect(node)))

  function ask(node: number, ...args: readonly string[]): Promise<unknown> {
    return clients[node]?.sendCommand([...args]) ?? Promise.reject(new Error(`no node ${node}`))
  }

  const idOf = async (node: number): Promise<string> => String(await ask(node, 'CLUSTER', 'MYID'))

  async function migrate(slot: number, from: number, to: number): Promise<void> {
    const [source, target] = [await idOf(from), await idOf(to)]
    await ask(to, 'CLUSTER', 'SETSLOT', String(slot), 'IMPORTING', source)
    await ask(from, 'CLUSTER', 'SETSLOT', String(slot), 'MIGRATING', target)
    const keys = (await ask(from, 'CLUSTER', 'GETKEYSINSLOT', String(slot), '1000')) as string[]
    const port = String(nodes[to]?.port)
    if (keys.length > 0) {
      await ask(from, 'MIGRATE', '127.0.0.1', port, '', '0', '5000', 'KEYS', ...keys)
    }
    for (const node of [to, from]) {
      await ask(node, 'CLUSTER', 'SETSLOT', String(slot), 'NODE', target)
    }
  }

  async function stop(): Promise<void> {
    for (const client of clients) client.destroy()
    await Promise.all(nodes.map((node) => node.stop()))
  }

  for (const [at, range] of RANGES.entries()) {
    await ask(at, 'CLUSTER', 'ADDSLOTSRANGE', ...range.split(' '))
  }
  for (const [at, { port }] of nodes.entries()) {
    if (at > 0) await ask(0, 'CLUSTER', 'MEET', '127.0.0.1', String(port), buses[at] ?? '')
  }
  const everywhere = nodes.map((_, at) => at)
  const state = async (at: number): Promise<string> => String(await ask(at, 'CLUSTER', 'INFO'))
  const whole = `cluster_known_nodes:${nodes.length}`
  if (replica) {
    await until(async () => (await state(3)).includes(whole))
    await ask(3, 'CLUSTER', 'REPLICATE', await idOf(0))
    await until(async () => String(await ask(3, 'ROLE')).includes('connected'))
  }
  await until(async () => {
    const told = await Promise.all(everywhere.map(state))
    return told.every((text) => text.includes('cluster_state:ok') && text.includes(whole))
  })
  return { nodes, urls: nodes.map(({ url }) => url), ask, migrate, stop }
}

async function connect({ url }: RedisServer) {
  const client = createClient({ url, RESP: 2, socket: { reconnectStrategy: 100 } })
  client.on('error', () => {}) // nodes are killed on purpose
  await client.connect()
  return client
}

async function until(test: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 30_000
  while (!(await test().catch(() => false))) {
    if (performance.now() > deadline) throw new Error('the cluster did not come about in 30 s')
    await pause(50)
  }
}
