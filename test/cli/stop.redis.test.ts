// A run that a viewer's page asks to stop, all the way: the SDK asks the relay, the relay the store, the store the run,
// and the run's own last event ends the stream for everybody.
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { createDemoRuns } from '../../src/cli/demo/runs.ts'
import { createLogger } from '../../src/cli/logger.ts'
import { memoryRunStore, redisRunStore } from '../../src/cli/play/run-store.ts'
import { createAgentStream } from '../../src/index.ts'
import { memoryBackend, redisBackend } from '../../src/relay/index.ts'
import { agUi } from '../../src/protocols/index.ts'
import { serve } from '../relay/serve.ts'
import { startRedis } from '../support/redis-server.ts'
import type { RedisServer } from '../support/redis-server.ts'

let redis: RedisServer
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())

const logger = createLogger({ level: 'error', write: () => {} })
const memory = memoryBackend()
const stores = {
  memory: () => ({ backend: memory, store: memoryRunStore(memory, logger) }),
  list: () => onRedis('suna-list'),
  stream: () => onRedis('suna-stream'),
}

function onRedis(layout: 'suna-list' | 'suna-stream') {
  return { backend: redisBackend({ url: redis.url }), store: redisRunStore(redis.url, layout) }
}

const started = JSON.stringify({ type: 'RUN_STARTED', threadId: 't', runId: 'r' })
const stopped = JSON.stringify({
  type: 'RUN_FINISHED',
  threadId: 't',
  runId: 'r',
  reason: 'stopped',
})

it.for(['memory', 'list', 'stream'] as const)('stops at its own last event: %s', async (where) => {
  const { backend, store } = stores[where]()
  const served = await serve({ backend })
  await vi.waitFor(() => expect(backend.isReady()).toBe(true), 5000)
  const runs = createDemoRuns({ logger })
  const { id } = await runs.start({
    open: (run) => store.open(run, { onStop: () => void runs.stop(run) }),
    // The second event is due in an hour: the run is under way until somebody stops it.
    plan: () => ({
      protocol: 'ag-ui',
      due: [0, 3_600_000],
      payload: () => started,
      stopped: () => stopped,
    }),
  })
  const other = await served.view(id)
  await other.until(({ payloads }) => payloads().length === 1)
  const url = `${served.url}/v1/streams/${id}/events`
  const stream = createAgentStream({ url, protocol: agUi })
  stream.connect()
  await vi.waitFor(() => expect(stream.store.getState().connection).toBe('open'), 5000)
  await stream.stop({ cancelRun: true })
  await other.ended
  expect(other.payloads()).toEqual([started, stopped])
  expect(other.events().at(-1)?.data).toBe('{"reason":"stopped"}')
  expect(stream.store.getState().error).toBe(null)
  stream.close()
  runs.close()
  await served.close()
})
