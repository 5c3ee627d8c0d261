// What the relay's user must be allowed to do: the two recipes of docs/redis.md, word for word, and what is left where
// less is known or permitted, as on offers that are managed.
import { readFileSync } from 'node:fs'
import { createClient } from '@redis/client'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { redisBackend, StopNotPermittedError } from '../../src/relay/index.ts'
import { startRedis } from '../support/redis-server.ts'
import type { RedisServer } from '../support/redis-server.ts'
import { serve } from './serve.ts'

const COMPLETED = '{"type": "status", "status": "completed"}'

// The lines of docs/redis.md that begin so.
const recipes = readFileSync(new URL('../../docs/redis.md', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('ACL SETUSER'))
  .map((line) => line.split(' '))

const lacking = {
  'no CLIENT TRACKING': ['+@all', '-client|tracking'],
  'no CLIENT UNBLOCK': ['+@all', '-client|tracking', '-client|unblock'],
  'nothing of CLIENT': ['+@all', '-client'],
  'no SUBSCRIBE': ['+@all', '-subscribe', '-client|tracking'],
  'no TIME, INFO, CONFIG or MONITOR': ['+@all', '-time', '-info', '-config', '-monitor'],
}

let redis: RedisServer
let admin: ReturnType<typeof createClient>
beforeAll(async () => {
  redis = await startRedis()
  admin = createClient({ url: redis.url })
  await admin.connect()
  for (const recipe of recipes)
    await admin.sendCommand(recipe.map((word) => word.replace('PASSWORD', 'pw')))
  for (const [at, rules] of Object.values(lacking).entries()) {
    await admin.sendCommand(['ACL', 'SETUSER', `lacking${at}`, 'on', '>pw', '~*', '&*', ...rules])
  }
})
afterAll(async () => {
  admin.destroy()
  await redis.stop()
})

let runs = 0
async function follow(user: string, layout: 'list' | 'stream', options: object = {}) {
  const id = `rights_${runs++}`
  const warn = vi.fn<(line: string) => void>()
  const url = redis.url.replace('//', `//${user}:pw@`)
  const backend = redisBackend({ url, logger: { info: () => {}, warn }, ...options })
  const served = await serve({ backend, pollMs: user.startsWith('lacking') ? 300 : 30_000 })
  const add = (payload: string): Promise<unknown> =>
    layout === 'list'
      ? admin.rPush(`agent_run:${id}:responses`, payload)
      : admin.xAdd(`agent_run:${id}:stream`, '*', { data: payload })
  await vi.waitFor(() => expect(backend.isReady()).toBe(true), 5000)
  const viewer = await served.view(id)
  for (const payload of ['0', '1']) await add(payload)
  await viewer.until(({ payloads }) => payloads().length === 2)
  const stop = await backend.stop(id).then(
    () => 'asked',
    (error: unknown) => error,
  )
  await add(COMPLETED)
  await viewer.ended
  await served.close()
  return { payloads: viewer.payloads(), stop, warnings: warn.mock.calls.map(([line]) => line), id }
}

describe.for(['list', 'stream'] as const)('a user of the recipes, %s', (layout) => {
  it('may read and follow, and not stop, by the first', async () => {
    const { payloads, stop, warnings } = await follow('relay', layout)
    expect(payloads).toEqual(['0', '1', COMPLETED])
    expect(stop).toBeInstanceOf(StopNotPermittedError)
    expect(warnings).toEqual([])
  })

  it('may stop as well, and write nothing else, by the second', async () => {
    const { payloads, stop, warnings, id } = await follow('relay-stop', layout)
    expect(payloads).toEqual(['0', '1', COMPLETED])
    expect(stop).toBe('asked')
    expect(warnings).toEqual([])
    const user = createClient({ url: redis.url.replace('//', '//relay-stop:pw@') })
    await user.connect()
    await expect(user.rPush(`agent_run:${id}:responses`, 'x')).rejects.toThrow('NOPERM')
    await expect(user.set(`agent_run:${id}:stream`, 'x')).rejects.toThrow('NOPERM')
    await expect(user.get('elsewhere')).rejects.toThrow('NOPERM')
    user.destroy()
  })
})

describe.for(Object.keys(lacking))('a server with %s', (what) => {
  const user = `lacking${Object.keys(lacking).indexOf(what)}`
  it.for(['list', 'stream'] as const)('is read to the end all the same: %s', async (layout) => {
    const { payloads } = await follow(user, layout)
    expect(payloads).toEqual(['0', '1', COMPLETED])
  })
})
