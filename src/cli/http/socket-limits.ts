// How many sockets a server holds open, in all and of one address. A new one is always taken: where there are too many
// the one that has been idle for longest is cut, or the new one where none is. An idle connection costs a file
// descriptor and nothing else, so it may stay as long as proxies want it to, until somebody else needs its place.
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** The most of each that are at work at a time; 0 is no limit. */
export interface SocketLimits {
  readonly all: number
  readonly perAddress: number
  /** What counts as one address; null where sockets of this one are counted for themselves. */
  readonly addressOf: (peer: string) => string | null
}

interface Pool {
  readonly most: number
  open: number
  /** In the order in which they became so; those that have not asked yet are among them. */
  readonly idle: Set<Socket>
}

interface Held {
  readonly pools: readonly Pool[]
  /** Requests that are being answered. */
  asked: number
}

/** Beyond the limit, for those who are told that there is no room, and who ask for health: a tenth, and so many. */
const SPARE = 20

/** Keeps the sockets of a server within limits. */
export function limitSockets(server: Server, limits: SocketLimits): void {
  const all = createPool(limits.all)
  const byAddress = new Map<string, Pool>()
  const held = new WeakMap<Socket, Held>()

  server.on('connection', (socket: Socket) => {
    const address = limits.addressOf(socket.remoteAddress ?? '')
    const own = address === null ? undefined : poolOf(address)
    const pools = own === undefined ? [all] : [all, own]
    held.set(socket, { pools, asked: 0 })
    for (const pool of pools) pool.open++
    rest(socket)
    socket.once('close', () => {
      for (const pool of pools) {
        pool.open--
        pool.idle.delete(socket)
      }
      if (address !== null && own?.open === 0) byAddress.delete(address)
    })
    for (const pool of pools) if (pool.open > pool.most) cutIdle(pool)
  })

  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    work(socket)
    response.once('close', () => {
      const one = held.get(socket)
      if (one !== undefined && --one.asked === 0 && !socket.destroyed) rest(socket)
    })
  })
  server.on('upgrade', ({ socket }: IncomingMessage) => work(socket))

  function work(socket: Socket): void {
    const one = held.get(socket)
    if (one === undefined) return
    one.asked++
    for (const { idle } of one.pools) idle.delete(socket)
  }

  function rest(socket: Socket): void {
    for (const { idle } of held.get(socket)?.pools ?? []) idle.add(socket)
  }

  function cutIdle({ idle }: Pool): void {
    const [oldest] = idle
    if (oldest === undefined) return
    for (const pool of held.get(oldest)?.pools ?? []) pool.idle.delete(oldest)
    oldest.destroy()
  }

  function poolOf(address: string): Pool {
    const known = byAddress.get(address) ?? createPool(limits.perAddress)
    byAddress.set(address, known)
    return known
  }
}

function createPool(limit: number): Pool {
  const most = limit === 0 ? Infinity : Math.ceil(limit * 1.1) + SPARE
  return { most, open: 0, idle: new Set() }
}
