// The relay on a real Redis Cluster of three masters and a replica.
import { createCluster } from '@redis/client'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { redisBackend } from '../../../src/relay/index.ts'
import { slotOf } from '../../../src/relay/redis/redis-cluster.ts'
import { startRedisCluster } from '../../support/redis-cluster.ts'
import type { RedisCluster } from '../../support/redis-cluster.ts'
import { testBackendContract } from '../backend-contract.ts'
import type { Subject } from '../backend-contract.ts'
import { serve } from '../serve.ts'

const COMPLETED = '{"type": "status", "status": "completed"}'

let cluster: RedisCluster
beforeAll(async () => {
  cluster = await startRedisCluster(true)
}, 60_000)
afterAll(() => cluster.stop())

async function connect() {
  const client = createCluster({ rootNodes: cluster.urls.map((url) => ({ url })) })
  client.on('error', () => {}) // nodes are killed on purpose
  await client.connect()
  return client
}

const backendOn = (url = cluster.urls[0]) => redisBackend({ url, cluster: true })
const listKey = (id: string): string => `agent_run:${id}:responses`
const streamKey = (id: string): string => `agent_run:${id}:stream`

async function subject(written: 'list' | 'stream'): Promise<Subject> {
  const client = await connect()
  const backend = backendOn()
  const controls = new Set<string>()
  await client.pSubscribe('agent_run:*:control', (word, channel) => controls.add(channel + word))
  return {
    backend,
    append: (id, payload) =>
      written === 'stream'
        ? client.xAdd(streamKey(id), '*', { data: payload })
        : client.rPush(listKey(id), payload),
    async delete(id) {
      await client.del(listKey(id))
      await client.del(streamKey(id))
      const deletedAt = Date.now()
      await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(deletedAt + 1), { interval: 1 })
    },
    async heardStop(id) {
      if (written === 'list') return controls.has(`agent_run:${id}:controlSTOP`)
      return (await client.get(`agent_run:${id}:stop`)) === '1'
    },
    async close() {
      await backend.close()
      client.destroy()
    },
  }
}

testBackendContract('redis cluster, list', () => subject('list'))
testBackendContract('redis cluster, stream', () => subject('stream'))

// An id whose key lies on the given master.
function idOn(master: number, key: (id: string) => string, prefix: string): string {
  for (let n = 0; ; n++) {
    const slot = slotOf(key(`${prefix}_${n}`))
    if (slot > master * 5461 && slot < (master + 1) * 5461) return `${prefix}_${n}`
  }
}

describe('a relay on a cluster', () => {
  it('finds all masters from one seed, with two connections to each, whatever is watched', async () => {
    const count = async (): Promise<number[]> => {
      const lists = [0, 1, 2].map((node) => cluster.ask(node, 'CLIENT', 'LIST', 'TYPE', 'NORMAL'))
      const hearing = [0, 1, 2].map((node) => cluster.ask(node, 'CLIENT', 'LIST', 'TYPE', 'PUBSUB'))
      const told = await Promise.all([...lists, ...hearing])
      const lines = told.map((text) => String(text).split('\n').filter(Boolean).length)
      return [0, 1, 2].map((node) => (lines[node] ?? 0) + (lines[node + 3] ?? 0))
    }
    const before = await count()
    const backend = backendOn(cluster.urls[1])
    await vi.waitFor(() => expect(backend.isReady()).toBe(true), 5000)
    const served = await serve({ backend })
    await Promise.all(Array.from({ length: 30 }, (_, n) => served.view(`many_${n}`)))
    expect(backend.info?.().connections).toBe(6)
    expect((await count()).map((now, node) => now - (before[node] ?? 0))).toEqual([2, 2, 2])
    await served.close()
  })

  it.for(['list', 'stream'] as const)(
    'serves a run to its end while its slot moves: %s',
    async (layout) => {
      const client = await connect()
      const served = await serve({ backend: backendOn() })
      const key = layout === 'list' ? listKey : streamKey
      const id = idOn(1, key, `moving_${layout}`)
      const add = (payload: string): Promise<unknown> =>
        layout === 'list'
          ? client.rPush(key(id), payload)
          : client.xAdd(key(id), '*', { data: payload })
      await add('0')
      const viewer = await served.view(id)
      await viewer.until(({ payloads }) => payloads().length === 1)
      await cluster.migrate(slotOf(key(id)), 1, 2)
      for (let n = 1; n < 20; n++) await add(String(n))
      await viewer.until(({ payloads }) => payloads().length === 20)
      await cluster.migrate(slotOf(key(id)), 2, 1)
      await add(COMPLETED)
      await viewer.ended
      expect(viewer.payloads()).toEqual([
        ...Array.from({ length: 20 }, (_, n) => String(n)),
        COMPLETED,
      ])
      expect(viewer.text()).not.toContain('relay.gap')
      await served.close()
      client.destroy()
    },
  )

  it('follows a redirect that names no host, which is then that of the node it asked', async () => {
    const client = await connect()
    const backend = backendOn()
    const id = idOn(1, listKey, 'nameless')
    const slot = slotOf(listKey(id))
    const prefer = (endpoint: string): Promise<unknown> => {
      const set = ['CONFIG', 'SET', 'cluster-preferred-endpoint-type', endpoint]
      return Promise.all([0, 1, 2].map((node) => cluster.ask(node, ...set)))
    }
    await client.rPush(listKey(id), '0')
    await vi.waitFor(() => expect(backend.isReady()).toBe(true), 20_000)
    await prefer('unknown-endpoint')
    await cluster.migrate(slot, 1, 2)
    const page = await backend.read(id, null, { limit: 10, follow: false })
    expect(page.entries).toHaveLength(1)
    await prefer('ip')
    await cluster.migrate(slot, 2, 1)
    await backend.close()
    client.destroy()
  })

  it('hears the end of a run from any node, and asks one to stop', async () => {
    const client = await connect()
    const backend = backendOn()
    const served = await serve({ backend })
    const id = idOn(2, listKey, 'signalled')
    await client.rPush(listKey(id), '0')
    const viewer = await served.view(id)
    await viewer.until(({ payloads }) => payloads().length === 1)
    await client.publish(`agent_run:${id}:control`, 'END_STREAM')
    await viewer.ended
    expect(viewer.events().at(-1)?.data).toBe('{"reason":"completed"}')
    const run = idOn(0, streamKey, 'asked')
    await client.xAdd(streamKey(run), '*', { data: '0' })
    await backend.stop(run)
    expect(await client.get(`agent_run:${run}:stop`)).toBe('1')
    await served.close()
    client.destroy()
  })

  // The last one: it leaves the cluster with a master less.
  it('goes on at the replica of a master that dies, and tells of what is lost', async () => {
    const client = await connect()
    const served = await serve({ backend: backendOn() })
    const id = idOn(0, streamKey, 'failing')
    for (let n = 0; n < 5; n++) await client.xAdd(streamKey(id), '*', { data: String(n) })
    await cluster.ask(0, 'WAIT', '1', '1000')
    const viewer = await served.view(id)
    await viewer.until(({ payloads }) => payloads().length === 5)
    await cluster.nodes[0]?.kill()
    await vi.waitFor(
      async () => expect(String(await cluster.ask(3, 'ROLE'))).toContain('master'),
      20_000,
    )
    await vi.waitFor(() => client.xAdd(streamKey(id), '*', { data: COMPLETED }), 20_000)
    await viewer.ended
    expect(viewer.payloads()).toEqual(['0', '1', '2', '3', '4', COMPLETED])
    await served.close()
    client.destroy()
  }, 60_000)
})
