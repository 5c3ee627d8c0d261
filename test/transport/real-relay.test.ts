// Both transports against the relay itself, over real sockets, with the WebSocket of `ws` and Node's own fetch.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { WebSocket as NodeWebSocket } from 'ws'
import type { Frame } from '../../src/core/protocol.ts'
import { memoryBackend } from '../../src/relay/index.ts'
import type { MemoryBackend, RelayOptions } from '../../src/relay/index.ts'
import { MAX_SOCKET_STREAMS } from '../../src/wire/protocol.ts'
import { browserClock } from '../../src/frame/browser-clock.ts'
import type { WebSocketConstructor } from '../../src/transport/shared-socket.ts'
import { sse } from '../../src/transport/sse.ts'
import type { Transport } from '../../src/transport/transport.ts'
import { webSocket } from '../../src/transport/websocket.ts'
import { serve, type Served } from '../relay/serve.ts'
import { freePort } from '../support/redis-server.ts'

const COMPLETED = '{"type": "status", "status": "completed"}'

let served: Served
let backend: MemoryBackend
const readers: Reader[] = []

async function start(options: Partial<RelayOptions> = {}): Promise<void> {
  backend = memoryBackend()
  served = await serve({ backend, ...options })
}
afterEach(async () => {
  for (const { abort } of readers.splice(0)) abort()
  await served.close()
})

const transports: Record<string, (url: string, stream: string) => Transport> = {
  sse: (url, stream) => sse({ url: `${url}/v1/streams/${stream}/events` }),
  webSocket: (url, stream) =>
    webSocket({
      url: `${url}/v1/ws`,
      stream,
      WebSocket: NodeWebSocket as unknown as WebSocketConstructor,
    }),
}

interface Reader {
  readonly frames: readonly Frame[]
  readonly over: Promise<unknown>
  until(event: string): Promise<void>
  abort(): void
}

function read(name: string, stream: string, after: string | null = null, url = served.url): Reader {
  const controller = new AbortController()
  const { signal } = controller
  const frames: Frame[] = []
  const iterate = async (): Promise<unknown> => {
    const transport = transports[name]?.(url, stream)
    try {
      const open = { after, signal, clock: browserClock() }
      for await (const read of transport?.open(open) ?? []) frames.push(...read.frames)
      return null
    } catch (error) {
      return error
    }
  }
  const reader: Reader = {
    frames,
    over: iterate(),
    until: (event) =>
      vi.waitFor(() => expect(frames.map(({ event }) => event)).toContain(event), {
        timeout: 5000,
        interval: 2,
      }),
    abort: () => controller.abort(),
  }
  readers.push(reader)
  return reader
}

const payloads = (frames: readonly Frame[]): string[] =>
  frames.filter(({ event }) => event === 'message').map(({ data }) => data)

describe.for(Object.keys(transports))('%s', (name) => {
  it('reads the whole of a log, whatever is in it', async () => {
    await start()
    const written = ['{"text": "Grüße 漢字 🎉"}', 'two\nlines', 'x'.repeat(300_000), '', COMPLETED]
    for (const payload of written) await backend.append('a', payload)
    const reader = read(name, 'a')
    expect(await reader.over).toBeNull()
    expect(payloads(reader.frames)).toEqual(written)
    expect(reader.frames.at(0)?.event).toBe('relay.hello')
    expect(reader.frames.at(-1)?.event).toBe('relay.end')
  })

  it('goes on after any cursor with exactly the rest', async () => {
    await start()
    const cursors: string[] = []
    for (let n = 0; n < 5; n++) cursors.push(await backend.append('a', `${n}`))
    await backend.append('a', COMPLETED)
    for (const [seen, cursor] of cursors.entries()) {
      const reader = read(name, 'a', cursor)
      expect(await reader.over).toBeNull()
      const rest = ['0', '1', '2', '3', '4'].slice(seen + 1)
      expect(payloads(reader.frames)).toEqual([...rest, COMPLETED])
    }
  })

  it('reads what comes while it watches, and leaves nothing behind at the relay', async () => {
    await start()
    const reader = read(name, 'a')
    await reader.until('relay.caught-up')
    await backend.append('a', 'live')
    await reader.until('message')
    expect(served.relay.stats().viewers).toBe(1)
    reader.abort()
    expect(await reader.over).toBeNull()
    await expect.poll(() => served.relay.stats()).toMatchObject({ viewers: 0, sockets: 0 })
  })

  it('is told that a cursor is none, as a refusal', async () => {
    await start()
    const reader = read(name, 'a', 'no-cursor')
    expect(await reader.over).toMatchObject({ code: 'http-status', status: 400 })
    expect(reader.frames).toEqual([])
  })

  it('is told that an id is none, as a refusal', async () => {
    await start()
    expect(await read(name, 'no.id').over).toMatchObject({ code: 'http-status', status: 404 })
  })

  it('ends after a stream that does not start, having been told', async () => {
    await start({ startTimeoutMs: 20 })
    const reader = read(name, 'a')
    expect(await reader.over).toBeNull()
    expect(reader.frames.at(-1)).toMatchObject({ event: 'relay.error' })
    expect(reader.frames.at(-1)?.data).toContain('not-started')
  })

  it('ends after the word of a relay that goes', async () => {
    await start()
    const reader = read(name, 'a')
    await reader.until('relay.caught-up')
    await served.relay.close()
    expect(await reader.over).toBeNull()
    expect(reader.frames.at(-1)?.event).toBe('relay.reconnect')
  })

  it('is connection-failed where nobody listens', async () => {
    await start()
    const reader = read(name, 'a', null, `http://127.0.0.1:${await freePort()}`)
    expect(await reader.over).toMatchObject({ code: 'connection-failed' })
  })

  it('ends without an error when it is left while it connects', async () => {
    await start()
    const reader = read(name, 'a')
    reader.abort()
    expect(await reader.over).toBeNull()
  })
})

describe('one socket of many streams', () => {
  it('is one connection at the relay, whoever comes and goes', async () => {
    await start()
    const [a, b, c] = ['a', 'b', 'c'].map((stream) => read('webSocket', stream))
    for (const reader of [a, b, c]) await reader?.until('relay.caught-up')
    expect(served.relay.stats()).toMatchObject({ sockets: 1, viewers: 3 })
    b?.abort()
    await expect.poll(() => served.relay.stats().viewers).toBe(2)
    for (const stream of ['a', 'b', 'c']) await backend.append(stream, `to ${stream}`)
    await Promise.all([a?.until('message'), c?.until('message')])
    expect([a, b, c].map((reader) => payloads(reader?.frames ?? []))).toEqual([
      ['to a'],
      [],
      ['to c'],
    ])
    expect(served.relay.stats()).toMatchObject({ sockets: 1, viewers: 2 })
  })

  it('reads every byte that SSE reads, for all streams at once', async () => {
    await start()
    const ids = Array.from({ length: 20 }, (_, n) => `s-${n}`)
    for (const id of ids) {
      for (let n = 0; n < 50; n++) await backend.append(id, `${id}: ${n} ${'漢'.repeat(n * 10)}`)
      await backend.append(id, COMPLETED)
    }
    const sockets = ids.map((id) => read('webSocket', id))
    for (const [index, id] of ids.entries()) {
      const plain = read('sse', id)
      expect(await plain.over).toBeNull()
      expect(await sockets[index]?.over).toBeNull()
      expect(sockets[index]?.frames).toEqual(plain.frames)
    }
  })

  it('brings a live event past the long catch-up of another stream', async () => {
    await start()
    const payload = 'x'.repeat(20_000)
    for (let n = 0; n < 2000; n++) await backend.append('long', payload)
    await backend.append('long', COMPLETED)
    const live = read('webSocket', 'live')
    await live.until('relay.caught-up')
    const long = read('webSocket', 'long')
    await long.until('message')
    await backend.append('live', 'now')
    await live.until('message')
    expect(long.frames.length).toBeLessThan(1500)
    expect(await long.over).toBeNull()
    expect(payloads(long.frames)).toHaveLength(2001)
    expect(served.relay.stats().sockets).toBe(1)
  })

  it('is a second one beyond what the relay takes on one, and nobody is refused', async () => {
    await start()
    const all = Array.from({ length: MAX_SOCKET_STREAMS + 2 }, (_, n) =>
      read('webSocket', `s-${n}`),
    )
    await Promise.all(all.map((reader) => reader.until('relay.caught-up')))
    expect(served.relay.stats()).toMatchObject({ sockets: 2, viewers: all.length })
  })

  it('is left and taken again by the same stream, which then reads all of it anew', async () => {
    await start()
    await backend.append('a', '0')
    const other = read('webSocket', 'other')
    for (let round = 0; round < 20; round++) {
      const reader = read('webSocket', 'a')
      await reader.until('relay.caught-up')
      expect(payloads(reader.frames)).toEqual(['0'])
      reader.abort()
    }
    await backend.append('other', 'still there')
    await other.until('message')
    await expect.poll(() => served.relay.stats()).toMatchObject({ viewers: 1, sockets: 1 })
  })
})
