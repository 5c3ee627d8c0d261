// A sentinel fails over to a replica that has missed the master's last events, while viewers are moved to the other
// relay: whoever has seen what is no more must be told.
import { setTimeout as pause } from 'node:timers/promises'
import type { Nemesis, Scene } from './nemesis.ts'

const common = { layouts: ['list', 'stream'], lossless: false } as const

const behindAddress: Nemesis = {
  ...common,
  name: 'failover',
  kind: { store: 'failover' },
  act: failOver,
}
const bySentinel: Nemesis = {
  ...common,
  name: 'failover-sentinel',
  kind: { store: 'failover', bySentinel: true },
  act: failOver,
}

/** Behind an address that follows the master, and with relays that ask the sentinel. */
export const FAILOVER_FAULTS: readonly Nemesis[] = [behindAddress, bySentinel]

async function failOver({ world, streams, random }: Scene): Promise<void> {
  const { set } = world.store
  if (set === null) throw new Error('a failover needs a sentinel set')
  await set.cutOffReplica()
  world.fleet.prefer(0)
  world.fleet.cutAll()
  await pause(random.whole(200, 800))
  await set.failOver()
  world.redisWire.cut('reset')
  await Promise.all(streams.map(({ noteLostTail }) => noteLostTail()))
  world.fleet.prefer(1)
  world.fleet.cutAll()
  await pause(200)
  world.fleet.prefer(null)
}
