// Nothing changes for the application: whatever it can see of a stream is the same with and without `observe()`.
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { observe } from '../../src/observe/index.ts'
import type { Watching } from '../../src/observe/index.ts'
import { attempt, outcome, recordEventSource, recordSocket, type Seen } from './record.ts'
import { EVENTS, put, until } from './scripts.ts'

const watching: { one: Watching | null } = { one: null }
afterEach(() => {
  watching.one?.stop()
  watching.one = null
})

/** What `see` sees of the page's own, then while it is observed. */
async function both<T>(see: () => Promise<T>): Promise<readonly [T, T]> {
  const plain = await see()
  watching.one = observe()
  const observed = await see()
  return [plain, observed]
}

const urls = (seen: readonly Seen[]): unknown =>
  JSON.parse(JSON.stringify(seen).replaceAll(/s\d+-\d+/g, 'id')) as unknown

const events = (count: number): string[] =>
  Array.from(
    { length: count },
    (_, index) =>
      `id: ${index}\nevent: ${index % 3 ? 'message' : 'named'}\ndata: {"delta":"é${index}"}\n\n`,
  )

describe('EventSource', () => {
  it('tells the same, in the same order, over a cut and to its refusal', async () => {
    const [plain, observed] = await both(async () => {
      const played = await put(
        { headers: EVENTS, pieces: ['retry: 10\n\n', ...events(20), 100], end: 'break' },
        { headers: EVENTS, pieces: events(5) },
        { status: 204, pieces: [] },
      )
      const seen = await recordEventSource(
        played.url,
        ['named', 'relay.timing', 'absent'],
        (seen) => seen.filter(([who]) => who === 'onerror').length === 3,
      )
      return [urls(seen), await played.asked()]
    })
    expect(observed).toEqual(plain)
    expect(plain[1]).toEqual(['GET ', 'GET 19', 'GET 4'])
    expect(watching.one?.streams()).toHaveLength(1)
    await until(() => watching.one?.streams()[0]?.snapshot().events === 25)
  })

  it('tells the same of a wrong content type, and of an event that somebody stops', async () => {
    const [plain, observed] = await both(async () => {
      const wrong = await put({ headers: { 'content-type': 'text/html' }, pieces: ['x'] })
      const refused = await recordEventSource(wrong.url, [], (seen) =>
        seen.some(([who]) => who === 'onerror'),
      )
      const right = await put({ headers: EVENTS, pieces: ['data: 1\n\ndata: 2\n\n'], end: 'stay' })
      const source = new EventSource(right.url)
      const seen: unknown[] = []
      source.addEventListener('message', (event) => {
        seen.push(['first', event.data])
        event.stopImmediatePropagation()
      })
      source.addEventListener('message', (event) => seen.push(['second', event.data]))
      await until(() => seen.length >= 2)
      source.close()
      return [urls(refused), seen]
    })
    expect(observed).toEqual(plain)
    await until(() => watching.one?.streams()[1]?.snapshot().events === 2)
  })

  it('is the same to whoever looks at it, calls it wrongly or extends it', async () => {
    const [plain, observed] = await both(() => {
      class Own extends EventSource {
        readonly more = 1
        override close(): void {
          super.close()
        }
      }
      const own = new Own('/nowhere')
      own.close()
      const { prototype } = EventSource
      const call = EventSource as unknown as (url: string) => unknown
      const seen = [
        [EventSource.CONNECTING, EventSource.OPEN, EventSource.CLOSED, EventSource.name],
        [EventSource.length, typeof EventSource, prototype.constructor === EventSource],
        [own instanceof EventSource, own instanceof Own, own.constructor === Own, own.more],
        [own.readyState, Object.keys(own), JSON.stringify(own), String(own)],
        attempt(() => call('/x')),
        attempt(() => new EventSource('http://[')),
        attempt(() => new EventSource('/nowhere', { withCredentials: true }).withCredentials),
        attempt(() => prototype.addEventListener.length + prototype.close.length),
        attempt(() => prototype.close.call({} as EventSource)),
        Object.keys(EventSource),
        /native code/.test(Function.prototype.toString.call(EventSource)),
      ]
      return Promise.resolve(seen)
    })
    expect(observed).toEqual(plain)
  })
})

/** The ways to read a body, each to its end. */
const READS: Readonly<Record<string, (response: Response) => Promise<unknown>>> = {
  async reader({ body }) {
    const seen: unknown[] = [body?.locked]
    const reader = body?.getReader()
    seen.push(
      body?.locked,
      attempt(() => body?.getReader()),
    )
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined }
      if (done) break
      seen.push([...value])
    }
    reader?.releaseLock()
    seen.push(body?.locked, await outcome(reader?.closed ?? Promise.resolve()))
    return seen
  },
  async byob({ body }) {
    const reader = body?.getReader({ mode: 'byob' })
    const seen: unknown[] = []
    let view = new Uint8Array(7)
    for (;;) {
      const { done, value } = (await reader?.read(view)) ?? { done: true, value: undefined }
      if (value === undefined) break
      seen.push([...value])
      if (done) break
      view = new Uint8Array(value.buffer)
    }
    return seen
  },
  async iteration({ body }) {
    const seen: unknown[] = []
    for await (const chunk of body ?? []) seen.push([...chunk])
    return [seen, body?.locked]
  },
  async broken({ body }) {
    const values = body?.values({ preventCancel: true }) ?? []
    for await (const chunk of values) if (chunk.length > 0) break
    const reader = body?.getReader()
    const seen: unknown[] = []
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined }
      if (done) return seen
      seen.push([...value])
    }
  },
  async pipeThrough({ body }) {
    const text = body?.pipeThrough(new TextDecoderStream())
    const seen: unknown[] = [body?.locked]
    for await (const piece of text ?? []) seen.push(piece)
    return seen
  },
  async pipeTo({ body }) {
    const seen: unknown[] = []
    const written = body?.pipeTo(
      new WritableStream({
        write: (chunk: Uint8Array) => void seen.push([...chunk]),
        close: () => void seen.push('closed'),
        abort: (reason) => void seen.push(['aborted', String(reason)]),
      }),
    )
    seen.push(body?.locked)
    return [await outcome(written ?? Promise.resolve()), seen, body?.locked]
  },
  async clones(response) {
    const clone = response.clone()
    return [await clone.text(), await READS['reader']?.(response), response.bodyUsed]
  },
  async tee({ body }) {
    const [one, other] = body?.tee() ?? []
    return [await new Response(one).text(), await READS['iteration']?.(new Response(other))]
  },
  text: (response) => response.text(),
  json: (response) => outcome(response.json()),
  async twice(response) {
    await response.arrayBuffer()
    return [response.bodyUsed, await outcome(response.text()), attempt(() => response.clone())]
  },
}

const joined = (seen: unknown): string => JSON.stringify(seen)

describe('fetch', () => {
  it('gives the same response, by a redirect', async () => {
    const [plain, observed] = await both(async () => {
      const played = await put({ headers: { ...EVENTS, 'x-more': 'yes' }, pieces: events(6) })
      const response = await fetch(played.moved, { method: 'POST', body: 'x' })
      const { ok, status, statusText, redirected, type, bodyUsed, url } = response
      const about = [ok, status, statusText, redirected, type, bodyUsed, url === played.url]
      const is = [response.body === response.body, response.body instanceof ReadableStream]
      const keys = [Object.keys(response), Object.keys(response.body ?? {}), String(response.body)]
      const text = await READS['pipeThrough']?.(response)
      return [about, is, keys, response.headers.get('x-more'), [text].flat(3).join('')]
    })
    expect(observed).toEqual(plain)
    expect(plain[0]).toEqual([true, 200, 'OK', true, 'cors', false, true])
    await until(() => watching.one?.streams()[0]?.snapshot().events === 6)
  })

  // Not by the network, which may join chunks as it likes.
  it.each(Object.keys(READS))('gives the same chunks by %s, asked for one by one', async (name) => {
    let pulled: number[] = []
    const local = async (): Promise<Response> => {
      const chunks = events(6)
      pulled = []
      const encoder = new TextEncoder()
      const body = new ReadableStream(
        {
          type: 'bytes',
          async pull(controller) {
            await new Promise((resolve) => setTimeout(resolve, 2))
            pulled.push(chunks.length)
            const chunk = chunks.shift()
            if (chunk !== undefined) return controller.enqueue(encoder.encode(chunk))
            controller.close()
            controller.byobRequest?.respond(0)
          },
        },
        { highWaterMark: 0 },
      )
      return new Response(body, { headers: EVENTS })
    }
    const native = globalThis.fetch
    globalThis.fetch = local
    try {
      const [plain, observed] = await both(async () => [
        await READS[name]?.(await fetch('/local')),
        pulled,
      ])
      expect(joined(observed)).toBe(joined(plain))
    } finally {
      watching.one?.stop()
      globalThis.fetch = native
    }
  })

  it.each(Object.keys(READS))('gives the same by %s of what had come before', async (name) => {
    const native = globalThis.fetch
    globalThis.fetch = async () => new Response('data: 1\n\n', { headers: EVENTS })
    try {
      const [plain, observed] = await both(async () =>
        outcome(READS[name]?.(await fetch('/local')) ?? Promise.resolve()),
      )
      expect(joined(observed)).toBe(joined(plain))
    } finally {
      watching.one?.stop()
      globalThis.fetch = native
    }
  })

  it('asks for no chunk before its time', async () => {
    const native = globalThis.fetch
    let pulled = 0
    globalThis.fetch = async () => {
      pulled = 0
      const pull = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
        pulled++
        controller.enqueue(new Uint8Array([pulled]))
      }
      return new Response(new ReadableStream({ pull }, { highWaterMark: 0 }), { headers: EVENTS })
    }
    try {
      const [plain, observed] = await both(async () => {
        const seen: number[] = []
        const { body } = await fetch('/local')
        const rest = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30))
        await rest()
        seen.push(pulled)
        const reader = body?.pipeThrough(new TransformStream()).getReader()
        await rest()
        seen.push(pulled)
        for (let read = 0; read < 3; read++) await reader?.read()
        await rest()
        seen.push(pulled)
        await reader?.cancel()
        return seen
      })
      expect(observed).toEqual(plain)
    } finally {
      watching.one?.stop()
      globalThis.fetch = native
    }
  })

  it('breaks in the same way, whoever reads', async () => {
    const [plain, observed] = await both(async () => {
      const seen: unknown[] = []
      for (const name of ['reader', 'iteration', 'pipeThrough', 'pipeTo', 'text']) {
        const played = await put({ headers: EVENTS, pieces: ['data: 1\n\n', 30], end: 'break' })
        const response = await fetch(played.url)
        seen.push([name, await outcome(READS[name]?.(response) ?? Promise.resolve())])
      }
      return seen
    })
    expect(observed).toEqual(plain)
    expect(JSON.stringify(plain)).toContain('["text",["rejected","TypeError"]]')
    expect(watching.one?.streams()).toHaveLength(4)
    await until(() => watching.one?.streams().every(({ open }) => !open) === true)
  })

  it('aborts, cancels and refuses in the same way, and lets go of the server', async () => {
    const [plain, observed] = await both(async () => {
      const seen: unknown[] = []
      const played = await put({ headers: EVENTS, pieces: ['data: 1\n\n'], end: 'stay' })
      const over = new AbortController()
      const response = await fetch(played.url, { signal: over.signal })
      const reader = response.body?.getReader()
      seen.push((await reader?.read())?.value?.length)
      const pending = outcome(reader?.read() ?? Promise.resolve())
      over.abort(new RangeError('enough'))
      seen.push(await pending, await outcome(reader?.closed ?? Promise.resolve()))
      const cancelled = (await fetch(played.url)).body
      const text = cancelled?.pipeThrough(new TextDecoderStream()).getReader()
      seen.push(await text?.read(), await outcome(text?.cancel('why') ?? Promise.resolve()))
      seen.push(await outcome(fetch(played.url, { signal: AbortSignal.abort() })))
      seen.push(await outcome(fetch('http://[')), await outcome(fetch.call(null, 'data:,x')))
      seen.push(await outcome((fetch as () => Promise<unknown>)()), fetch.length, fetch.name)
      const refusing = new WritableStream({
        write() {
          throw new SyntaxError('no')
        },
      })
      const kept = await fetch(played.url)
      const piped = kept.body?.pipeTo(refusing, { preventCancel: true })
      seen.push(await outcome(piped ?? Promise.resolve()), kept.body?.locked)
      await kept.body?.cancel()
      return seen.map((one) =>
        Array.isArray(one) && one[1] instanceof Response ? 'response' : one,
      )
    })
    expect(observed).toEqual(plain)
    expect(watching.one?.streams()).toHaveLength(3)
    await until(() => watching.one?.streams().every(({ open }) => !open) === true)
  })

  it('leaves to nobody what nobody handles', async () => {
    const [plain, observed] = await both(async () => {
      const seen: string[] = []
      const note = (event: PromiseRejectionEvent): void => {
        event.preventDefault()
        seen.push((event.reason as Error).name)
      }
      addEventListener('unhandledrejection', note)
      void fetch('http://[')
      const played = await put({ headers: EVENTS, pieces: [30], end: 'break' })
      const reader = (await fetch(played.url)).body?.getReader()
      void reader?.read()
      const other = await fetch(played.url)
      other.body?.pipeTo(new WritableStream()).catch(() => {})
      await until(() => seen.length >= 2)
      await new Promise((resolve) => setTimeout(resolve, 100))
      removeEventListener('unhandledrejection', note)
      return seen
    })
    expect(observed).toEqual(plain)
    expect(plain).toEqual(['TypeError', 'TypeError'])
  })

  it('holds the server back as much', async () => {
    const megabyte = 'x'.repeat(2 ** 20)
    const pulled = async (): Promise<number> => {
      const played = await put({
        headers: EVENTS,
        pieces: Array.from({ length: 12 }, () => megabyte),
      })
      const { body } = await fetch(played.url)
      let written = 0
      let go = (): void => {}
      const open = new Promise<void>((resolve) => (go = resolve))
      const sink = new WritableStream<Uint8Array>({
        async write({ length }) {
          written += length
          if (written > 2 ** 20) await open
        },
      })
      const done = body?.pipeTo(sink)
      await new Promise((resolve) => setTimeout(resolve, 300))
      const held = written
      go()
      await done
      expect(written).toBe(12 * 2 ** 20)
      return held
    }
    const [plain, observed] = await both(pulled)
    expect(observed).toBeLessThan(4 * 2 ** 20)
    expect(plain).toBeLessThan(4 * 2 ** 20)
  })

  it('gives any bytes in any pieces', async () => {
    watching.one = observe()
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 12 }),
        fc.constantFrom('reader', 'iteration', 'pipeTo', 'byob'),
        fc.constantFrom('text/event-stream', 'application/x-ndjson', 'text/plain; charset=utf-8'),
        async (chunks, name, type) => {
          const pieces = chunks.map((bytes) => ({ binary: btoa(String.fromCodePoint(...bytes)) }))
          const played = await put({ headers: { 'content-type': type }, pieces })
          const read = JSON.stringify(await READS[name]?.(await fetch(played.url)))
          const bytes = (read.match(/\d+/g) ?? []).map(Number)
          expect(bytes).toEqual(chunks.flatMap((chunk) => [...chunk]))
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('WebSocket', () => {
  const binary = new Uint8Array([0, 255, 10])
  it.each(['blob', 'arraybuffer'] as const)('tells the same with %s, to its end', async (type) => {
    const [plain, observed] = await both(async () => {
      const ended = await put({
        pieces: ['one', { binary: btoa('two') }, ''],
        end: { code: 4001, reason: 'why' },
      })
      const echoed = await put({ pieces: [], echo: true, end: 'stay' })
      const broken = await put({ pieces: ['x'], end: 'break' })
      return [
        urls(await recordSocket(ended.socketUrl, type, [], (seen) => seen.at(-1)?.[0] === 'close')),
        urls(
          await recordSocket(
            echoed.socketUrl,
            type,
            ['a', binary],
            (seen) => seen.filter(([what]) => what === 'message').length === 2,
          ),
        ),
        urls(
          await recordSocket(broken.socketUrl, type, [], (seen) => seen.at(-1)?.[0] === 'close'),
        ),
      ]
    })
    expect(observed).toEqual(plain)
    expect(JSON.stringify(plain)).toContain('["close",4001,"why",true,3]')
    expect(watching.one?.streams().map(({ open }) => open)).toEqual([false, false, false])
  })

  it('is the same to whoever looks at it, calls it wrongly or extends it', async () => {
    const [plain, observed] = await both(() => {
      class Own extends WebSocket {}
      const own = new Own('ws://127.0.0.1:9/')
      own.close()
      const call = WebSocket as unknown as (url: string) => unknown
      return Promise.resolve([
        [WebSocket.CONNECTING, WebSocket.OPEN, WebSocket.CLOSING, WebSocket.CLOSED],
        [WebSocket.name, WebSocket.length, Object.keys(WebSocket)],
        [own instanceof WebSocket, own instanceof Own, own.constructor === Own, own.readyState],
        attempt(() => call('ws://x')),
        attempt(() => new WebSocket('ws://127.0.0.1:9/', ['a', 'a'])),
        attempt(() => new WebSocket('ftp://x')),
        [Object.keys(own), WebSocket.prototype.constructor === WebSocket],
      ])
    })
    expect(observed).toEqual(plain)
  })
})
