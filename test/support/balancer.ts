// A load balancer as plain as they come: TCP, the next server in turn for each connection, or the one after it when that
// one does not answer.
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/** A running balancer. */
export interface Balancer {
  /** `127.0.0.1:port`. */
  readonly host: string
  /** Port whose answer is the longest of those that are open, 0 for none. */
  serving(): number
  /** Breaks all connections that are open. */
  cut(): void
  close(): void
}

/** Balances between ports of this machine. */
export async function startBalancer(ports: readonly number[]): Promise<Balancer> {
  const open = new Map<Socket, Socket>() // from the browser, and to the server
  let turn = 0

  const server = createServer(async (client) => {
    client.on('close', () => open.delete(client)).on('error', () => {})
    const target = await reach(ports.length)
    if (target === null || client.destroyed) return void (target ?? client).destroy()
    open.set(client, target)
    client.on('close', () => target.destroy())
    target.on('close', () => client.destroy()).on('error', () => {})
    client.pipe(target).pipe(client)
  })

  async function reach(tries: number): Promise<Socket | null> {
    if (tries === 0) return null
    const port = ports[turn++ % ports.length] ?? 0
    const target = connect(port, '127.0.0.1')
    try {
      await once(target, 'connect')
    } catch {
      return reach(tries - 1)
    }
    return target
  }

  function cut(): void {
    for (const client of open.keys()) client.destroy()
    open.clear()
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    serving() {
      const [longest] = [...open.values()].toSorted((a, b) => b.bytesRead - a.bytesRead)
      return longest?.remotePort ?? 0
    },
    cut,
    close() {
      server.close()
      cut()
    },
  }
}
