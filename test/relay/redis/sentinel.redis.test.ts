// The relay behind Redis Sentinel: real servers, real failovers. Whatever the new master does not have is told.
import { createClient } from '@redis/client'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { redisBackend } from '../../../src/relay/index.ts'
import type { Backend } from '../../../src/relay/index.ts'
import { freePort, startRedis } from '../../support/redis-server.ts'
import type { RedisServer } from '../../support/redis-server.ts'
import { serve } from '../serve.ts'
import type { Served } from '../serve.ts'

const COMPLETED = '{"type":"status","status":"completed"}'
const LIST = 'agent_run:a:responses'
const STREAM = 'agent_run:b:stream'
const NODE = ['--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '1']

type Client = Awaited<ReturnType<typeof connect>>
let stack: AsyncDisposableStack
afterEach(() => stack.disposeAsync())

async function connect(server: RedisServer) {
  const client = createClient({ url: server.url })
  client.on('error', () => {}) // servers are killed on purpose
  await client.connect()
  stack.defer(() => client.destroy())
  return client
}

async function launch(...options: Parameters<typeof startRedis>): Promise<RedisServer> {
  const server = await startRedis(...options)
  stack.defer(server.stop)
  return server
}

/** A master, a replica that has all it has, and a Sentinel that knows both. */
async function setup() {
  stack = new AsyncDisposableStack()
  const master = await launch({ args: NODE })
  const of = ['--replicaof', `127.0.0.1 ${master.port}`]
  const replica = await launch({ args: [...NODE, ...of] })
  const config = [
    `sentinel monitor main 127.0.0.1 ${master.port} 1`,
    'sentinel down-after-milliseconds main 500',
    'sentinel failover-timeout main 3000',
  ]
  const sentinel = await launch({ config, args: ['--sentinel'] })
  const asked = await connect(sentinel)
  const replicas = async (): Promise<string> =>
    JSON.stringify(await asked.sendCommand(['SENTINEL', 'REPLICAS', 'main']))
  await vi.waitFor(
    async () => expect(await replicas()).toMatch('"master-link-status":"ok"'),
    20_000,
  )
  const nodes = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${sentinel.port}`] // the first is down
  return { master, replica, nodes, asked }
}

function relayOn(nodes: readonly string[]): { backend: Backend; start: () => Promise<Served> } {
  const backend = redisBackend({ sentinel: { name: 'main', nodes } })
  const start = async (): Promise<Served> => {
    const served = await serve({ backend, pollMs: 500 })
    stack.defer(served.close)
    await vi.waitFor(() => expect(backend.isReady()).toBe(true), 10_000)
    return served
  }
  return { backend, start }
}

const isMaster = async (client: Client): Promise<void> =>
  expect(await client.info('replication')).toContain('role:master')

describe('a relay behind Sentinel', () => {
  it('is with the master, over two connections, and finds the new one after a kill', async () => {
    const { master, replica, nodes } = await setup()
    const served = await relayOn(nodes).start()
    const [old, next] = [await connect(master), await connect(replica)]
    const clients = (await old.clientList()).filter(
      ({ name, flags }) => !name.startsWith('sentinel') && !flags.includes('S'),
    )
    expect(clients).toHaveLength(2 + 1) // one is ours
    await old.rPush(LIST, ['0', '1'])
    await old.xAdd(STREAM, '*', { data: '0' })
    await old.sendCommand(['WAIT', '1', '5000'])
    const viewers = [await served.view('a'), await served.view('b')]
    for (const viewer of viewers) await viewer.until(({ text }) => text().includes('caught-up'))
    await master.kill()
    await vi.waitFor(() => isMaster(next), 20_000)
    await next.rPush(LIST, ['2', COMPLETED])
    await next.xAdd(STREAM, '*', { data: '1' })
    await next.xAdd(STREAM, '*', { data: COMPLETED })
    await Promise.all(viewers.map(({ ended }) => ended))
    expect(viewers[0]?.payloads()).toEqual(['0', '1', '2', COMPLETED])
    expect(viewers[1]?.payloads()).toEqual(['0', '1', COMPLETED])
    for (const viewer of viewers) expect(viewer.text()).not.toContain('relay.gap')
  })

  it('leaves a master that was deposed while its sockets stay open', async () => {
    const { master, replica, nodes, asked } = await setup()
    const served = await relayOn(nodes).start()
    const [old, next] = [await connect(master), await connect(replica)]
    await old.rPush(LIST, ['0'])
    await old.sendCommand(['WAIT', '1', '5000'])
    const viewer = await served.view('a')
    await viewer.until(({ text }) => text().includes('caught-up'))
    // Sentinel tells a deposed master to close its clients' connections; this one cannot hear it.
    await old.sendCommand([
      'ACL',
      'SETUSER',
      'default',
      '-client|kill',
      '-replicaof',
      '-slaveof',
      '-exec',
      '-multi',
    ])
    await asked.sendCommand(['SENTINEL', 'FAILOVER', 'main'])
    await vi.waitFor(() => isMaster(next), 20_000)
    await isMaster(old) // both say that they are the master
    await next.rPush(LIST, ['1', COMPLETED])
    await viewer.ended
    expect(viewer.payloads()).toEqual(['0', '1', COMPLETED])
  })

  it('tells that a failover lost the tail, also to who comes back at another relay', async () => {
    const { master, replica, nodes } = await setup()
    const served = await relayOn(nodes).start()
    const [old, next] = [await connect(master), await connect(replica)]
    await old.rPush(LIST, ['0', '1'])
    await old.sendCommand(['WAIT', '1', '5000'])
    // The replica is cut off and cannot come back.
    await next.configSet('masterauth', 'wrong')
    await old.sendCommand(['CLIENT', 'KILL', 'TYPE', 'replica'])
    await old.rPush(LIST, ['2 lost', '3 lost'])
    const viewer = await served.view('a')
    await viewer.until(({ payloads }) => payloads().length === 4)
    await master.kill()
    await vi.waitFor(() => isMaster(next), 20_000)
    await next.rPush(LIST, ['2', '3', '4', COMPLETED])
    await viewer.ended
    const gap = { reason: 'replaced', from: viewer.ids()[3], to: viewer.ids()[4] }
    const told = viewer.events().filter(({ event }) => event === 'relay.gap')
    expect(told.map(({ data }) => JSON.parse(data))).toEqual([gap])
    const whole = ['0', '1', '2', '3', '4', COMPLETED]
    expect(viewer.payloads().slice(4)).toEqual(whole)
    const other = await relayOn(nodes).start()
    const resumed = await other.view('a', { 'last-event-id': gap.from ?? '' })
    await resumed.ended
    expect(resumed.events().find(({ event }) => event === 'relay.gap')?.data).toContain('replaced')
    expect(resumed.payloads()).toEqual(whole)
  })

  it('waits where no Sentinel knows the master, and says so', async () => {
    stack = new AsyncDisposableStack()
    const warn = vi.fn<(message: string) => void>()
    const sentinel = await launch({ config: [], args: ['--sentinel'] })
    const nodes = [`127.0.0.1:${sentinel.port}`]
    const logger = { info: () => {}, warn }
    const backend = redisBackend({ sentinel: { name: 'nobody', nodes }, logger })
    await vi.waitFor(() => expect(warn).toHaveBeenCalled(), 5000)
    expect(warn.mock.calls[0]?.[0]).toContain('no Sentinel knows a master "nobody"')
    expect(backend.isReady()).toBe(false)
    await backend.close()
  })

  it('refuses a node that is none', () => {
    stack = new AsyncDisposableStack()
    expect(() => redisBackend({ sentinel: { name: 'main', nodes: ['nowhere'] } })).toThrow(
      TypeError,
    )
  })
})
