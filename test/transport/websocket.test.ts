// What many streams make of one socket: who shares it, who does not, and that nobody hears of the others.
import { describe, expect, it, vi } from 'vitest'
import { MAX_SOCKET_STREAMS } from '../../src/wire/protocol.ts'
import { createManualClock, type ManualClock } from '../../src/testing/manual-clock.ts'
import { webSocket, type WebSocketOptions } from '../../src/transport/websocket.ts'
import { createFakeSockets, type FakeSockets } from './fake-socket.ts'

const ADDRESS = 'ws://relay.test/v1/ws'
const HELLO = 'event: relay.hello\ndata: {}\n\n'

interface Reader {
  /** What arrived, without the relay's own words. */
  readonly data: readonly string[]
  /** The relay's own words. */
  readonly words: readonly string[]
  readonly reads: number
  readonly over: Promise<unknown>
  readonly isOver: boolean
  abort(): void
}

interface Bench {
  readonly sockets: FakeSockets
  readonly clock: ManualClock
  read(stream: string, options?: Partial<WebSocketOptions>, after?: string): Reader
}

function bench(): Bench {
  const sockets = createFakeSockets()
  const clock = createManualClock()
  return { sockets, clock, read }

  function read(stream: string, options: Partial<WebSocketOptions> = {}, after?: string): Reader {
    const { WebSocket } = sockets
    const transport = webSocket({ url: ADDRESS, stream, WebSocket, ...options })
    const controller = new AbortController()
    const data: string[] = []
    const words: string[] = []
    let reads = 0
    let isOver = false
    const { signal } = controller
    const iterate = async (): Promise<unknown> => {
      try {
        for await (const { frames } of transport.open({ after: after ?? null, signal, clock })) {
          reads++
          for (const frame of frames) {
            if (frame.event === 'message') data.push(frame.data)
            else words.push(frame.event)
          }
        }
        return null
      } catch (error) {
        return error
      } finally {
        isOver = true
      }
    }
    const over = iterate()
    return {
      data,
      words,
      get reads() {
        return reads
      },
      over,
      get isOver() {
        return isOver
      },
      abort: () => controller.abort(),
    }
  }
}

/** Opens streams on one accepted socket, each answered. */
async function sharing(...streams: readonly string[]): Promise<Bench & { readers: Reader[] }> {
  const rig = bench()
  const readers = streams.map((stream) => rig.read(stream))
  rig.sockets.last.accept()
  await rig.clock.settle()
  for (const stream of streams) rig.sockets.last.send(stream, HELLO)
  await rig.clock.settle()
  return { ...rig, readers }
}

const only = <T>(list: readonly T[]): T => {
  expect(list).toHaveLength(1)
  return list[0] as T
}

describe('one socket', () => {
  it('carries all streams with the same address, each with its own bytes', async () => {
    const { sockets, clock, readers } = await sharing('a', 'b', 'c')
    const socket = only(sockets.all)
    expect(socket.sent).toEqual(['a', 'b', 'c'].map((stream) => ({ op: 'subscribe', stream })))
    socket.send('a', 'data: to a\n')
    socket.send('b', 'data: to')
    socket.send('a', '\n')
    socket.send('b', ' b\n\n')
    await clock.settle()
    expect(readers.map(({ data }) => data)).toEqual([['to a'], ['to b'], []])
    for (const reader of readers) reader.abort()
  })

  it('takes a stream that comes later, and its cursor with it', async () => {
    const { sockets, clock, read } = await sharing('a')
    const late = read('late', { token: 't' }, 'S-1-0')
    await clock.settle()
    expect(only(sockets.all).sent.at(-1)).toEqual({
      op: 'subscribe',
      stream: 'late',
      after: 'S-1-0',
      token: 't',
    })
    late.abort()
  })

  it('is another one for another address, another constructor, or who wants it alone', async () => {
    const { sockets, read } = await sharing('a')
    read('b', { url: 'ws://elsewhere.test/v1/ws' })
    expect(sockets.all).toHaveLength(2)
    read('c', { shared: false })
    expect(sockets.all).toHaveLength(3)
    read('d', { shared: false })
    expect(sockets.all).toHaveLength(4)
    read('e', { url: 'http://relay.test/v1/ws' })
    expect(sockets.all).toHaveLength(4)
    bench().read('a')
    expect(sockets.all).toHaveLength(4)
  })

  it('goes one task after its last stream, and tells the relay of each that left', async () => {
    const { sockets, clock, readers } = await sharing('a', 'b')
    const socket = only(sockets.all)
    readers[0]?.abort()
    await clock.settle()
    expect(socket.sent.at(-1)).toEqual({ op: 'unsubscribe', stream: 'a' })
    expect(socket.closedWith).toBeNull()
    readers[1]?.abort()
    expect(socket.closedWith).toBeNull()
    await clock.settle()
    expect(socket.closedWith).toBe(1000)
  })

  it('serves who takes over in the same task', async () => {
    const { sockets, clock, readers, read } = await sharing('a')
    readers[0]?.abort()
    read('b')
    await clock.settle()
    expect(only(sockets.all).closedWith).toBeNull()
  })

  it('is made once for who opens, leaves and opens again before it is there', async () => {
    const { sockets, clock, read } = bench()
    read('a').abort()
    const again = read('a')
    const socket = only(sockets.all)
    socket.accept()
    await clock.settle()
    expect(socket.sent).toEqual([{ op: 'subscribe', stream: 'a' }])
    socket.send('a', `${HELLO}data: x\n\n`)
    await clock.settle()
    expect(again.data).toEqual(['x'])
  })

  it('closes unused when everybody left while it connected', async () => {
    const { sockets, clock, read } = bench()
    const reader = read('a')
    reader.abort()
    expect(await reader.over).toBeNull()
    await clock.settle()
    expect(sockets.last.closedWith).toBe(1000)
  })

  it('takes no more streams than the relay does', async () => {
    const { sockets, read } = bench()
    for (let n = 0; n <= MAX_SOCKET_STREAMS; n++) read(`s-${n}`)
    expect(sockets.all).toHaveLength(2)
  })
})

describe('a stream that is opened twice', () => {
  it('has two sockets, and each its own bytes', async () => {
    const { sockets, clock, readers, read } = await sharing('a')
    const second = read('a')
    const [one, two] = sockets.all
    expect(sockets.all).toHaveLength(2)
    two?.accept()
    await clock.settle()
    two?.send('a', `${HELLO}data: second\n\n`)
    one?.send('a', 'data: first\n\n')
    await clock.settle()
    expect(second.data).toEqual(['second'])
    expect(readers[0]?.data).toEqual(['first'])
  })

  it('hears nothing of the subscription before it, whatever was under way', async () => {
    const { sockets, clock, readers, read } = await sharing('a', 'other')
    const [one] = sockets.all
    one?.send('a', 'data: half of an')
    readers[0]?.abort()
    const again = read('a')
    expect(sockets.all).toHaveLength(2)
    one?.send('a', ' old event\n\ndata: old\n\n')
    sockets.last.accept()
    await clock.settle()
    sockets.last.send('a', `${HELLO}data: new\n\n`)
    await clock.settle()
    expect(again.data).toEqual(['new'])
    expect(readers[0]?.data).toEqual([])
  })

  it('comes back to its socket once a later answer has proved that the old is over', async () => {
    const { sockets, clock, readers, read } = await sharing('a')
    readers[0]?.abort()
    const next = read('b')
    await clock.settle()
    sockets.last.send('a', 'data: old\n\n')
    sockets.last.send('b', HELLO)
    await clock.settle()
    next.abort()
    const again = read('a')
    await clock.settle()
    only(sockets.all).send('a', `${HELLO}data: new\n\n`)
    await clock.settle()
    expect(again.data).toEqual(['new'])
  })

  it('is not let back by the answer to a stream that subscribed before it left', async () => {
    const { sockets, clock, read } = bench()
    const first = read('a')
    read('b')
    sockets.last.accept()
    await clock.settle()
    first.abort()
    sockets.last.send('b', HELLO)
    await clock.settle()
    read('a')
    expect(sockets.all).toHaveLength(2)
  })
})

describe('what befalls one stream', () => {
  it('ends it alone: the word of the relay', async () => {
    const { sockets, clock, readers, read } = await sharing('a', 'b')
    sockets.last.send('a', 'event: relay.end\ndata: {"reason":"completed"}\n\n')
    expect(await readers[0]?.over).toBeNull()
    expect(sockets.last.sent.some(({ op }) => op === 'unsubscribe')).toBe(false)
    sockets.last.send('b', 'data: goes on\n\n')
    await clock.settle()
    expect(readers[1]?.data).toEqual(['goes on'])
    read('a')
    await clock.settle()
    expect(only(sockets.all).sent.at(-1)).toEqual({ op: 'subscribe', stream: 'a' })
  })

  it('ends it alone: an event without an end', async () => {
    const { sockets, clock, readers } = await sharing('a', 'b')
    const chunk = `data: ${'x'.repeat(2 ** 20)}`
    for (let sent = 0; sent < 18; sent++) sockets.last.send('a', chunk)
    expect(await readers[0]?.over).toMatchObject({ code: 'oversize' })
    expect(sockets.last.sent.at(-1)).toEqual({ op: 'unsubscribe', stream: 'a' })
    sockets.last.send('b', 'data: goes on\n\n')
    await clock.settle()
    expect(readers[1]?.data).toEqual(['goes on'])
  })

  it.each(['not-started', 'backend-unavailable', 'slow', 'unheard-of'])(
    'ends it alone: relay.error %s, which the stream itself is told',
    async (code) => {
      const { sockets, clock, readers } = await sharing('a', 'b')
      const before = readers[0]?.reads ?? 0
      sockets.last.send('a', `event: relay.error\ndata: {"code":"${code}","message":"m"}\n\n`)
      expect(await readers[0]?.over).toBeNull()
      expect(readers[0]?.reads).toBe(before + 1)
      await clock.settle()
      expect(readers[1]?.isOver).toBe(false)
    },
  )

  it('goes on after an event that the relay could not send', async () => {
    const { sockets, clock, readers } = await sharing('a')
    const error = 'id: S-1-0\nevent: relay.error\ndata: {"code":"oversize","message":"m"}\n\n'
    sockets.last.send('a', `${error}data: next\n\n`)
    await clock.settle()
    expect(readers[0]?.data).toEqual(['next'])
  })

  it('asks anew for a stream whose token ran out under way', async () => {
    const token = vi.fn(() => 't')
    const { sockets, clock, read } = bench()
    const reader = read('a', { token })
    sockets.last.accept()
    await clock.settle()
    sockets.last.send('a', HELLO)
    sockets.last.send('a', 'data: x\n\nevent: relay.error\ndata: {"code":"unauthorized"}\n\n')
    expect(await reader.over).toMatchObject({ code: 'connection-failed', status: 401 })
    expect(reader.data).toEqual(['x'])
    expect(reader.words).toEqual(['relay.hello'])
    expect(token).toHaveBeenCalledTimes(1)
  })

  it('keeps a malformed id from the socket, which the relay would close for all', async () => {
    const { sockets, read } = bench()
    const error = await read('../secret').over
    expect(error).toMatchObject({ code: 'http-status', status: 404 })
    expect(String(error)).toContain('"../secret"')
    expect(sockets.all).toHaveLength(0)
  })

  it('gives no sign of life for the others', async () => {
    const { sockets, clock, readers } = await sharing('a', 'b')
    const before = readers[1]?.reads
    sockets.last.send('a', 'data: x\n\n')
    await clock.settle()
    expect(readers[1]?.reads).toBe(before)
  })
})

describe('what befalls the socket', () => {
  it('is told to all of its streams, which meet again on the next one', async () => {
    const { sockets, clock, readers, read } = await sharing('a', 'b', 'c')
    sockets.last.close(1006)
    for (const { over } of readers) {
      expect(await over).toMatchObject({ code: 'connection-failed' })
    }
    const again = ['a', 'b', 'c'].map((stream) => read(stream))
    expect(sockets.all).toHaveLength(2)
    sockets.last.accept()
    await clock.settle()
    expect(sockets.last.sent).toHaveLength(3)
    expect(again.some(({ isOver }) => isOver)).toBe(false)
  })

  it('leaves a dead socket behind when its streams are renewed one after the other', async () => {
    const { sockets, clock, readers, read } = await sharing('a', 'b')
    for (const [index, stream] of ['a', 'b'].entries()) {
      readers[index]?.abort()
      read(stream)
      await clock.settle()
    }
    expect(sockets.all).toHaveLength(2)
    expect(sockets.all.map(({ closedWith }) => closedWith)).toEqual([1000, null])
  })

  it.each([
    { code: 1008, reason: 'policy', expected: { code: 'relay-error' } },
    { code: 1012, reason: 'relay is going away', expected: { code: 'connection-failed' } },
    { code: 1000, reason: '', expected: null },
  ])('ends all by its code: $code', async ({ code, reason, expected }) => {
    const { sockets, readers } = await sharing('a', 'b')
    sockets.last.close(code, reason)
    for (const { over } of readers) {
      const error = await over
      if (expected === null) expect(error).toBeNull()
      else expect(error).toMatchObject(expected)
      if (reason !== '') expect(String(error)).toContain(reason)
    }
  })

  it('lets nobody join once the relay said that it goes', async () => {
    const { sockets, readers, read } = await sharing('a', 'b')
    sockets.last.send('a', 'event: relay.reconnect\ndata: {}\n\n')
    expect(await readers[0]?.over).toBeNull()
    expect(sockets.last.sent.at(-1)).toEqual({ op: 'unsubscribe', stream: 'a' }) // it may go on for a while
    read('a')
    expect(sockets.all).toHaveLength(2)
    expect(readers[1]?.isOver).toBe(false)
  })

  it.each([
    ['a text message', '{"stream":"a"}\ndata: x\n\n'],
    ['no bytes', new ArrayBuffer(0)],
    ['no line', Uint8Array.from(Buffer.from('{"stream":"a"}')).buffer],
    ['no JSON', Uint8Array.from(Buffer.from('stream a\ndata: x\n\n')).buffer],
    ['null', Uint8Array.from(Buffer.from('null\ndata: x\n\n')).buffer],
    ['no name', Uint8Array.from(Buffer.from('{}\ndata: x\n\n')).buffer],
    ['a name that is no text', Uint8Array.from(Buffer.from('{"stream":1}\ndata: x\n\n')).buffer],
    ['an unknown stream', Uint8Array.from(Buffer.from('{"stream":"z"}\ndata: x\n\n')).buffer],
    ['a stream of every object', Uint8Array.from(Buffer.from('{"stream":"__proto__"}\nx')).buffer],
    ['broken UTF-8', Uint8Array.from([0xff, 0xfe, 0x0a, 0x64]).buffer],
  ])('passes over %s', async (_, data) => {
    const { sockets, clock, readers } = await sharing('a')
    const before = readers[0]?.reads
    sockets.last.sendRaw(data)
    await clock.settle()
    expect(readers[0]?.reads).toBe(before)
    sockets.last.send('a', 'data: goes on\n\n')
    await clock.settle()
    expect(readers[0]?.data).toEqual(['goes on'])
  })

  it('tells a stream of its own why no socket can be made', async () => {
    const { read } = bench()
    const Refusing = function refuse(): never {
      throw new DOMException('insecure', 'SecurityError')
    }
    const options = { WebSocket: Refusing as unknown as WebSocketOptions['WebSocket'] }
    for (let attempt = 0; attempt < 2; attempt++) {
      const error = await read('a', options).over
      expect(error).toMatchObject({ code: 'connection-failed' })
      expect(String(error)).toContain('insecure')
    }
  })
})

describe('a token', () => {
  it('holds up nobody but its own stream, and is not sent for who left meanwhile', async () => {
    const { sockets, clock, read } = bench()
    const waiting = Promise.withResolvers<string>()
    const slow = read('slow', { token: () => waiting.promise })
    read('quick', { token: 'q' })
    sockets.last.accept()
    await clock.settle()
    expect(sockets.last.sent).toEqual([{ op: 'subscribe', stream: 'quick', token: 'q' }])
    slow.abort()
    waiting.resolve('late')
    await clock.settle()
    expect(sockets.last.sent).toHaveLength(1)
  })
})

describe('an ack', () => {
  const event = (n: number, bytes = 0): string => `id: S-1-${n}\ndata: ${'x'.repeat(bytes)}\n\n`
  const acks = ({ sockets }: Bench): unknown[] =>
    sockets.last.sent.flatMap((message) => (message.op === 'ack' ? [message.cursor] : []))

  it('tells what was taken every 256 KiB, by the last event that is complete', async () => {
    const rig = await sharing('a', 'b')
    for (let n = 1; n <= 5; n++) rig.sockets.last.send('a', event(n, 60_000))
    expect(acks(rig)).toEqual(['S-1-5'])
    rig.sockets.last.send('a', event(6, 200_000) + event(7, 70_000).slice(0, -1))
    expect(acks(rig)).toEqual(['S-1-5', 'S-1-6'])
    rig.sockets.last.send('b', event(1, 1000))
    expect(acks(rig)).toHaveLength(2)
    rig.readers.forEach((reader) => reader.abort())
  })

  it('tells it every 500 events, however small, and not before', async () => {
    const rig = await sharing('a')
    for (let n = 1; n <= 480; n++) rig.sockets.last.send('a', event(n))
    expect(acks(rig)).toEqual([])
    for (let n = 481; n <= 990; n++) rig.sockets.last.send('a', event(n))
    expect(acks(rig).length).toBeGreaterThanOrEqual(1)
    expect(acks(rig).length).toBeLessThanOrEqual(2)
    rig.readers.forEach((reader) => reader.abort())
  })

  it('is sent by nobody who has left, and never for events without ids', async () => {
    const rig = await sharing('a', 'b')
    rig.sockets.last.send('b', `data: ${'x'.repeat(300_000)}\n\n`)
    rig.readers[0]?.abort()
    rig.sockets.last.send('a', event(1, 300_000))
    rig.sockets.last.send('b', 'event: relay.end\ndata: {}\n\n')
    expect(acks(rig)).toEqual([])
    await rig.clock.settle()
  })
})

describe('stopping a run', () => {
  it.each([
    ['ws://relay.test/v1/ws', 'http://relay.test/v1/streams/a/stop'],
    ['wss://relay.test/v1/ws?x=1', 'https://relay.test/v1/streams/a/stop'],
    ['/agents/v1/ws', '/agents/v1/streams/a/stop'],
    ['https://relay.test/v1/ws#top', 'https://relay.test/v1/streams/a/stop'],
  ])('asks the relay of %s at %s, with the token', async (url, stop) => {
    const fetch = vi.fn<typeof globalThis.fetch>(async () => new Response(null, { status: 202 }))
    await webSocket({ url, stream: 'a', token: 't', fetch }).cancel?.()
    const [address, init] = fetch.mock.calls[0] ?? []
    expect(address).toBe(stop)
    expect(init?.method).toBe('POST')
    expect(new Headers(init?.headers).get('authorization')).toBe('Bearer t')
  })

  it.each([
    { url: 'wss://relay.test/socket', stream: 'a' },
    { url: 'wss://relay.test/?next=/v1/ws', stream: 'a' },
    { url: '/v1/ws', stream: '..' },
  ])('is not offered where there is no address to ask at: $url, $stream', (options) => {
    expect(webSocket(options).cancel).toBeUndefined()
  })
})
