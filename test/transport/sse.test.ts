import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import type { Frame } from '../../src/core/protocol.ts'
import { createManualClock } from '../../src/testing/manual-clock.ts'
import { sse, type SseOptions } from '../../src/transport/sse.ts'

const EVENT_STREAM = { 'content-type': 'text/event-stream; charset=utf-8' }

function body(...chunks: readonly (string | Uint8Array)[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) {
        controller.enqueue(typeof chunk === 'string' ? encoder.encode(chunk) : chunk)
      }
      controller.close()
    },
  })
}

function answering(...responses: readonly (() => Response)[]) {
  let next = 0
  return vi.fn<typeof fetch>(async () => {
    const respond = responses[Math.min(next++, responses.length - 1)]
    return respond === undefined ? new Response() : respond()
  })
}

async function read(
  fetch: typeof globalThis.fetch,
  options: Partial<SseOptions> = {},
  after: string | null = null,
): Promise<Frame[]> {
  const transport = sse({ url: '/events', fetch, ...options })
  const { signal } = new AbortController()
  const frames: Frame[] = []
  for await (const one of transport.open({ after, signal, clock: createManualClock() })) {
    frames.push(...one.frames)
  }
  return frames
}

const text =
  'id: a-1\ndata: {"text":"Grüße 漢字 🎉"}\n\nevent: relay.hello\ndata: {}\n\ndata: no id\n\n'
const expected: Frame[] = [
  { event: 'message', id: 'a-1', data: '{"text":"Grüße 漢字 🎉"}' },
  { event: 'relay.hello', id: undefined, data: '{}' },
  { event: 'message', id: undefined, data: 'no id' },
]

describe('reading', () => {
  it('gives the same frames wherever the bytes are split, with any line break', async () => {
    for (const lineBreak of ['\n', '\r\n', '\r']) {
      const bytes = new TextEncoder().encode(text.replaceAll('\n', lineBreak))
      for (let cut = 1; cut < bytes.length; cut++) {
        const chunks = [bytes.slice(0, cut), bytes.slice(cut)]
        const fetch = answering(() => new Response(body(...chunks), { headers: EVENT_STREAM }))
        expect(await read(fetch)).toEqual(expected)
      }
    }
  })

  it('gives the same frames for any split into many chunks', async () => {
    const bytes = new TextEncoder().encode(text)
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(bytes.length), { maxLength: 20 }), async (cuts) => {
        const edges = [0, ...cuts.toSorted((a, b) => a - b), bytes.length]
        const chunks = edges.slice(1).map((end, index) => bytes.slice(edges[index], end))
        const fetch = answering(() => new Response(body(...chunks), { headers: EVENT_STREAM }))
        expect(await read(fetch)).toEqual(expected)
      }),
    )
  })

  it('passes over a byte order mark and comments', async () => {
    const bytes = ': hb\n\ndata: x\n\n'
    const fetch = answering(() => new Response(body('\uFEFF', bytes), { headers: EVENT_STREAM }))
    expect(await read(fetch)).toEqual([{ event: 'message', id: undefined, data: 'x' }])
  })

  it('does not give an event that was cut off', async () => {
    const fetch = answering(
      () => new Response(body('data: whole\n\ndata: half'), { headers: EVENT_STREAM }),
    )
    expect(await read(fetch)).toHaveLength(1)
  })

  it('says that it was answered before anything arrives', async () => {
    const fetch = answering(() => new Response(body(), { headers: EVENT_STREAM }))
    const clock = createManualClock({ now: 7 })
    const reads = sse({ url: '/events', fetch }).open({
      after: null,
      signal: new AbortController().signal,
      clock,
    })
    const first = await reads[Symbol.asyncIterator]().next()
    expect(first.value).toEqual({ at: 7, frames: [] })
  })
})

describe('the request', () => {
  it('carries the cursor in header and address, beside a query of its own', async () => {
    const fetch = answering(() => new Response(body(), { headers: EVENT_STREAM }))
    await read(fetch, { url: '/events?x=1#top' }, 'S-1-0')
    const [url, init] = fetch.mock.calls[0] ?? []
    expect(url).toBe('/events?x=1&after=S-1-0#top')
    expect(new Headers(init?.headers).get('last-event-id')).toBe('S-1-0')
    expect(new Headers(init?.headers).get('accept')).toBe('text/event-stream')
  })

  it('sends a cursor that no header can carry in the address alone', async () => {
    const fetch = answering(() => new Response(body('data: x\n\n'), { headers: EVENT_STREAM }))
    expect(await read(fetch, {}, '漢-1')).toHaveLength(1)
    const [url, init] = fetch.mock.calls[0] ?? []
    expect(url).toBe(`/events?after=${encodeURIComponent('漢-1')}`)
    expect(new Headers(init?.headers).has('last-event-id')).toBe(false)
  })

  it('asks for a new token once after a 401, and only then', async () => {
    const token = vi.fn(({ reason }: { reason: string }) => `for-${reason}`)
    const fetch = answering(
      () => new Response(null, { status: 401 }),
      () => new Response(body('data: in\n\n'), { headers: EVENT_STREAM }),
    )
    expect(await read(fetch, { token })).toHaveLength(1)
    expect(token.mock.calls.map(([{ reason }]) => reason)).toEqual(['connect', 'unauthorized'])
    const sent = fetch.mock.calls.map(([, init]) => new Headers(init?.headers).get('authorization'))
    expect(sent).toEqual(['Bearer for-connect', 'Bearer for-unauthorized'])

    const refused = answering(() => new Response(null, { status: 401 }))
    await expect(read(refused, { token })).rejects.toMatchObject({ status: 401 })
    expect(refused).toHaveBeenCalledTimes(2)
  })
})

describe('an event without an end', () => {
  it('is given up by its code, and not asked for again', async () => {
    const chunk = `data: ${'x'.repeat(2 ** 20)}`
    let cancelled = 0
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new TextEncoder().encode(chunk)),
      cancel: () => void cancelled++,
    })
    const fetch = answering(() => new Response(endless, { headers: EVENT_STREAM }))
    await expect(read(fetch)).rejects.toMatchObject({ code: 'oversize' })
    expect(cancelled).toBe(1)
    expect(fetch).toHaveBeenCalledTimes(1)
  })
})

describe('answers that are no stream', () => {
  it('takes a 204 for the end', async () => {
    const fetch = answering(() => new Response(null, { status: 204 }))
    expect(await read(fetch)).toEqual([{ event: 'relay.end', id: undefined, data: '{}' }])
  })

  it('names the status it was refused with', async () => {
    const fetch = answering(() => new Response('nope', { status: 403 }))
    await expect(read(fetch)).rejects.toMatchObject({ code: 'http-status', status: 403 })
  })

  it('tells a page of HTML from a stream', async () => {
    const headers = { 'content-type': 'text/html' }
    const fetch = answering(() => new Response('<!doctype html>', { headers }))
    await expect(read(fetch)).rejects.toMatchObject({ code: 'content-type' })
    await expect(read(fetch)).rejects.toThrow(
      'expected content-type text/event-stream, got text/html, an HTML page',
    )
    const gateway = answering(() => new Response('<!doctype html>', { headers, status: 502 }))
    await expect(read(gateway)).rejects.toThrow('expected status 200, got 502, an HTML page')
  })

  it('hears how long a server asks to be left alone, in seconds or by a date', async () => {
    const refusing = (retryAfter: string) =>
      read(
        answering(
          () => new Response(null, { status: 503, headers: { 'retry-after': retryAfter } }),
        ),
      )
    await expect(refusing('120')).rejects.toMatchObject({ retryAfterMs: 120_000 })
    await expect(refusing('soon')).rejects.toMatchObject({ retryAfterMs: undefined })
    await expect(refusing('-5')).rejects.toMatchObject({ retryAfterMs: undefined })
    const inAMinute = new Date(Date.now() + 60_000).toUTCString()
    const error = await refusing(inAMinute).catch((caught: unknown) => caught)
    const { retryAfterMs = 0 } = error as { retryAfterMs?: number }
    expect(Math.abs(retryAfterMs - 60_000)).toBeLessThan(5000)
    await expect(refusing(new Date(0).toUTCString())).rejects.toMatchObject({
      retryAfterMs: undefined,
    })
  })

  it('reads a body of another type when the protocol can', async () => {
    const headers = { 'content-type': 'text/plain; charset=utf-8' }
    const fetch = answering(() => new Response(body('ab', 'c'), { headers }))
    const frame = (data: string): Frame => ({ event: 'message', id: undefined, data })
    const parser = {
      parse: (bytes: Uint8Array) => [frame(new TextDecoder().decode(bytes))],
      end: () => [frame('end')],
    }
    const asked: string[] = []
    const reads = sse({ url: '/text', fetch }).open({
      after: null,
      signal: new AbortController().signal,
      clock: createManualClock(),
      body(type) {
        asked.push(type)
        return parser
      },
    })
    const frames: Frame[] = []
    for await (const one of reads) frames.push(...one.frames)
    expect(asked).toEqual(['text/plain; charset=utf-8'])
    expect(frames.map(({ data }) => data)).toEqual(['ab', 'c', 'end'])
  })

  it('takes headers that were cut off for a cut, and not for another kind of answer', async () => {
    for (const type of ['', 'text/ev']) {
      const fetch = answering(() => new Response(null, { headers: { 'content-type': type } }))
      await expect(read(fetch)).rejects.toMatchObject({ code: 'connection-failed' })
    }
  })

  it('tells a connection that could not be made', async () => {
    const fetch = vi.fn<typeof globalThis.fetch>(() => Promise.reject(new TypeError('refused')))
    await expect(read(fetch)).rejects.toMatchObject({ code: 'connection-failed' })
  })
})

describe('the wait that a server names', () => {
  it('comes with the read that brought it, and with every one after', async () => {
    const fetch = answering(
      () => new Response(body('retry: 3000\n\n', 'data: x\n\n'), { headers: EVENT_STREAM }),
    )
    const { signal } = new AbortController()
    const hints: (number | undefined)[] = []
    const open = { after: null, signal, clock: createManualClock() }
    for await (const { retryMs } of sse({ url: '/e', fetch }).open(open)) hints.push(retryMs)
    expect(hints).toEqual([undefined, 3000, 3000])
  })
})

describe('aborting', () => {
  it('does not wait for a token that never comes, nor for a fetch that cannot be aborted', async () => {
    const never = new Promise<never>(() => {})
    let cancelled = 0
    let answer = (_response: Response): void => {}
    const deaf = vi.fn<typeof fetch>(() => new Promise((resolve) => (answer = resolve)))
    const mute = vi.fn(() => never)
    for (const [asked, options] of [
      [mute, { token: mute }],
      [deaf, {}],
    ] as const) {
      const controller = new AbortController()
      const reads = sse({ url: '/e', fetch: deaf, ...options }).open({
        after: null,
        signal: controller.signal,
        clock: createManualClock(),
      })
      const step = reads[Symbol.asyncIterator]().next()
      await vi.waitFor(() => expect(asked).toHaveBeenCalled())
      controller.abort()
      expect(await step).toEqual({ done: true, value: undefined })
    }
    answer(new Response(new ReadableStream({ cancel: () => void cancelled++ })))
    await vi.waitFor(() => expect(cancelled).toBe(1))
  })

  it('ends the iteration in peace while the answer is awaited', async () => {
    const clock = createManualClock()
    const waiting = vi.fn<typeof fetch>(
      (_url, init) =>
        new Promise((_resolve, reject) => {
          init?.signal?.addEventListener('abort', () => reject(new DOMException('x', 'AbortError')))
        }),
    )
    const before = new AbortController()
    const reads = sse({ url: '/e', fetch: waiting }).open({
      after: null,
      signal: before.signal,
      clock,
    })
    const step = reads[Symbol.asyncIterator]().next()
    await vi.waitFor(() => expect(waiting).toHaveBeenCalled())
    before.abort()
    expect(await step).toEqual({ done: true, value: undefined })
  })
})
