// What a relay costs its Redis, counted by Redis itself (INFO commandstats), writer's and own commands left out.
// Takes about 70 s; prints one JSON line per case.
import { setTimeout as pause } from 'node:timers/promises'
import { createClient } from '@redis/client'
import { redisBackend } from '../../src/relay/index.ts'
import { serve } from '../relay/serve.ts'
import { PLAIN_USER, plainUrl } from '../support/plain-user.ts'
import { startRedis } from '../support/redis-server.ts'

const COMPLETED = '{"type":"status","status":"completed"}'
const EVENTS = 1000
const GAP_MS = 50
const OURS = /^(rpush|xadd|publish|info|config|client\|list|expire)/

type Layout = 'suna-list' | 'suna-stream'
type Way = 'tracking' | 'fallback'

async function setup(way: Way) {
  const redis = await startRedis({ args: PLAIN_USER })
  const client = await createClient({ url: redis.url }).connect()
  const backend = redisBackend({ url: way === 'tracking' ? redis.url : plainUrl(redis.url) })
  const served = await serve({ backend })
  const write = async (layout: Layout, id: string, data: string): Promise<void> => {
    if (layout === 'suna-stream') await client.xAdd(`agent_run:${id}:stream`, '*', { data })
    else {
      await client.rPush(`agent_run:${id}:responses`, data)
      await client.publish(`agent_run:${id}:new_response`, 'new')
    }
  }
  const counts = async (): Promise<Record<string, number>> => {
    const stats = [...(await client.info('commandstats')).matchAll(/cmdstat_(\S+):calls=(\d+)/g)]
    const own = stats.filter(([, name = '']) => !OURS.test(name))
    return Object.fromEntries(own.map(([, name = '', calls]) => [name, Number(calls)]))
  }
  const stop = async (): Promise<void> => {
    await served.close()
    client.destroy()
    await redis.stop()
  }
  return { client, served, write, counts, stop }
}

const print = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`)
const total = (counts: Record<string, number>): number =>
  Object.values(counts).reduce((sum, calls) => sum + calls, 0)

async function busy(layout: Layout, way: Way): Promise<void> {
  const { client, served, write, counts, stop } = await setup(way)
  const viewer = await served.view('run')
  await viewer.until(({ text }) => text().includes('caught-up'))
  await client.configResetStat()
  for (let n = 0; n < EVENTS; n++) {
    await write(layout, 'run', `{"n":${n}}`)
    await pause(GAP_MS)
  }
  await write(layout, 'run', COMPLETED)
  await viewer.ended
  const all = await counts()
  const perEvent = (total(all) / EVENTS).toFixed(2)
  print({ case: '1,000 events at 20/s', layout, way, perEvent, ...all })
  await stop()
}

async function idle(layout: Layout, way: Way): Promise<void> {
  const { client, served, write, counts, stop } = await setup(way)
  const ids = Array.from({ length: 20 }, (_, n) => `idle_${n}`)
  for (const id of ids) await write(layout, id, '{}')
  for (const id of ids) await (await served.view(id)).until(({ text }) => text().includes('caught'))
  await pause(1000)
  await client.configResetStat()
  await pause(60_000)
  const all = await counts()
  const perStreamAndSecond = (total(all) / 60 / ids.length).toFixed(3)
  print({ case: '20 idle streams', layout, way, perStreamAndSecond, ...all })
  await stop()
}

async function crowd(): Promise<void> {
  const { client, served, stop } = await setup('tracking')
  for (let n = 0; n < 2000; n++) await served.view(`run_${n % 100}`)
  const connections = (await client.clientList()).length - 1
  const { viewers, streams } = served.relay.stats()
  print({ case: '2,000 viewers', viewers, streams, connections })
  await stop()
}

const layouts: Layout[] = ['suna-list', 'suna-stream']
const ways: Way[] = ['tracking', 'fallback']
const cases = layouts.flatMap((layout) => ways.map((way) => [layout, way] as const))
await Promise.all(cases.flatMap((one) => [busy(...one), idle(...one)]))
await crowd()
