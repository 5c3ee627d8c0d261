// A source of events at a steady rate, for a page of another origin: server-sent events, or messages of a WebSocket.
import { createServer } from 'node:http'
import { type AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'

const TICK_MS = 16
/** What every event says: 32 characters. */
const WORDS = 'The quick brown fox jumps over. '

/** A running source. */
export interface ObserveSource {
  /** Where so many events are sent at each tick of 16 ms; each of them is a write of its own. */
  url(kind: 'sse' | 'ws', eventsPerTick: number): string
  stop(): void
}

/** Starts a source on this machine. */
export async function startObserveSource(): Promise<ObserveSource> {
  const server = createServer((req, res) => {
    res.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'access-control-allow-origin': '*',
    })
    res.socket?.setNoDelay(true)
    const stop = play(req.url, (count) => res.write(`id: ${count}\ndata: ${WORDS}\n\n`))
    res.once('close', stop)
  })
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket, req) => {
    const stop = play(req.url, () => socket.send(WORDS))
    socket.once('close', stop)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: (kind, count) => `${kind === 'ws' ? 'ws' : 'http'}://127.0.0.1:${port}/${count}`,
    stop() {
      sockets.close()
      for (const socket of sockets.clients) socket.terminate()
      server.close()
      server.closeAllConnections()
    },
  }
}

function play(path: string | undefined, send: (count: number) => void): () => void {
  const eventsPerTick = Number(path?.slice(1))
  let count = 0
  const ticking = setInterval(() => {
    for (let event = 0; event < eventsPerTick; event++) send(++count)
  }, TICK_MS)
  return () => clearInterval(ticking)
}
