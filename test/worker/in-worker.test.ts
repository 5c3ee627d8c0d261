// What is the Worker's own: batches and their acks, stamps of two threads, and a Worker that comes and goes.
import { describe, expect, it, vi } from 'vitest'
import { createManualClock } from '../../src/testing/manual-clock.ts'
import type { Read } from '../../src/transport/transport.ts'
import { inWorker, type InWorkerOptions } from '../../src/worker/index.ts'
import { fakeWorker } from './fake-worker.ts'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const event = (text: string): Uint8Array => utf8(`data: ${text}\n\n`)

/** A server whose body is sent as it is pulled, so that it knows how much was read. */
function server(chunks: Iterable<Uint8Array>) {
  const source = chunks[Symbol.iterator]()
  const state = { pulled: 0, cancelled: false }
  const fetch: typeof globalThis.fetch = async () => {
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          const { done, value } = source.next()
          if (done === true) return controller.close()
          state.pulled++
          controller.enqueue(value)
        },
        cancel: () => void (state.cancelled = true),
      },
      { highWaterMark: 0 },
    )
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  }
  return { state, fetch }
}

function open(options: InWorkerOptions) {
  const controller = new AbortController()
  const clock = createManualClock({ now: 1000 })
  const { signal } = controller
  const reads = inWorker(options).open({ after: null, signal, clock })
  return { clock, abort: () => controller.abort(), reads: reads[Symbol.asyncIterator]() }
}

// Many turns of the event loop: whatever could go on by itself has gone on.
async function settle(): Promise<void> {
  for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve))
}
const url = 'http://relay.test/v1/streams/a/events'

async function readAll(reads: AsyncIterator<Read>): Promise<Read[]> {
  const all: Read[] = []
  for (let step = await reads.next(); step.done !== true; step = await reads.next()) {
    all.push(step.value)
  }
  return all
}

describe('batches', () => {
  const messages = (spy: { mock: { calls: unknown[][] } }): { type: string }[] =>
    spy.mock.calls.map(([message]) => message as { type: string })

  it('are four under way at the most, until the page takes them', async () => {
    const posted = vi.spyOn(MessagePort.prototype, 'postMessage')
    const { fetch } = server(Array.from({ length: 50 }, (_, index) => event(String(index))))
    const { reads } = open({ url, worker: fakeWorker({ fetch }) })
    await reads.next()
    await settle()
    const sent = messages(posted).filter(({ type }) => type === 'reads')
    expect(sent.length).toBeLessThanOrEqual(5)
    const rest = await readAll(reads)
    expect(rest.flatMap(({ frames }) => frames.map(({ data }) => data))).toEqual(
      Array.from({ length: 50 }, (_, index) => String(index)),
    )
    posted.mockRestore()
  })

  it('stop the wire once too much is held, and go on when there is room', async () => {
    const chunk = event('x'.repeat(2 ** 20))
    const { state, fetch } = server(Array.from({ length: 40 }, () => chunk))
    const { reads } = open({ url, worker: fakeWorker({ fetch }) })
    await reads.next()
    await settle()
    expect(state.pulled).toBeLessThan(20)
    const rest = await readAll(reads)
    expect(rest.flatMap(({ frames }) => frames)).toHaveLength(40)
    expect(state.pulled).toBe(40)
  })

  it('let go of a wire that waits for room', async () => {
    const chunk = event('x'.repeat(2 ** 20))
    const { state, fetch } = server(Array.from({ length: 40 }, () => chunk))
    const { reads, abort } = open({ url, worker: fakeWorker({ fetch }) })
    await reads.next()
    await settle()
    abort()
    expect(await reads.next()).toEqual({ done: true, value: undefined })
    await vi.waitFor(() => expect(state.cancelled).toBe(true))
  })
})

describe('stamps', () => {
  it('are of the Worker, whenever the page comes to take them', async () => {
    const there = createManualClock({ now: 5 })
    const { fetch } = server([event('one')])
    const worker = fakeWorker({ fetch, clock: there, originMs: 200 })
    // By the page's own time it is 305 when it comes: 100 later than the Worker had it.
    const { reads } = open({ url, worker, epochMs: () => 305 })
    const [, read] = await readAll(reads)
    expect(read).toMatchObject({ at: 900, worker: { parsedAt: 900, takenAt: 1000 } })
  })

  it('never lie in the future', async () => {
    const { fetch } = server([event('one')])
    const worker = fakeWorker({ fetch, clock: createManualClock(), originMs: 310 })
    const { reads } = open({ url, worker, epochMs: () => 305 })
    const [, read] = await readAll(reads)
    expect(read).toMatchObject({ at: 1000, worker: { parsedAt: 1000, takenAt: 1000 } })
  })
})

describe('the Worker', () => {
  const endless = function* (): Generator<Uint8Array> {
    yield event('one')
  }

  it('is made when it is needed, shared by reconnects, and ends some time after the last', async () => {
    const made: ReturnType<typeof fakeWorker>[] = []
    const make = vi.fn(() => {
      const worker = fakeWorker({ fetch: (...args) => server(endless()).fetch(...args) })
      made.push(worker)
      return worker
    })
    const transport = inWorker({ url, worker: make })
    const clock = createManualClock()
    expect(make).not.toHaveBeenCalled()
    const read = (): Promise<Read[]> => {
      const { signal } = new AbortController()
      return readAll(transport.open({ after: null, signal, clock })[Symbol.asyncIterator]())
    }
    await read()
    await read()
    expect(make).toHaveBeenCalledTimes(1)
    expect(made[0]?.terminated).toBe(false)
    await clock.advance(10_000)
    expect(made[0]?.terminated).toBe(true)
    await read()
    expect(make).toHaveBeenCalledTimes(2)
    await clock.advance(10_000)
  })

  it('is left running where it is the application’s own', async () => {
    const worker = fakeWorker({ fetch: server(endless()).fetch })
    const { reads, clock } = open({ url, worker })
    await readAll(reads)
    await clock.advance(60_000)
    expect(worker.terminated).toBe(false)
  })

  it('that fails ends its connections as a cut does, and another one is made', async () => {
    const made: ReturnType<typeof fakeWorker>[] = []
    const transport = inWorker({
      url,
      worker() {
        const worker = fakeWorker({ fetch: () => new Promise(() => {}) })
        made.push(worker)
        return worker
      },
    })
    for (const words of ['', 'SyntaxError']) {
      const { signal } = new AbortController()
      const opened = transport.open({ after: null, signal, clock: createManualClock() })
      const first = opened[Symbol.asyncIterator]().next()
      made.at(-1)?.fail(words)
      const error = await first.catch((cause: unknown) => cause)
      expect(error).toMatchObject({ code: 'connection-failed' })
      expect(String(error)).toContain(words || 'could not be loaded')
    }
    expect(made.map(({ terminated }) => terminated)).toEqual([true, true])
  })

  it('leaves alone what is none of its business', () => {
    const worker = fakeWorker({ fetch: server([]).fetch })
    for (const message of [null, 'hello', { framewise: 'write' }]) worker.postMessage(message, [])
  })

  it('keeps name, stop and clock of the transport it stands for', async () => {
    const worker = fakeWorker({})
    expect(inWorker({ url, worker })).toMatchObject({ name: url, cancel: expect.any(Function) })
    expect(inWorker({ url: '/v1/ws', stream: 'a', worker })).toMatchObject({
      name: '/v1/ws#a',
      time: expect.any(Function),
    })
    expect(inWorker({ url: '/api/chat', worker }).cancel).toBeUndefined()
  })
})
