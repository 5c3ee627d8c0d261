// A master, a replica and a sentinel that fails over from one to the other. Before a failover the replica can be cut
// off, so that the master acknowledges a tail that it takes with it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort, startRedis } from '../support/redis-server.ts'
import type { RedisServer } from '../support/redis-server.ts'
import { askAt } from './store.ts'

/** A running set. */
export interface SentinelSet {
  readonly name: string
  readonly sentinelPort: number
  readonly master: RedisServer
  masterPort(): number
  /** The replica hears no more of what the master writes. */
  cutOffReplica(): Promise<void>
  /** Kills the master; resolves once the sentinel has made the replica one. */
  failOver(): Promise<void>
  stop(): Promise<void>
}

const NAME = 'chaos'

/** Starts a set, its replica in step. @param args more arguments for master and replica */
export async function startSentinelSet(args: readonly string[] = []): Promise<SentinelSet> {
  const master = await startRedis({ args })
  const replica = await startRedis({
    args: [...args, '--replicaof', '127.0.0.1', String(master.port)],
  })
  const sentinelPort = await freePort()
  const dir = await mkdtemp(join(tmpdir(), 'framewise-sentinel-'))
  const config = join(dir, 'sentinel.conf')
  await writeFile(config, configOf(sentinelPort, dir, master.port))
  const sentinel = spawn('redis-server', [config, '--sentinel'], { stdio: 'ignore' })
  let masterPort = master.port

  await until(async () => {
    const told = await askAt<string[][]>(sentinelPort, ['SENTINEL', 'REPLICAS', NAME])
    const role = await askAt<unknown[]>(replica.port, ['ROLE'])
    return told.length === 1 && role[3] === 'connected'
  })

  async function cutOffReplica(): Promise<void> {
    await askAt(replica.port, ['REPLICAOF', '127.0.0.1', '1'])
  }

  async function failOver(): Promise<void> {
    await master.kill()
    await until(async () => (await askAt<unknown[]>(replica.port, ['ROLE']))[0] === 'master')
    await until(async () => {
      const address = ['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', NAME]
      return Number((await askAt<string[]>(sentinelPort, address))[1]) === replica.port
    })
    masterPort = replica.port
  }

  async function stop(): Promise<void> {
    const exit = once(sentinel, 'exit')
    sentinel.kill('SIGKILL')
    await exit
    await Promise.all([master.stop(), replica.stop(), rm(dir, { recursive: true, force: true })])
  }

  return {
    name: NAME,
    sentinelPort,
    master,
    masterPort: () => masterPort,
    cutOffReplica,
    failOver,
    stop,
  }
}

function configOf(port: number, dir: string, masterPort: number): string {
  return [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${dir}`,
    `sentinel monitor ${NAME} 127.0.0.1 ${masterPort} 1`,
    `sentinel down-after-milliseconds ${NAME} 500`,
    `sentinel failover-timeout ${NAME} 3000`,
    '',
  ].join('\n')
}

async function until(test: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 30_000
  while (!(await test().catch(() => false))) {
    if (performance.now() > deadline) throw new Error('the sentinel set did not come about in 30 s')
    await pause(50)
  }
}
