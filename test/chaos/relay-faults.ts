// Faults of the relays and of those who come to them: they die, go in peace, hand their viewers over, are stormed.
import { setTimeout as pause } from 'node:timers/promises'
import type { Nemesis, Scene } from './nemesis.ts'

const common = {
  kind: { store: 'durable' },
  layouts: ['list', 'stream'],
  lossless: true,
} as const

/** Nothing is lost by any of them. */
export const RELAY_FAULTS: readonly Nemesis[] = [
  { ...common, name: 'relay-kill', act: (scene) => replaceRelays(scene, 'SIGKILL') },
  { ...common, name: 'relay-term', act: (scene) => replaceRelays(scene, 'SIGTERM') },
  { ...common, name: 'relay-move', act: move },
  { ...common, name: 'storm', act: storm },
]

async function replaceRelays({ world, random, short }: Scene, signal: 'SIGKILL' | 'SIGTERM') {
  const first = random.whole(0, 1)
  for (const index of short ? [first] : [first, 1 - first]) {
    await world.fleet.end(index, signal)
    await pause(random.whole(0, 300))
    await world.fleet.replace(index)
  }
}

async function move({ world: { fleet }, random }: Scene): Promise<void> {
  for (let times = random.whole(3, 8); times > 0; times--) {
    fleet.prefer(times % 2)
    fleet.cutAll()
    await pause(random.whole(50, 400))
  }
  fleet.prefer(null)
}

// All at once, and then once more, as after a proxy that was restarted.
async function storm({ world, streams, random, short }: Scene): Promise<void> {
  for (let count = 0; count < (short ? 60 : 500); count++) streams[count % streams.length]?.join()
  await pause(random.whole(100, 500))
  world.fleet.cutAll()
}
