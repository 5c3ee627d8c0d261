// A wire that can be made bad: a TCP proxy with latency, jitter, a throttle, silence, resets and cuts in the middle of
// a chunk. What it holds back stays in order, and the side that sends feels it as on a real wire.
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/** How bad the wire is now. */
export interface Fault {
  /** Bytes arrive so many ms late, */
  readonly latencyMs?: number | undefined
  /** and up to so many more. */
  readonly jitterMs?: number | undefined
  readonly bytesPerSecond?: number | undefined
  /** Nothing arrives and nobody is told; true until it is healed. */
  readonly silent?: boolean | undefined
}

/** A proxy on a port of its own. */
export interface TcpProxy {
  readonly port: number
  connections(): number
  /** From now on, in both directions and on all connections. */
  set(fault: Fault): void
  /**
   * The connections of this moment never bring anything again, and neither side is told.
   * @param some which of them, by the port that the target sees; all where it is left out
   */
  strand(some?: (port: number) => boolean): void
  /** Ends the connections of this moment, by RST or else in peace. */
  cut(how: 'reset' | 'end'): void
  /** Each connection of this moment brings up to so many more bytes to its client and is then reset. */
  cutAfter(maxBytes: number): void
  close(): Promise<void>
}

/** Options of {@link createTcpProxy}. */
export interface TcpProxyOptions {
  /** Where the next connection goes: ports of this machine, tried in this order. */
  readonly targets: () => readonly number[]
  /** Jitter and the places of cuts. @default Math.random */
  readonly random?: (() => number) | undefined
}

interface Line {
  readonly port: number
  stranded: boolean
  bytesLeft: number
  end(how: 'reset' | 'end'): void
  pump(): void
}

const HELD_BYTES = 256 * 1024

/** Opens a proxy. */
export async function createTcpProxy({
  targets,
  random = Math.random,
}: TcpProxyOptions): Promise<TcpProxy> {
  const lines = new Set<Line>()
  let fault: Fault = {}

  const server = createServer((client) => {
    client.on('error', () => {})
    dial(targets(), (upstream) => {
      if (upstream === null || client.destroyed) {
        upstream?.destroy()
        client.destroy()
      } else join(client, upstream)
    })
  })

  function join(client: Socket, upstream: Socket): void {
    const line: Line = {
      port: upstream.localPort ?? 0,
      stranded: false,
      bytesLeft: Infinity,
      end(how) {
        lines.delete(line)
        for (const socket of [client, upstream]) {
          if (how === 'reset') socket.resetAndDestroy()
          else socket.destroy()
        }
      },
      pump() {
        up()
        down()
      },
    }
    const up = pipe(client, upstream, line, false)
    const down = pipe(upstream, client, line, true)
    lines.add(line)
  }

  // Passes bytes one way; the function it returns looks again, after the fault has changed.
  function pipe(from: Socket, to: Socket, line: Line, counted: boolean): () => void {
    const held: { bytes: Buffer; dueMs: number }[] = []
    let size = 0
    let lastMs = 0
    let over = false
    let timer: NodeJS.Timeout | undefined

    function pump(): void {
      clearTimeout(timer)
      while (held.length > 0 || over) {
        if (fault.silent || line.stranded) return
        const [first] = held
        if (first === undefined) return line.end('end')
        const waitMs = first.dueMs - performance.now()
        if (waitMs > 0) return later(waitMs)
        if (!pass(first)) return
        if (fault.bytesPerSecond !== undefined) return later(1000)
      }
    }

    const later = (ms: number): void => void (timer = setTimeout(pump, ms))

    function pass(first: { bytes: Buffer }): boolean {
      const limit = Math.min(fault.bytesPerSecond ?? Infinity, counted ? line.bytesLeft : Infinity)
      const bytes = first.bytes.subarray(0, limit)
      first.bytes = first.bytes.subarray(bytes.length)
      if (first.bytes.length === 0) held.shift()
      size -= bytes.length
      if (counted) line.bytesLeft -= bytes.length
      if (size < HELD_BYTES) from.resume()
      const room = to.write(bytes)
      if (counted && line.bytesLeft <= 0) to.write('', () => line.end('reset'))
      return room && !(counted && line.bytesLeft <= 0)
    }

    from.on('data', (bytes: Buffer) => {
      const { latencyMs = 0, jitterMs = 0 } = fault
      lastMs = Math.max(lastMs, performance.now() + latencyMs + jitterMs * random())
      held.push({ bytes, dueMs: lastMs })
      size += bytes.length
      if (size >= HELD_BYTES) from.pause()
      pump()
    })
    to.on('drain', pump)
    from.on('error', () => {})
    from.on('close', () => {
      over = true
      pump()
    })
    return pump
  }

  function each(act: (line: Line) => void): void {
    for (const line of lines) act(line)
  }

  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => lines.size,
    set(next) {
      fault = next
      each((line) => line.pump())
    },
    strand(some = () => true) {
      each((line) => (line.stranded ||= some(line.port)))
    },
    cut: (how) => each((line) => line.end(how)),
    cutAfter: (maxBytes) => each((line) => (line.bytesLeft = 1 + Math.floor(random() * maxBytes))),
    close() {
      each((line) => line.end('end'))
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

function dial(ports: readonly number[], done: (socket: Socket | null) => void): void {
  const [port, ...others] = ports
  if (port === undefined) return done(null)
  const socket = connect(port, '127.0.0.1')
  const failed = (): void => dial(others, done)
  socket.once('error', failed)
  socket.once('connect', () => {
    socket.off('error', failed)
    done(socket)
  })
}
