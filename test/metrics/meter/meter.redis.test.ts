// The meter on what it is for: events that came through a real Redis and a real relay, over both transports.
import { createClient } from '@redis/client'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createAgentStream, sse, type Transport, webSocket } from '../../../src/index.ts'
import { createMeter } from '../../../src/metrics/index.ts'
import { redisBackend } from '../../../src/relay/index.ts'
import { serve, type Served } from '../../relay/serve.ts'
import { type RedisServer, startRedis } from '../../support/redis-server.ts'

let redis: RedisServer
let client: ReturnType<typeof createClient>
let served: Served

beforeAll(async () => {
  redis = await startRedis()
  client = createClient({ url: redis.url })
  await client.connect()
  served = await serve({ backend: redisBackend({ url: redis.url }) })
})
afterAll(async () => {
  client.destroy()
  await served.close()
  await redis.stop()
})

const transports = {
  sse: (id: string): Transport => sse({ url: `${served.url}/v1/streams/${id}/events` }),
  webSocket: (id: string): Transport => webSocket({ url: `${served.url}/v1/ws`, stream: id }),
}

const payload = (): string =>
  JSON.stringify({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta: 'text', made: Date.now() })
const writers = {
  stream: (id: string) => client.xAdd(`agent_run:${id}:stream`, '*', { data: payload() }),
  async list(id: string) {
    await client.rPush(`agent_run:${id}:responses`, payload())
    await client.publish(`agent_run:${id}:new_response`, 'new')
  },
}
const LIVE = 20

describe.each(['sse', 'webSocket'] as const)('over %s', (way) => {
  it.each(['stream', 'list'] as const)(
    'tells where the time went, in the %s layout',
    async (layout) => {
      const id = `metered-${way}-${layout}`
      for (let index = 0; index < 5; index++) await writers[layout](id)
      const stream = createAgentStream({
        transport: transports[way](id),
        metrics: (given) =>
          createMeter({
            ...given,
            payloadTime: ({ data }) => (JSON.parse(data) as { made: number }).made,
          }),
      })
      const { metrics, store } = stream
      stream.connect()
      await vi.waitFor(() => expect(store.getState().connection).toBe('open'), 5000)
      await vi.waitFor(() => expect(metrics.snapshot()).toMatchObject({ events: 5 }), 5000)
      await vi.waitFor(() => expect(metrics.snapshot().serverClock).not.toBeNull(), 5000)
      for (let index = 1; index <= LIVE; index++) {
        await writers[layout](id)
        await vi.waitFor(() => expect(metrics.snapshot().events).toBe(5 + index), {
          timeout: 5000,
          interval: 5,
        })
      }
      const snapshot = metrics.snapshot()
      const { stages } = snapshot
      // Only what is live: the five that were there before are old, and not slow.
      expect(stages.redis?.count).toBe(LIVE)
      expect(stages.relay).toMatchObject({ source: 'exact', count: LIVE })
      expect(stages.network).toMatchObject({ source: 'inferred', count: LIVE })
      expect(stages.redis?.source).toBe(layout === 'stream' ? 'bounded' : 'inferred')
      expect(stages.model?.source).toBe('exact')
      expect(stages.write?.count).toBe(layout === 'stream' ? LIVE : undefined)
      expect(snapshot.gaps.producedBy).toBe('payload')
      expect(snapshot.storeReadMs?.count).toBe(LIVE)
      // What cannot be is never further below zero than the bound says.
      expect(stages.redis?.min).toBeGreaterThanOrEqual(-(stages.redis?.boundMs ?? 0))
      expect(stages.relay?.min).toBeGreaterThanOrEqual(0)
      expect(stages.network?.min).toBeGreaterThanOrEqual(-(stages.network?.boundMs ?? 0) - 1)
      expect(snapshot).toMatchObject({ events: 5 + LIVE, malformed: 0, unknown: 0, losses: 0 })
      stream.close()
    },
  )
})
