// Faults of the Redis server: it dies, hangs, and cuts off its clients.
import { setTimeout as pause } from 'node:timers/promises'
import type { Nemesis, Scene } from './nemesis.ts'

const BOTH = ['list', 'stream'] as const
const lossless = { kind: { store: 'durable' }, layouts: BOTH, lossless: true } as const

/** They lose nothing, except where a server without persistence dies. */
export const REDIS_FAULTS: readonly Nemesis[] = [
  { ...lossless, name: 'redis-kill-aof', act: die },
  { ...lossless, kind: { store: 'volatile' }, lossless: false, name: 'redis-kill', act: die },
  { ...lossless, name: 'redis-hang', act: hang },
  { ...lossless, name: 'client-kill-normal', act: (scene) => killClients(scene, 'normal') },
  { ...lossless, name: 'client-kill-pubsub', act: (scene) => killClients(scene, 'pubsub') },
  { ...lossless, name: 'client-pause', act: pauseClients },
  { ...lossless, name: 'debug-sleep', act: sleep },
]

async function die({ world, streams, random }: Scene): Promise<void> {
  const { server, kind } = world.store
  await server.kill()
  if (kind === 'volatile') for (const stream of streams) stream.destroyed()
  await pause(random.whole(0, 1000))
  await server.start()
}

async function hang({ world, short }: Scene): Promise<void> {
  const info = await world.store.ask<string>('INFO', 'server')
  const pid = Number(/process_id:(\d+)/.exec(info)?.[1])
  process.kill(pid, 'SIGSTOP')
  await pause(short ? 3000 : 10_000)
  process.kill(pid, 'SIGCONT')
}

async function killClients({ world, random }: Scene, type: string): Promise<void> {
  for (let times = random.whole(1, 4); times > 0; times--) {
    await world.store.ask('CLIENT', 'KILL', 'TYPE', type)
    await pause(random.whole(10, 400))
  }
}

async function pauseClients({ world, random }: Scene): Promise<void> {
  const ms = random.whole(200, 2000)
  await world.store.ask('CLIENT', 'PAUSE', String(ms), random.pick(['ALL', 'WRITE']))
  await pause(ms)
}

async function sleep({ world, random }: Scene): Promise<void> {
  await world.store.ask('DEBUG', 'SLEEP', String(random.whole(2, 20) / 10))
}
