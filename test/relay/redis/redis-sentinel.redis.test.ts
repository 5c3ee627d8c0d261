// The relay on the master of a Sentinel group, whichever server that is.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createClient } from '@redis/client'
import { redisBackend } from '../../../src/relay/index.ts'
import { startSentinelSet } from '../../chaos/sentinel-set.ts'
import type { SentinelSet } from '../../chaos/sentinel-set.ts'
import { serve } from '../serve.ts'
import type { Served } from '../serve.ts'

const COMPLETED = '{"type": "status", "status": "completed"}'
const KEY = 'agent_run:run:responses'

describe('a relay that asks Sentinels', () => {
  let set: SentinelSet
  const relays: Served[] = []
  beforeAll(async () => {
    set = await startSentinelSet()
  }, 60_000)
  afterAll(async () => {
    for (const relay of relays) await relay.close()
    await set.stop()
  })

  async function start(): Promise<Served> {
    const nodes = ['127.0.0.1:1', `127.0.0.1:${set.sentinelPort}`] // the first never answers
    const relay = await serve({ backend: redisBackend({ sentinel: { name: set.name, nodes } }) })
    relays.push(relay)
    return relay
  }

  async function write(...payloads: string[]): Promise<void> {
    const client = await createClient({ url: `redis://127.0.0.1:${set.masterPort()}` }).connect()
    await client.rPush(KEY, payloads)
    client.destroy()
  }

  it('tells of a tail that a failover lost, to who was there and to who comes to another relay', async () => {
    const [first, second] = [await start(), await start()]
    await vi.waitFor(
      () => expect(first.relay.stats().ready && second.relay.stats().ready).toBe(true),
      10_000,
    )
    await write('0', '1')
    const viewer = await first.view('run')
    await viewer.until(({ payloads }) => payloads().length === 2)
    await set.cutOffReplica()
    await write('lost 2', 'lost 3')
    await viewer.until(({ payloads }) => payloads().length === 4)
    const lastId = viewer.ids().at(-1) ?? ''
    await set.failOver()
    await write('new 2', 'new 3', 'new 4', COMPLETED)
    const moved = await second.view('run', { 'last-event-id': lastId })
    await Promise.all([viewer.ended, moved.ended])
    for (const one of [viewer, moved]) {
      const gap = one.events().find(({ event }) => event === 'relay.gap')
      expect(JSON.parse(gap?.data ?? '')).toMatchObject({ reason: 'replaced', from: lastId })
      expect(one.payloads().slice(-6)).toEqual(['0', '1', 'new 2', 'new 3', 'new 4', COMPLETED])
    }
  }, 60_000)

  it('says which Sentinels do not answer, and what is no address', async () => {
    const warn = vi.fn<(line: string) => void>()
    const sentinel = { name: 'none', nodes: ['127.0.0.1:1'] }
    const backend = redisBackend({ sentinel, logger: { info: () => {}, warn } })
    await vi.waitFor(() => expect(warn).toHaveBeenCalled(), 5000)
    expect(warn.mock.calls[0]?.[0]).toContain('127.0.0.1:1')
    await backend.close()
    expect(() => redisBackend({ sentinel: { name: 'x', nodes: ['nowhere'] } })).toThrow('host:port')
    expect(() => redisBackend({ sentinel: { name: 'x', nodes: [] } })).toThrow(TypeError)
  })
})
