// A wire between a client and a server: as long as wanted, to be cut at any time, with or without the last answers.
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

export interface MutedWire {
  readonly port: number
  /** Requests go through from now on and answers do not: what is done is not known to be done. */
  mute(): void
  /** Ends every connection at once; new ones are served again. */
  cut(): void
  close(): Promise<void>
}

/** Listens on a free port. `roundTripMs` is what the wire adds to a request and its answer together. */
export async function startMutedWire(target: number, roundTripMs = 0): Promise<MutedWire> {
  const sockets = new Set<Socket>()
  let muted = false

  const pipe = (from: Socket, to: Socket, ms: number, passes: () => boolean): void => {
    from.setNoDelay(true)
    from.on('data', (bytes) => {
      if (!passes()) return
      if (ms === 0) to.write(bytes)
      else setTimeout(() => to.writable && to.write(bytes), ms)
    })
    from.on('error', () => {})
    from.on('close', () => {
      sockets.delete(from)
      to.destroy()
    })
    sockets.add(from)
  }
  // A timer takes whole milliseconds, and would cut two halves of an odd number.
  const thereMs = Math.ceil(roundTripMs / 2)
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1')
    pipe(client, upstream, thereMs, () => true)
    pipe(upstream, client, roundTripMs - thereMs, () => !muted)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')

  const cut = (): void => {
    muted = false
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    mute: () => void (muted = true),
    cut,
    async close() {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}
