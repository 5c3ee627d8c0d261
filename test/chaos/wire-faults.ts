// Faults of the network, between viewers and relays or between relays and Redis.
import { setTimeout as pause } from 'node:timers/promises'
import type { Nemesis, Scene } from './nemesis.ts'
import type { Random } from './random.ts'
import { SILENCE_MS } from './viewer.ts'
import type { Fault, TcpProxy } from '../support/tcp-proxy.ts'

const common = {
  kind: { store: 'durable' },
  layouts: ['list', 'stream'],
  lossless: true,
} as const

// So long a relay may take to find out that its Redis no longer answers: it asks every 10 s, and waits as long.
const NOTICED_MS = 22_000
// And where only its subscriptions are dead, so long until it reads a list of its own accord.
const POLLED_MS = 36_000

type Act = (wire: TcpProxy, random: Random) => Promise<void>

const ACTS: Readonly<Record<string, Act>> = {
  latency: (wire) => during(wire, { latencyMs: 40, jitterMs: 120 }, 2000),
  throttle: (wire) => during(wire, { bytesPerSecond: 1 }, 2000),
  silence: (wire) => during(wire, { silent: true }, 2000),
  reset: (wire, random) => repeatedly(random, () => wire.cut('reset')),
  cut: (wire, random) => repeatedly(random, () => wire.cutAfter(4000)),
}

const onEither = Object.entries(ACTS).flatMap(([name, act]) => [
  { ...common, name: `viewer-${name}`, act: on(({ fleet }) => fleet.wire, act) },
  { ...common, name: `redis-${name}`, act: on(({ redisWire }) => redisWire, act) },
])

/** Nothing is lost by any of them. */
export const WIRE_FAULTS: readonly Nemesis[] = [
  ...onEither,
  { ...common, name: 'viewer-strand', act: strandViewers },
  { ...common, long: true, name: 'redis-strand', act: strandRelays },
  { ...common, long: true, name: 'redis-strand-live', act: strandSubscribers },
]

async function strandViewers({ world }: Scene): Promise<void> {
  world.fleet.wire.strand()
  await pause(SILENCE_MS)
}

async function strandRelays({ world }: Scene): Promise<void> {
  world.redisWire.strand()
  await pause(NOTICED_MS)
}

// As a firewall forgets what is silent for long: commands are answered, but nobody hears of changes any more.
async function strandSubscribers({ world }: Scene): Promise<void> {
  const clients = await world.store.ask<string>('CLIENT', 'LIST', 'TYPE', 'pubsub')
  const ports = new Set(
    Array.from(clients.matchAll(/ addr=\S+:(\d+)/g), ([, port]) => Number(port)),
  )
  world.redisWire.strand((port) => ports.has(port))
  await pause(POLLED_MS)
}

function on(wireOf: (world: Scene['world']) => TcpProxy, act: Act): Nemesis['act'] {
  return ({ world, random }) => act(wireOf(world), random)
}

async function during(wire: TcpProxy, fault: Fault, ms: number): Promise<void> {
  wire.set(fault)
  await pause(ms)
  wire.set({})
}

async function repeatedly(random: Random, act: () => void): Promise<void> {
  for (let times = random.whole(2, 6); times > 0; times--) {
    act()
    await pause(random.whole(20, 400))
  }
}
