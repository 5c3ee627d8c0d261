// Everything that a history needs: a Redis, a bad wire to it, relays, a bad wire to them.
import { plainUrl } from '../support/plain-user.ts'
import type { Random } from './random.ts'
import { startFleet } from './fleet.ts'
import type { Fleet } from './fleet.ts'
import { startStore } from './store.ts'
import type { Store, StoreKind } from './store.ts'
import { createTcpProxy } from '../support/tcp-proxy.ts'
import type { TcpProxy } from '../support/tcp-proxy.ts'

/** What there is. */
export interface World {
  /** True where Redis tells its relays of changed keys. */
  readonly tracking: boolean
  readonly store: Store
  /** Between relays and Redis; it leads to the server that takes writes, as a virtual address does. */
  readonly redisWire: TcpProxy
  readonly fleet: Fleet
  stop(): Promise<void>
}

/** What a world is made of. */
export interface WorldKind {
  readonly store: StoreKind
  /** Relays find Redis by asking the sentinel; else by the address of {@link World.redisWire}. */
  readonly bySentinel?: boolean | undefined
  /** More flags of the relays. */
  readonly flags?: readonly string[] | undefined
}

/** Starts a world. Chance decides whether Redis tells its relays of changed keys, or they hear doorbells and block. */
export async function startWorld(kind: WorldKind, random: Random): Promise<World> {
  const store = await startStore(kind.store)
  const redisWire = await createTcpProxy({ targets: () => [store.port()], random: random.next })
  const sentinel = `${store.set?.name}@127.0.0.1:${store.set?.sentinelPort}`
  const url = `redis://127.0.0.1:${redisWire.port}`
  const tracking = kind.bySentinel === true || random.chance(0.5)
  const direct = ['--redis', tracking ? url : plainUrl(url)]
  const way = kind.bySentinel ? ['--sentinel', sentinel] : direct
  const fleet = await startFleet([...way, ...(kind.flags ?? [])], random)
  return {
    tracking,
    store,
    redisWire,
    fleet,
    async stop() {
      await fleet.stop()
      await redisWire.close()
      await store.stop()
    },
  }
}
