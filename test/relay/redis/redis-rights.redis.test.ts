// What docs/redis.md says of rights, run as it stands there: each recipe serves both layouts, and does no more.
import { readFileSync } from 'node:fs'
import { createClient } from '@redis/client'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { redisBackend, StopNotPermittedError } from '../../../src/relay/index.ts'
import type { Backend } from '../../../src/relay/index.ts'
import { startRedis } from '../../support/redis-server.ts'
import type { RedisServer } from '../../support/redis-server.ts'
import { serve } from '../serve.ts'

const COMPLETED = '{"type":"status","status":"completed"}'
const docs = readFileSync(new URL('../../../docs/redis.md', import.meta.url), 'utf8')
const recipes = [...docs.matchAll(/^ACL SETUSER relay (.*)$/gm)].map(([, rules = '']) => rules)
const [readOnly = '', withStop = ''] = recipes

let redis: RedisServer
let client: Awaited<ReturnType<typeof connect>>
const connect = (server = redis) => createClient({ url: server.url }).connect()
beforeAll(async () => {
  redis = await startRedis()
  client = await connect()
})
afterAll(async () => {
  client.destroy()
  await redis.stop()
})

let users = 0

/** A backend whose user has these rights alone. */
async function backendWith(rules: string): Promise<Backend> {
  const name = `user${users++}`
  await client.sendCommand(['ACL', 'SETUSER', name, ...rules.split(' ')])
  const backend = redisBackend({ url: redis.url.replace('//', `//${name}:SECRET@`) })
  await vi.waitFor(() => expect(backend.isReady()).toBe(true), 5000)
  return backend
}

/** Serves a run of each layout, from before its first event to its end. */
async function serveBoth(backend: Backend, writer = client): Promise<void> {
  const served = await serve({ backend })
  for (const layout of ['list', 'stream']) {
    const id = `rights_${users++}_${layout}`
    const viewer = await served.view(id)
    await viewer.until(({ text }) => text().includes('caught-up'))
    for (const [n, data] of ['0', '1', '2', COMPLETED].entries()) {
      if (layout === 'stream') await writer.xAdd(`agent_run:${id}:stream`, '*', { data })
      else await writer.rPush(`agent_run:${id}:responses`, data)
      if (layout === 'list') await writer.publish(`agent_run:${id}:new_response`, 'new')
      await viewer.until(({ payloads }) => payloads().length > n)
    }
    await viewer.ended
    const resumed = await served.view(id, { 'last-event-id': viewer.ids()[1] ?? '' })
    await resumed.ended
    expect(resumed.payloads()).toEqual(['2', COMPLETED])
    expect((await fetch(`${served.url}/v1/streams/${id}`)).status).toBe(200)
  }
  expect(served.relay.stats()).toMatchObject({ polls: 0, readErrors: 0 })
  await served.close()
}

describe('rights', () => {
  it('are two recipes in the documents', () => expect(recipes).toHaveLength(2))

  it('to read serve both layouts by notices, and stop nothing', async () => {
    const backend = await backendWith(readOnly)
    expect(backend.info().wakes).toBe('tracking')
    await expect(backend.stop('a')).rejects.toThrow(StopNotPermittedError)
    await vi.waitFor(() => expect(backend.info().clockOffsetMs).not.toBe(null), 5000)
    await serveBoth(backend)
  })

  it('to stop, too, stop runs of both layouts', async () => {
    const backend = await backendWith(withStop)
    const heard: string[] = []
    const hears = await connect()
    await hears.subscribe('agent_run:stopped:control', (word) => void heard.push(word))
    await backend.stop('stopped')
    await vi.waitFor(() => expect(heard).toEqual(['STOP']), 5000)
    expect(await client.get('agent_run:stopped:stop')).toBe('1')
    hears.destroy()
    await serveBoth(backend)
  })

  const allow = 'on >SECRET ~* &*'
  it.for([
    ['+@all -@write -@admin -@dangerous', 'tracking'],
    ['+@all -client|unblock', 'tracking'],
    ['+@all -client|tracking', 'blocking'],
    ['+@all -client|tracking -client|unblock', 'blocking'],
    ['+@all -client|id', 'blocking'],
    ['+@all -client', 'blocking'],
    ['+@all -time -ping', 'tracking'],
    [`${readOnly.replace('+client|tracking', '')} +xread +type +client|unblock`, 'blocking'],
  ] as const)('of %s still serve both layouts', async ([rules, wakes]) => {
    const backend = await backendWith(rules.startsWith('on') ? rules : `${allow} ${rules}`)
    expect(backend.info().wakes).toBe(wakes)
    await serveBoth(backend)
  })

  it('are no matter where Redis speaks RESP2 only: three connections serve both layouts', async () => {
    const old = await startRedis({ args: ['--rename-command', 'HELLO', ''] })
    const writer = await createClient({ url: old.url, RESP: 2 }).connect()
    const backend = redisBackend({ url: old.url })
    await vi.waitFor(() => expect(backend.isReady()).toBe(true), 5000)
    expect(backend.info()).toMatchObject({ wakes: 'blocking', connections: 3 })
    await serveBoth(backend, writer as unknown as typeof client)
    writer.destroy()
    await old.stop()
  })
})
