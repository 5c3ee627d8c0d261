// Several faults at once, of different parts of the world: where each alone does no harm, two together may.
import { setTimeout as pause } from 'node:timers/promises'
import { LOG_FAULTS } from './log-faults.ts'
import type { Nemesis, Scene } from './nemesis.ts'
import { REDIS_FAULTS } from './redis-faults.ts'
import { RELAY_FAULTS } from './relay-faults.ts'
import { WIRE_FAULTS } from './wire-faults.ts'

const common = { kind: { store: 'durable' }, layouts: ['list', 'stream'] } as const

type Some = readonly Nemesis[]

const lossless = (all: Some): Some => all.filter((one) => one.lossless)
const named = (all: Some, name: RegExp): Some => all.filter((one) => name.test(one.name))

const LOSSLESS: readonly Some[] = [
  named(lossless(REDIS_FAULTS), /kill|pause|sleep/),
  named(RELAY_FAULTS, /kill|term|move/),
  named(WIRE_FAULTS, /^viewer-(?!strand)/),
  named(WIRE_FAULTS, /^redis-(?!strand)/),
]
const LOSSY: readonly Some[] = [named(LOG_FAULTS, /^(?:flushall|del|expire|new-run)$/), ...LOSSLESS]

/** One of each kind; the second loses logs besides. */
export const MIXED_FAULTS: readonly Nemesis[] = [
  { ...common, lossless: true, name: 'mixed', act: (scene) => together(LOSSLESS, scene) },
  { ...common, lossless: false, name: 'mixed-lossy', act: (scene) => together(LOSSY, scene) },
]

async function together(kinds: readonly Some[], scene: Scene): Promise<void> {
  const acts = kinds.map(async (some, at) => {
    const random = scene.random.of(`part ${at}`)
    await pause(random.whole(0, 800))
    await some[random.whole(0, some.length - 1)]?.act({ ...scene, random })
  })
  await Promise.all(acts)
}
