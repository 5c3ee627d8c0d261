// What a meter asks for: stamps from a relay and from nobody else, and the relay's clock.
import { describe, expect, it, vi } from 'vitest'
import { createAgentStream } from '../../src/index.ts'
import { createMeter } from '../../src/metrics/index.ts'
import { createManualClock } from '../../src/testing/manual-clock.ts'
import { sse } from '../../src/transport/sse.ts'
import type { Transport } from '../../src/transport/transport.ts'
import { webSocket } from '../../src/transport/websocket.ts'
import { createFakeSockets } from './fake-socket.ts'

const opening = (after: string | null, timing?: boolean) => ({
  after,
  timing,
  signal: AbortSignal.timeout(5000),
  clock: createManualClock(),
})

const abortable = () => {
  const controller = new AbortController()
  return { signal: controller.signal, abort: () => controller.abort() }
}

async function askedBy(
  url: string,
  after: string | null,
  timing?: boolean,
  afterParam?: string,
): Promise<string | undefined> {
  const asked: string[] = []
  const fetch: typeof globalThis.fetch = async (input) => {
    asked.push(String(input))
    return new Response(null, { status: 204 })
  }
  for await (const _ of sse({ url, fetch }).open({ ...opening(after, timing), afterParam }));
  return asked[0]
}

describe('stamps', () => {
  it.each([
    ['/v1/streams/a/events', null, '/v1/streams/a/events?timing=1'],
    ['/v1/streams/a/events', 'S-1-0', '/v1/streams/a/events?timing=1&after=S-1-0'],
    [
      'https://x.test/r/v1/streams/a/events?b=1#c',
      null,
      'https://x.test/r/v1/streams/a/events?b=1&timing=1#c',
    ],
    ['/api/chat?x=/v1/streams/a/events', null, '/api/chat?x=/v1/streams/a/events'],
    ['/api/agent/1/stream', '7', '/api/agent/1/stream?after=7'],
  ])('of %s after %s are asked for by %s', async (url, after, expected) => {
    expect(await askedBy(url, after, true)).toBe(expected)
  })

  it('are not asked for without a meter', async () => {
    expect(await askedBy('/v1/streams/a/events', null)).toBe('/v1/streams/a/events')
    expect(await askedBy('/v1/streams/a/events', '1', false, 'from')).toBe(
      '/v1/streams/a/events?from=1',
    )
  })

  it.each([
    [createMeter, 'timing=1'],
    [undefined, undefined],
  ])('are asked for by a stream with %o', async (metrics, query) => {
    const fetch = vi.fn(async () => new Response(null, { status: 204 }))
    const url = 'http://relay.test/v1/streams/a/events'
    const clock = createManualClock()
    const stream = createAgentStream({ url, fetch, clock, ...(metrics ? { metrics } : {}) })
    stream.connect()
    await clock.advance(10)
    const [first] = (fetch.mock.calls as unknown as string[][]).map(([asked]) => String(asked))
    expect(first?.split('?')[1]).toBe(query)
    stream.close()
  })

  it.each([
    [true, true],
    [undefined, undefined],
    [false, undefined],
  ])('are asked for with a subscribe: %s', async (timing, expected) => {
    const sockets = createFakeSockets((socket) => socket.accept())
    const { WebSocket } = sockets
    const transport = webSocket({ url: 'ws://relay.test/v1/ws', stream: 'a', WebSocket })
    const { signal, abort } = abortable()
    const reads = transport.open({ ...opening('S-1-0', timing), signal })[Symbol.asyncIterator]()
    const over = reads.next()
    await vi.waitFor(() => expect(sockets.last.sent).toHaveLength(1), { interval: 1 })
    expect(sockets.last.sent[0]).toEqual({
      op: 'subscribe',
      stream: 'a',
      after: 'S-1-0',
      ...(expected ? { timing: expected } : {}),
    })
    abort()
    await over
  })
})

describe('the clock', () => {
  const answering = (...answers: readonly Response[]) => {
    let next = 0
    return vi.fn<typeof fetch>(async () => answers[next++] ?? new Response(null, { status: 500 }))
  }
  const transports = (options: object): readonly Transport[] => [
    sse({ url: 'https://x.test/r/v1/streams/a/events?b=1', ...options }),
    webSocket({ url: 'wss://x.test/r/v1/ws', stream: 'a', ...options }),
  ]

  it('is asked for at the relay that is read, without showing credentials', async () => {
    const token = vi.fn(() => 't')
    for (const index of [0, 1]) {
      const url = 'https://x.test/r/v1/time'
      const answer = Object.defineProperty(Response.json({ receivedMs: 1 }), 'url', { value: url })
      const fetch = answering(answer)
      expect(await transports({ fetch, token })[index]?.time?.()).toEqual({ receivedMs: 1, url })
      expect(fetch).toHaveBeenCalledExactlyOnceWith(url, expect.anything())
      expect(fetch.mock.calls[0]?.[1]).toMatchObject({ headers: {}, cache: 'no-store' })
    }
    expect(token).not.toHaveBeenCalled()
  })

  it('is asked for with credentials where a proxy wants them', async () => {
    const fetch = answering(new Response(null, { status: 401 }), Response.json({ sentMs: 2 }))
    const [transport] = transports({ fetch, token: async () => 't', headers: { 'x-a': '1' } })
    expect(await transport?.time?.()).toEqual({ sentMs: 2, url: '' })
    expect(fetch.mock.calls[1]?.[1]?.headers).toEqual({ authorization: 'Bearer t', 'x-a': '1' })
  })

  it('is nowhere to be had but at a relay', () => {
    expect(sse({ url: '/api/chat' }).time).toBeUndefined()
    expect(webSocket({ url: '/socket', stream: 'a' }).time).toBeUndefined()
  })
})
