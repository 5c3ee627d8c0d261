import { createCluster } from '@redis/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createStreamWriter } from '../../src/writer/index.ts'
import { startRedisCluster } from '../support/redis-cluster.ts'
import type { RedisCluster } from '../support/redis-cluster.ts'
import { keyOf, LAYOUTS, logOf } from './logs.ts'

const END = '{"type":"RUN_FINISHED"}'
const connected = (url: string) =>
  createCluster({ rootNodes: [{ url }] })
    .on('error', () => {})
    .connect()

let cluster: RedisCluster
let client: Awaited<ReturnType<typeof connected>>

beforeAll(async () => {
  cluster = await startRedisCluster()
  client = await connected(cluster.nodes[0]?.url ?? '')
}, 60_000)
afterAll(async () => {
  client.destroy()
  await cluster.stop()
})

describe.each(LAYOUTS)('a Redis Cluster, %s', (layout) => {
  it('takes runs on all of its nodes, each in one slot', async () => {
    const ids = Array.from({ length: 12 }, (_, n) => `run-${layout}-${n}`)
    const nodes = new Set<string>()
    for (const id of ids) {
      const writer = createStreamWriter(client, id, { layout })
      for (const text of ['a', 'b']) writer.write(text)
      await writer.end(END)
      expect(await logOf(client, layout, id)).toEqual(['a', 'b', END])
      nodes.add(String(client.slots[slotOf(keyOf(layout, id))]?.master.address))
      await writer.close()
    }
    expect(nodes.size).toBe(3)
  })

  it('tells of a stop', async () => {
    const id = `stop-${layout}`
    const stopped = Promise.withResolvers<void>()
    await using writer = createStreamWriter(client, id, {
      layout,
      stopPollMs: 5,
      onStop: stopped.resolve,
    })
    await writer.ready()
    if (layout === 'suna-stream') await client.set(`agent_run:${id}:stop`, '1')
    else {
      const channel = `agent_run:${id}:control`
      await expect.poll(() => client.publish(channel, 'STOP').then(() => heard())).toBe(true)
    }
    await stopped.promise

    function heard(): Promise<boolean> {
      const soon = new Promise<boolean>((resolve) => setTimeout(resolve, 20, false))
      return Promise.race([stopped.promise.then(() => true), soon])
    }
  })
})

// CRC16 as Redis Cluster uses it.
function slotOf(key: string): number {
  let crc = 0
  for (const byte of Buffer.from(key)) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1
    crc &= 0xffff
  }
  return crc % 16_384
}
