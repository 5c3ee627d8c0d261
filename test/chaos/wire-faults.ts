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

/** Nothing is lost by any of them. */
export const WIRE_FAULTS: readonly Nemesis[] = Object.entries(ACTS).flatMap(([name, act]) => [
  { ...common, name: `viewer-${name}`, act: on(({ fleet }) => fleet.wire, act) },
  { ...common, name: `redis-${name}`, act: on(({ redisWire }) => redisWire, act) },
])

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
