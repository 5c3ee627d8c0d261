// Reads a relay as a browser does, real or mocked: by fetch and by WebSocket, to the byte.
import { parseSse, type Received } from '../relay/sse-client.ts'
import { WS_PROTOCOL } from '../../src/wire/protocol.ts'

/** What one stream's connection has brought so far. */
export interface Reader {
  readonly status: number
  /** HTTP headers; none over WebSocket. */
  readonly headers: Headers
  text(): string
  events(): Received[]
  /** Waits until so many events have come, the relay's own among them. */
  until(test: (events: readonly Received[]) => boolean): Promise<void>
  /** Resolves with true once the other side has ended in peace, false once it broke. */
  readonly ended: Promise<boolean>
  close(): void
}

/** Opens a stream over SSE. */
export async function readSse(url: string, headers: Record<string, string> = {}): Promise<Reader> {
  const abort = new AbortController()
  const response = await fetch(url, { headers, signal: abort.signal })
  const box = createBox()
  const ended = consume(response, box)
  return { ...box, status: response.status, headers: response.headers, ended, close }
  function close(): void {
    abort.abort()
  }
}

async function consume(response: Response, box: Box): Promise<boolean> {
  const decoder = new TextDecoder()
  try {
    for await (const bytes of response.body ?? []) {
      box.add(decoder.decode(bytes as Uint8Array, { stream: true }))
    }
    return true
  } catch {
    return false
  } finally {
    box.finish()
  }
}

/** A socket with any number of streams on it. */
export interface SocketReader {
  /** The box of a stream; what was not asked for stays empty. */
  stream(id: string): Box
  send(message: object | string): void
  /** Resolves with the close code. */
  readonly closed: Promise<number>
  close(): void
}

/** Opens a WebSocket; resolves once it is open, or closed. */
export async function readSocket(
  url: string,
  protocols: string | string[] = WS_PROTOCOL,
): Promise<SocketReader> {
  const socket = new WebSocket(url, protocols)
  const boxes = new Map<string, Box>()
  const boxOf = (id: string): Box => {
    const box = boxes.get(id) ?? createBox()
    boxes.set(id, box)
    return box
  }
  socket.binaryType = 'arraybuffer'
  socket.addEventListener('message', ({ data }) => {
    const text = new TextDecoder().decode(data as ArrayBuffer)
    const lineEnd = text.indexOf('\n')
    const { stream } = JSON.parse(text.slice(0, lineEnd)) as { stream: string }
    boxOf(stream).add(text.slice(lineEnd + 1))
  })
  const closed = new Promise<number>((resolve) =>
    socket.addEventListener('close', ({ code }) => {
      for (const box of boxes.values()) box.finish()
      resolve(code)
    }),
  )
  const opened = new Promise((resolve) => socket.addEventListener('open', resolve))
  await Promise.race([opened, closed])
  return {
    stream: boxOf,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    closed,
    close: () => socket.close(1000),
  }
}

/** Text that arrives, and who waits for it. */
export interface Box extends Pick<Reader, 'text' | 'events' | 'until'> {
  add(text: string): void
  /** Nothing more comes. */
  finish(): void
}

function createBox(): Box {
  let text = ''
  let over = false
  let wake = (): void => {}
  const events = (): Received[] => parseSse(text)
  return {
    add(more) {
      text += more
      wake()
    },
    finish() {
      over = true
      wake()
    },
    text: () => text,
    events,
    async until(test) {
      while (!test(events())) {
        if (over) throw new Error(`ended before the condition held:\n${text}`)
        await new Promise<void>((resolve) => (wake = resolve))
      }
    },
  }
}
