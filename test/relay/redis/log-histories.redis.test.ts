// Whatever becomes of a log between two reads: a reader gets what follows its last event, or hears of a gap. Nothing is
// lost in silence and nothing comes twice. Random histories on a real Redis, against a model that keeps all it was told.
import { createClient } from '@redis/client'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { redisBackend } from '../../../src/relay/index.ts'
import type { Backend } from '../../../src/relay/index.ts'
import { startRedis } from '../../support/redis-server.ts'
import type { RedisServer } from '../../support/redis-server.ts'

let redis: RedisServer
let client: Awaited<ReturnType<typeof connect>>
let backend: Backend
beforeAll(async () => {
  redis = await startRedis()
  client = await connect()
  backend = redisBackend({ url: redis.url })
  await vi.waitFor(() => expect(backend.isReady()).toBe(true), 5000)
})
afterAll(async () => {
  await backend.close()
  client.destroy()
  await redis.stop()
})
const connect = () => createClient({ url: redis.url }).connect()

type Layout = 'list' | 'stream'
type Step =
  | { do: 'append'; count: number }
  | { do: 'read'; limit: number }
  | { do: 'trim'; keep: number }
  | { do: 'remove'; at: number } // XDEL of any entry; of a list, its tail, as a failover takes it
  | { do: 'recreate'; count: number }
  | { do: 'delete' }

const small = fc.integer({ min: 1, max: 5 })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('append' as const), count: small }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('read' as const),
      limit: small,
    }),
  },
  fc.record({ do: fc.constant('trim' as const), keep: fc.integer({ min: 0, max: 6 }) }),
  fc.record({ do: fc.constant('remove' as const), at: fc.nat(8) }),
  fc.record({ do: fc.constant('recreate' as const), count: small }),
  fc.constant({ do: 'delete' as const }),
)

let runs = 0

/** The log as its producer knows it, in Redis and in the model. */
function createLog(layout: Layout) {
  const id = `history_${runs++}`
  const key = `agent_run:${id}:${layout === 'list' ? 'responses' : 'stream'}`
  let life = 0
  let clock = 0 // entry ids, as Redis would give them
  let written = 0
  let held: { data: string; entryId: string }[] = []

  async function append(count: number): Promise<string[]> {
    const data = Array.from({ length: count }, () => `${life}:${written++};`)
    for (const one of data) {
      const entryId = `${++clock}-0`
      if (layout === 'list') await client.rPush(key, one)
      else await client.xAdd(key, entryId, { data: one })
      held.push({ data: one, entryId })
    }
    return data
  }

  async function forget(): Promise<void> {
    await client.del(key)
    life++
    written = 0
    held = []
  }

  async function trim(keep: number): Promise<void> {
    const least = layout === 'list' ? Math.max(1, keep) : keep
    if (layout === 'list') await client.lTrim(key, -least, -1)
    else await client.xTrim(key, 'MAXLEN', least)
    held = held.slice(Math.max(0, held.length - least))
  }

  async function remove(at: number): Promise<void> {
    const entry = held[at]
    if (entry === undefined) return
    if (layout === 'list')
      await client.sendCommand(['LTRIM', key, ...(at > 0 ? ['0', String(at - 1)] : ['1', '0'])])
    else await client.xDel(key, entry.entryId)
    held = layout === 'list' ? held.slice(0, at) : held.filter((one) => one !== entry)
  }

  return { id, append, forget, trim, remove, held: () => held.map(({ data }) => data) }
}

// Enough reads to come to the end, whatever is in the log.
const drain: Step[] = Array.from({ length: 12 }, () => ({ do: 'read', limit: 20 }))

/** A reader, and what it must get next. */
function createReader(layout: Layout, log: ReturnType<typeof createLog>) {
  let cursor: string | null = null
  let owed: string[] = [] // written behind its place, in order
  let had = new Set<string>()

  async function read({ limit }: { limit: number }): Promise<void> {
    // Nobody can tell that a list lost its head, but who has seen it.
    if (layout === 'list' && cursor === null) owed = log.held()
    const { gap, entries, next } = await backend.read(log.id, cursor, {
      limit,
      follow: false,
    })
    const got = entries.map(({ data }) => data.toString())
    if (gap === 'replaced' || gap === 'expired') had = new Set()
    if (gap === null) expect(got).toEqual(owed.slice(0, limit))
    expect(log.held().join()).toContain(got.join())
    for (const data of got) {
      expect(had.has(data), `${data} came twice`).toBe(false)
      had.add(data)
    }
    const last = got.at(-1)
    if (last !== undefined) owed = log.held().slice(log.held().indexOf(last) + 1)
    else if (gap !== null) owed = []
    cursor = next
  }

  return {
    read,
    owe: (data: readonly string[]) => void owed.push(...data),
    /** What its producer took back is owed to nobody. */
    forgive: (keep: (data: string) => boolean) => void (owed = owed.filter(keep)),
    owed: () => owed,
  }
}

it.for(['list', 'stream'] as const)(
  'no history of a %s loses an event in silence',
  { timeout: 60_000 },
  async (layout) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 25 }), async (steps) => {
        const log = createLog(layout)
        const reader = createReader(layout, log)
        for (const one of [...steps, ...drain]) {
          if (one.do === 'read') await reader.read(one)
          else if (one.do === 'append') reader.owe(await log.append(one.count))
          else if (one.do === 'trim') await log.trim(one.keep)
          else if (one.do === 'remove') {
            await log.remove(one.at)
            reader.forgive((data) => log.held().includes(data))
          } else {
            await log.forget()
            reader.forgive(() => false)
            if (one.do === 'recreate') reader.owe(await log.append(one.count))
          }
        }
        expect(reader.owed()).toEqual([])
      }),
      { numRuns: 200 },
    )
  },
)
