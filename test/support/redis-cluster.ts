// A Redis Cluster of three nodes for tests, each with a third of the slots.
import { createClient } from '@redis/client'
import { freePort, startRedis } from './redis-server.ts'
import type { RedisServer } from './redis-server.ts'

export interface RedisCluster {
  readonly nodes: readonly RedisServer[]
  stop(): Promise<void>
}

const SLOTS = 16_384

/** Resolves once every node knows where every slot is. */
export async function startRedisCluster(): Promise<RedisCluster> {
  const nodes: RedisServer[] = []
  for (let n = 0; n < 3; n++) {
    const args = ['--cluster-enabled', 'yes', '--cluster-port', String(await freePort())]
    nodes.push(await startRedis({ args }))
  }
  const clients = await Promise.all(nodes.map(({ url }) => createClient({ url }).connect()))
  const each = Math.ceil(SLOTS / clients.length)
  for (const [n, client] of clients.entries()) {
    const last = Math.min(SLOTS, (n + 1) * each) - 1
    await client.sendCommand(['CLUSTER', 'ADDSLOTSRANGE', String(n * each), String(last)])
  }
  const [first] = clients
  for (const { port, busPort } of await addressesOf(clients)) {
    await first?.sendCommand(['CLUSTER', 'MEET', '127.0.0.1', port, busPort])
  }
  for (const client of clients) {
    while (!(await isWhole(client))) await new Promise((resolve) => setTimeout(resolve, 20))
    client.destroy()
  }
  return {
    nodes,
    async stop() {
      for (const node of nodes) await node.stop()
    },
  }
}

async function isWhole(client: Client): Promise<boolean> {
  const info = await client.sendCommand<string>(['CLUSTER', 'INFO'])
  return info.includes('cluster_state:ok') && info.includes('cluster_known_nodes:3')
}

type Client = { sendCommand<T>(args: string[]): Promise<T> }

// `CLUSTER NODES` begins each line with its id and `host:port@busPort`.
async function addressesOf(clients: readonly Client[]) {
  const lines = await Promise.all(
    clients.map((client) => client.sendCommand<string>(['CLUSTER', 'NODES'])),
  )
  return lines.map((line) => {
    const [, port = '', busPort = ''] = /:(\d+)@(\d+)/.exec(line) ?? []
    return { port, busPort }
  })
}
