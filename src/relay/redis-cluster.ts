// A Redis Cluster: one session per master, so that each tells of the changed keys it holds; a command goes to where its
// key's slot is, by the table that the cluster gives, and on to where a node says the slot has moved. Channels are heard
// on one node, since a cluster passes each message on to all.
import type { RedisClientOptions } from '@redis/client'
import { BackendUnavailableError } from './backend.ts'
import { elsewhere, fixedAddress, socketOf } from './redis-address.ts'
import { createRedisConnection } from './redis-connection.ts'
import type { RedisConnection } from './redis-connection.ts'
import type { RedisSession, Reply, Send } from './redis-session.ts'
import type { RedisStore, RedisStoreOptions } from './redis-store.ts'
import { slotOf } from './slot.ts'

const REFRESH_MS = 30_000
const MAX_HOPS = 5

/** A cluster. @param seeds options of nodes to ask first, the same but for their addresses */
export function clusterStore(
  seeds: readonly RedisClientOptions[],
  options: RedisStoreOptions,
): RedisStore {
  const nodes = new Map<string, RedisConnection>()
  let ranges: readonly SlotRange[] = []
  let bellsAt: string | null = null
  let refreshing = false
  let closed = false
  const timer = setInterval(() => void refresh(), REFRESH_MS)

  function nodeAt(address: string, client?: RedisClientOptions): RedisConnection {
    const known = nodes.get(address)
    if (known) return known
    const [seed] = seeds
    const made = createRedisConnection({
      ...options,
      address: fixedAddress(client ?? elsewhere(seed ?? {}, socketOf(address))),
      onSession(session) {
        if (ranges.length === 0) void refresh()
        options.onSession(session)
        chooseBells()
      },
      onLoss() {
        chooseBells()
        void refresh()
      },
    })
    nodes.set(address, made)
    return made
  }

  function bells(): RedisSession | null {
    return bellsAt === null ? null : (nodes.get(bellsAt)?.session() ?? null)
  }

  function chooseBells(): void {
    if (bells() !== null) return
    for (const [address, node] of nodes) {
      const session = node.session()
      if (session === null) continue
      bellsAt = address
      return options.onBells(session)
    }
  }

  // Whichever node answers first knows the table; the seeds are asked as long as there is none.
  async function refresh(): Promise<void> {
    if (refreshing || closed) return
    refreshing = true
    for (const [address, node] of nodes) {
      try {
        adopt(readRanges(await node.send('CLUSTER', 'SLOTS'), address))
        break
      } catch (error) {
        if (error instanceof BackendUnavailableError) continue
        options.logger.warn(`Redis Cluster does not tell its slots: ${String(error)}`)
      }
    }
    refreshing = false
  }

  function adopt(told: readonly SlotRange[]): void {
    if (told.length === 0 || closed) return
    ranges = told
    const masters = new Set(told.map(({ address }) => address))
    for (const address of masters) nodeAt(address)
    for (const [address, node] of nodes) {
      if (masters.has(address)) continue
      nodes.delete(address)
      node.close()
    }
    chooseBells()
  }

  function ownerOf(key: string): RedisConnection {
    const slot = slotOf(key)
    const range = ranges.find(({ from, to }) => from <= slot && slot <= to)
    if (range) return nodeAt(range.address)
    throw new BackendUnavailableError(`Redis Cluster serves no slot ${slot} at the moment`)
  }

  function tracks(key: string): boolean {
    try {
      return ownerOf(key).session()?.tracking ?? false
    } catch {
      return false
    }
  }

  function sendFor(key: string): Send {
    return async (...args) => {
      let send = ownerOf(key).send
      for (let hop = 0; ; hop++) {
        try {
          return await send(...args)
        } catch (error) {
          const redirected = hop < MAX_HOPS ? redirection(error) : null
          if (redirected === null) throw asUnavailable(error)
          send = redirected
        }
      }
    }
  }

  function redirection(error: unknown): Send | null {
    const [, kind, address] = /^(MOVED|ASK) \d+ (\S+)$/.exec(messageOf(error)) ?? []
    if (address === undefined) return null
    const { send } = nodeAt(address)
    if (kind === 'MOVED') {
      void refresh()
      return send
    }
    return async (...args) => (await Promise.all([send('ASKING'), send(...args)]))[1]
  }

  function close(): void {
    closed = true
    clearInterval(timer)
    for (const node of nodes.values()) node.close()
  }

  for (const seed of seeds) nodeAt(fixedAddress(seed).name, seed)
  const all = (): RedisConnection[] => [...nodes.values()]
  return {
    sendFor,
    tracks,
    bells,
    isCurrent: (session) => all().some((node) => node.isCurrent(session)),
    isReady: () => ranges.length > 0 && all().every((node) => node.session() !== null),
    counts() {
      const counts = all().map((node) => node.counts)
      const sum = (numbers: readonly number[]): number => numbers.reduce((one, two) => one + two, 0)
      return {
        commands: sum(counts.map(({ commands }) => commands)),
        sessions: sum(counts.map(({ sessions }) => sessions)),
        rttMs: worst(counts.map(({ rttMs }) => rttMs)),
        clockOffsetMs: counts[0]?.clockOffsetMs ?? null,
        connections: sum(all().map((node) => node.session()?.connections ?? 0)),
      }
    },
    close,
  }
}

interface SlotRange {
  readonly from: number
  readonly to: number
  readonly address: string
}

// A node that does not know its own address gives none: it is the one that was asked.
function readRanges(reply: Reply, asked: string): SlotRange[] {
  return (reply as [number, number, [Buffer | null, number]][]).map(([from, to, [host, port]]) => {
    const name = String(host ?? '') || socketOf(asked).host
    return { from, to, address: name.includes(':') ? `[${name}]:${port}` : `${name}:${port}` }
  })
}

// A cluster that is just electing a master, or moving these keys, can be asked again soon.
function asUnavailable(error: unknown): unknown {
  if (!/^(CLUSTERDOWN|TRYAGAIN|LOADING|MASTERDOWN|MOVED|ASK)\b/.test(messageOf(error))) return error
  return new BackendUnavailableError(messageOf(error), { cause: error })
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : '')

function worst(numbers: readonly (number | null)[]): number | null {
  const known = numbers.filter((number) => number !== null)
  return known.length === 0 ? null : Math.max(...known)
}
