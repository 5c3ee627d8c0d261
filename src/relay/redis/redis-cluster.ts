// A Redis Cluster: one connection of our own to every master, so that each tells of the keys it keeps. Commands go to
// the node of their key's slot; where that has moved, the answer says so (MOVED, ASK) and the command follows. Classic
// pub/sub reaches all nodes, so subscriptions live on one of them, the home.
import { BackendUnavailableError } from '../backend.ts'
import { atAddress, parseAddress } from './address.ts'
import type { Address } from './address.ts'
import { createRedisConnection, reasonOf } from './redis-connection.ts'
import type { Redis, RedisConnection, RedisSettings } from './redis-connection.ts'
import { BEAT_MS } from './redis-pulse.ts'
import { askOnce } from './redis-session.ts'
import type { RedisSession, Reply, Send } from './redis-session.ts'
import { createSeldom } from '../seldom.ts'

/** Options of {@link createRedisCluster}. */
export interface RedisClusterOptions extends RedisSettings {
  /** Servers to ask as long as no node is known. */
  readonly seeds: readonly Address[]
  /** Called with the session that subscriptions belong on from now on; it has none yet. */
  readonly onHome: (session: RedisSession) => void
}

const REDIRECTS = 5
// A host left out is the one that was asked.
const REDIRECT = /^(MOVED|ASK) (\d+) (\S*):(\d+)$/
const TICK_MS = 1000

/** Connects to all masters of the cluster. */
export function createRedisCluster(options: RedisClusterOptions): Redis {
  const nodes = new Map<string, RedisConnection>() // by host:port
  const redirected = new Set<string>() // nodes that were named since the slots were read
  let slots: string[] = [] // slot to node
  let home: RedisSession | null = null
  let stale = false // a redirect or a loss says that the slots are others by now
  let reading = false
  let closed = false
  let ticks = 0
  const isTime = createSeldom()
  const timer = setInterval(() => {
    if (stale || !isReady() || ++ticks % (BEAT_MS / TICK_MS) === 0) void refresh()
  }, TICK_MS)

  const node = (name: string): RedisConnection => nodes.get(name) ?? connect(name)

  function connect(name: string): RedisConnection {
    if (closed) return unavailable()
    const client = atAddress(options.client, parseAddress(name))
    const one = createRedisConnection({ ...options, client, onSession, onLost })
    nodes.set(name, one)
    return one
  }

  function onSession(): void {
    findHome()
    options.onChange(null)
  }

  function onLost(): void {
    stale = true
    findHome()
  }

  function findHome(): void {
    if (home?.isOpen()) return
    home = ready()[0]?.[1].session() ?? null
    if (home !== null) options.onHome(home)
  }

  const ready = (): [string, RedisConnection][] => [...nodes].filter(([, one]) => one.isReady())
  const isReady = (): boolean => slots.length > 0 && ready().length === nodes.size

  async function refresh(): Promise<void> {
    if (reading) return
    reading = true
    stale = false
    const map = await readSlots().finally(() => (reading = false))
    if (map !== null) adopt(map)
  }

  // Which master keeps which slot, from whoever answers first.
  async function readSlots(): Promise<string[] | null> {
    const asks = ready().map(([name, one]) => [parseAddress(name), one.session()?.send] as const)
    if (asks.length === 0) asks.push(...options.seeds.map((at) => [at, asker(at)] as const))
    let failure: unknown
    for (const [at, ask] of asks) {
      const reply = await ask?.('CLUSTER', 'SLOTS').catch(
        (error: unknown) => void (failure = error),
      )
      if (closed) return null
      if (reply) return slotMap(reply, at)
    }
    const why = `no node of the Redis Cluster answers (${reasonOf(failure)}), trying again`
    if (isTime()) options.logger.warn(why)
    return null
  }

  const asker =
    (at: Address): Send =>
    (...command) =>
      askOnce(atAddress(options.client, at), ...command)

  function adopt(map: string[]): void {
    const moved = map.some((name, slot) => name !== slots[slot])
    slots = map
    const masters = new Set(map.filter(Boolean)) // slots may be nobody's
    for (const name of masters) node(name)
    for (const [name, one] of nodes) {
      if (masters.has(name) || redirected.has(name)) continue
      nodes.delete(name)
      one.close()
    }
    redirected.clear()
    findHome()
    if (moved) options.onChange(null) // who was told of a key no longer keeps it
  }

  const at =
    (key: string): Send =>
    async (...args) => {
      let name = slots[slotOf(key)] ?? unavailable()
      for (let hop = 0; ; hop++) {
        try {
          return await node(name).send(...args)
        } catch (error) {
          if (hop === REDIRECTS) throw error
          name = redirect(error, name)
        }
      }
    }

  function redirect(error: unknown, asked: string): string {
    const [, kind, slot, host, port] = REDIRECT.exec(reasonOf(error)) ?? []
    if (port === undefined) throw error
    const name = `${host || parseAddress(asked).host}:${port}`
    redirected.add(name)
    if (kind === 'ASK') {
      void node(name)
        .send('ASKING')
        .catch(() => {}) // counts for the next command on that connection
      return name
    }
    slots[Number(slot)] = name
    stale = true
    return name
  }

  function info(): ReturnType<Redis['info']> {
    const all = [...nodes.values()].map((one) => one.info())
    return {
      connections: all.reduce((sum, { connections }) => sum + connections, 0),
      rttMs: worst(all.map(({ rttMs }) => rttMs)),
      clockOffsetMs: worst(all.map(({ clockOffsetMs }) => clockOffsetMs)),
    }
  }

  function close(): void {
    closed = true
    clearInterval(timer)
    for (const one of nodes.values()) one.close()
  }

  void refresh()
  const tracks = (key: string): boolean => nodes.get(slots[slotOf(key)] ?? '')?.tracks(key) ?? false
  return { at, tracks, isReady, info, close }
}

function unavailable(): never {
  throw new BackendUnavailableError('no node of the Redis Cluster can be reached')
}

type SlotRange = readonly [from: number, to: number, master: readonly [Buffer | null, number]]

// Here, too, a host left out is the one that was asked.
function slotMap(reply: Reply, asked: Address): string[] {
  const map: string[] = []
  for (const [from, to, [host, port]] of reply as unknown as readonly SlotRange[]) {
    map.length = Math.max(map.length, to + 1)
    map.fill(`${String(host ?? '') || asked.host}:${port}`, from, to + 1)
  }
  return map
}

/** The slot of a key: CRC16 (XMODEM) of its hash tag, or of the whole. */
export function slotOf(key: string): number {
  const [, tag = key] = /^[^{]*\{([^}]+)\}/.exec(key) ?? []
  let crc = 0
  for (const byte of Buffer.from(tag)) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff
  }
  return crc % 16_384
}

// Of what the nodes say, what is furthest from none.
function worst(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.toSorted((a, b) => Math.abs(b) - Math.abs(a))[0] ?? null
}
