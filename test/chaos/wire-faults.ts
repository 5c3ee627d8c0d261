// Faults of the network, between viewers and relays or between relays and Redis.
import { setTimeout as pause } from 'node:timers/promises'
import type { Nemesis, Scene } from './nemesis.ts'
import type { Random } from './random.ts'
import type { Fault, TcpProxy } from '../support/tcp-proxy.ts'

const common = {
  kind: { store: 'durable' },
  layouts: ['list', 'stream'],
  lossless: true,
} as const

// A relay may take this long to find that its Redis no longer answers; viewers here are faster.
const NOTICED_MS = 10_000

type Act = (wire: TcpProxy, random: Random) => Promise<void>

const ACTS: Readonly<Record<string, Act>> = {
  latency: (wire) => during(wire, { latencyMs: 40, jitterMs: 120 }, 2000),
  throttle: (wire) => during(wire, { bytesPerSecond: 1 }, 2000),
  silence: (wire) => during(wire, { silent: true }, 2000),
  strand: (wire) => {
    wire.strand()
    return pause(NOTICED_MS)
  },
  reset: (wire, random) => repeatedly(random, () => wire.cut('reset')),
  cut: (wire, random) => repeatedly(random, () => wire.cutAfter(4000)),
}

const onEither = Object.entries(ACTS).flatMap(([name, act]) => {
  const alike = { ...common, long: name === 'strand' }
  return [
    { ...alike, name: `viewer-${name}`, act: on(({ fleet }) => fleet.wire, act) },
    { ...alike, name: `redis-${name}`, act: on(({ redisWire }) => redisWire, act) },
  ]
})

/** Nothing is lost by any of them. */
export const WIRE_FAULTS: readonly Nemesis[] = [
  ...onEither,
  { ...common, long: true, name: 'redis-strand-live', act: strandSubscribers },
]

// As a firewall forgets what is silent for long: commands are answered, but nobody hears of changes any more.
async function strandSubscribers({ world }: Scene): Promise<void> {
  const clients = await world.store.ask<string>('CLIENT', 'LIST', 'TYPE', 'pubsub')
  const ports = new Set(
    Array.from(clients.matchAll(/ addr=\S+:(\d+)/g), ([, port]) => Number(port)),
  )
  world.redisWire.strand((port) => ports.has(port))
  await pause(NOTICED_MS)
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
