// Each trouble that is planted is named first, in the table and in the JSON, and nothing else is poor.
import { readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startMutedWire } from '../../support/muted-wire.ts'
import type { MutedWire } from '../../support/muted-wire.ts'
import { startRedis } from '../../support/redis-server.ts'
import type { RedisServer } from '../../support/redis-server.ts'
import { chunk, connected, diagnose, fill, plantList, plantStream } from './planted.ts'
import type { TestClient } from './planted.ts'
import { startRedisDouble } from './redis-double.ts'

let redis: RedisServer
let client: TestClient
const closing: (() => Promise<unknown>)[] = []
beforeAll(async () => {
  redis = await startRedis({ appendonly: true, args: ['--repl-diskless-sync-delay', '0'] })
  client = await connected(redis.url)
})
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
  await client.flushAll()
})
afterAll(async () => {
  client.destroy()
  await redis.stop()
})

const named = (id: string, poor: readonly string[] = [id]) => ({
  first: id,
  shown: id,
  code: id,
  poor,
})

async function wireOf(roundTripMs: number): Promise<MutedWire & { readonly url: string }> {
  const wire = await startMutedWire(redis.port, roundTripMs)
  closing.push(wire.close)
  return { ...wire, url: `redis://127.0.0.1:${wire.port}` }
}

async function serverWith(...args: string[]): Promise<{ url: string; client: TestClient }> {
  const server = await startRedis({ args: ['--appendonly', 'no', ...args] })
  const own = await connected(server.url)
  closing.push(async () => {
    own.destroy()
    await server.stop()
  })
  return { url: server.url, client: own }
}

it('finds nothing wrong with a server and a stream that are well', async () => {
  await plantStream(client, 'well')
  const { code, poor, examination } = await diagnose(redis.url, 'well')
  expect({ code, poor }).toEqual({ code: 'healthy', poor: [] })
  expect(examination.checks.map(({ rating }) => rating)).not.toContain('needs-work')
})

it('names the distance, at 30, 155 and 220 ms', async () => {
  await plantStream(client, 'far')
  const found = await Promise.all(
    [30, 155, 220].map(async (ms) => diagnose((await wireOf(ms)).url, 'far')),
  )
  expect(found[0]).toMatchObject(named('round-trip', []))
  expect(found[0]?.examination.checks[0]).toMatchObject({ rating: 'needs-work' })
  expect(found[1]).toMatchObject(named('round-trip'))
  expect(found[2]).toMatchObject(named('round-trip'))
})

describe('memory', () => {
  it('is named where any key may be dropped', async () => {
    const { url, client: own } = await serverWith(
      '--maxmemory',
      '4mb',
      '--maxmemory-policy',
      'allkeys-lru',
    )
    await plantStream(own, 'dropped')
    await fill(own)
    expect(await diagnose(url)).toMatchObject(named('eviction-policy'))
  })

  it('is named where what has least time left is dropped first', async () => {
    const { url, client: own } = await serverWith(
      '--maxmemory',
      '4mb',
      '--maxmemory-policy',
      'volatile-ttl',
    )
    await fill(own, 3600)
    for (let n = 0; n < 5; n++) await plantList(own, `short-${n}`, { ttlS: 120, ended: false })
    const diagnosis = await diagnose(url)
    expect(diagnosis).toMatchObject(named('eviction-policy'))
  })

  it('is named where writes are refused', async () => {
    const { url, client: own } = await serverWith(
      '--maxmemory',
      '4mb',
      '--maxmemory-policy',
      'noeviction',
    )
    await plantStream(own, 'refused')
    await fill(own)
    expect(await diagnose(url, 'refused')).toMatchObject(named('eviction-policy'))
  })

  it('is named where runs stay for ever', async () => {
    await plantStream(client, 'forever', { ttlS: 0 })
    await plantList(client, 'forever-too', { ttlS: 0 })
    expect(await diagnose(redis.url, 'forever')).toMatchObject(named('run-ttl'))
  })
})

describe('a stream', () => {
  it('of single characters is named', async () => {
    await plantStream(client, 'tiny', { chars: 1, events: 400 })
    expect(await diagnose(redis.url, 'tiny')).toMatchObject(named('chunk-size'))
  })

  it('of 50,000 events in a list is named', async () => {
    await plantList(client, 'long', { events: 50_000 })
    expect(await diagnose(redis.url, 'long')).toMatchObject(named('range-read'))
  })
})

describe('a writer that awaits RPUSH and then PUBLISH, 155 ms away', () => {
  async function writing(url: string, id: string): Promise<void> {
    const far = await connected(url)
    const key = `agent_run:${id}:responses`
    let goesOn = true
    const loop = (async () => {
      while (goesOn) {
        await far.rPush(key, chunk('x'.repeat(16)))
        await far.publish(`agent_run:${id}:new_response`, 'new')
      }
    })()
    closing.unshift(async () => {
      goesOn = false
      await loop
      far.destroy()
    })
    while ((await client.lLen(key)) < 2) await new Promise((wait) => setTimeout(wait, 20))
    await client.expire(key, 3600)
  }

  it('is named from beside Redis', async () => {
    const { url } = await wireOf(155)
    await writing(url, 'awaited')
    const diagnosis = await diagnose(redis.url, 'awaited')
    expect(diagnosis).toMatchObject(named('writer-round-trips'))
    expect(diagnosis.examination.checks[0]).toMatchObject({ value: 2, unit: 'awaited a chunk' })
  })

  it('is named from as far away as it is, and the distance by it', async () => {
    const { url } = await wireOf(155)
    await writing(url, 'awaited-far')
    const diagnosis = await diagnose(url, 'awaited-far')
    expect(diagnosis).toMatchObject(named('writer-round-trips'))
    const trip = diagnosis.examination.checks.find(({ id }) => id === 'round-trip')
    expect(trip).toMatchObject({ rating: 'needs-work', because: 'writer-round-trips' })
  })
})

it('is not blamed on a writer that sends both at once', async () => {
  let goesOn = true
  const loop = (async () => {
    while (goesOn) {
      await client
        .multi()
        .rPush('agent_run:piped:responses', chunk('x'.repeat(16)))
        .publish('agent_run:piped:new_response', 'new')
        .expire('agent_run:piped:responses', 3600)
        .exec()
      await new Promise((wait) => setTimeout(wait, 40))
    }
  })()
  closing.unshift(async () => {
    goesOn = false
    await loop
  })
  while ((await client.lLen('agent_run:piped:responses')) < 1) await client.ping()
  const { poor, examination } = await diagnose(redis.url, 'piped')
  expect(poor).toEqual([])
  expect(examination.checks.find(({ id }) => id === 'writer-round-trips')).toMatchObject({
    value: 0,
    rating: 'good',
  })
})

it('measures how far a replica is behind', async () => {
  const { url } = await serverWith('--replicaof', '127.0.0.1', String(redis.port))
  const isThere = async (): Promise<boolean> =>
    /slave0:.*state=online/.test(await client.info('replication'))
  while (!(await isThere())) await new Promise((wait) => setTimeout(wait, 50))
  const reads = async (at: string) => {
    const { checks } = (await diagnose(at)).examination
    return checks.find(({ id }) => id === 'replica-reads')
  }
  expect(await reads(redis.url)).toMatchObject({ unit: 'behind, p95', rating: 'good' })
  expect(await reads(url)).toMatchObject({ value: 'replica', rating: 'needs-work' })
})

describe('what is not told', () => {
  it('is named where the user may not ask', async () => {
    await plantStream(client, 'asked')
    await client.sendCommand(
      'ACL SETUSER viewer on >pw ~* &* +@all -info -config -slowlog'.split(' '),
    )
    const url = redis.url.replace('//', '//viewer:pw@')
    const diagnosis = await diagnose(url, 'asked')
    expect(diagnosis).toMatchObject(named('permissions', []))
    const ratingOf = (id: string) => diagnosis.examination.checks.find((check) => check.id === id)
    expect(ratingOf('memory')).toMatchObject({ rating: 'not-allowed', because: 'permissions' })
    expect(ratingOf('chunk-size')).toMatchObject({ rating: 'good' })
  })

  const page = readFileSync(new URL('../../../docs/redis.md', import.meta.url), 'utf8')
  const recipes = [...page.matchAll(/^ACL SETUSER relay (.*)$/gm)].map(([, rights = '']) => rights)

  it.each(['to read', 'to read and to stop'].map((what, at) => [what, recipes[at] ?? '']))(
    'is named for the relay’s own user (%s), who lacks nothing and may not ask all',
    async (_, rights) => {
      await plantStream(client, 'reader')
      const words = rights.replace('SECRET', 'pw').split(' ')
      await client.sendCommand(['ACL', 'SETUSER', 'reader', 'reset', ...words])
      const url = redis.url.replace('//', '//reader:pw@')
      const diagnosis = await diagnose(url, 'reader')
      expect(diagnosis).toMatchObject(named('permissions', []))
      const [found] = diagnosis.examination.checks
      expect(found).toMatchObject({ rating: 'not-allowed', unit: 'of 14 commands' })
      expect(found?.why).not.toMatch(/Without|XREAD|UNBLOCK/)

      // What it advises is enough, and is not what was done.
      const [, more = ''] = /ACL SETUSER name (.*)\.$/.exec(found?.advice ?? '') ?? []
      await client.sendCommand(['ACL', 'SETUSER', 'reader', ...more.split(' ')])
      const { checks } = (await diagnose(url, 'reader')).examination
      expect(checks.find(({ id }) => id === 'permissions')?.rating).toBe('good')
    },
  )

  it('is named where the server leaves it out', async () => {
    await plantStream(client, 'managed')
    const double = await startRedisDouble({
      url: redis.url,
      withoutSections: ['Memory', 'Persistence', 'Stats', 'Replication', 'CPU'],
      withoutCommands: ['CONFIG', 'SLOWLOG', 'HELLO'],
    })
    closing.push(double.close)
    const diagnosis = await diagnose(double.url, 'managed')
    expect(diagnosis).toMatchObject(named('server', []))
    const memory = diagnosis.examination.checks.find(({ id }) => id === 'memory')
    expect(memory).toMatchObject({ value: null, rating: 'not-reported', because: 'server' })
  })
})
