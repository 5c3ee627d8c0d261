// An EventSource that delivers once a frame: what comes, in what order, in how many tasks; and what a native one gives.
import fc from 'fast-check'
import { createRoot } from 'react-dom/client'
import { useStore } from 'zustand/react'
import { createStore } from 'zustand/vanilla'
import { afterEach, expect, it, vi } from 'vitest'
import { batchEventSource, observe, type Watching } from '../../src/observe/index.ts'
import { recordEventSource, type Seen } from './record.ts'
import { EVENTS, put, until } from './scripts.ts'

const watching: { one: Watching | null } = { one: null }
afterEach(() => {
  watching.one?.stop()
  watching.one = null
  vi.restoreAllMocks()
})

const event = (index: number, type = 'message'): string =>
  `id: ${index}\nevent: ${type}\ndata: ${index}\n\n`
const many = (count: number): string =>
  Array.from({ length: count }, (_, index) => event(index, index % 3 ? 'message' : 'named')).join(
    '',
  )

it('tells what a native one tells, in the same order, over a cut and to its refusal', async () => {
  const see = async (): Promise<readonly Seen[]> => {
    const played = await put(
      { headers: EVENTS, pieces: ['retry: 10\n\n', many(40), 100], end: 'break' },
      { headers: EVENTS, pieces: [event(50), 100] },
      { status: 204, pieces: [] },
    )
    const seen = await recordEventSource(
      played.url,
      ['named'],
      (seen) => seen.filter(([who]) => who === 'onerror').length === 3,
      watching.one === null,
    )
    expect(await played.asked()).toEqual(['GET ', 'GET 39', 'GET 50'])
    return JSON.parse(JSON.stringify(seen).replaceAll(/s\d+-\d+/g, 'id')) as Seen[]
  }
  const native = await see()
  watching.one = observe({ batch: true })
  const batched = await see()
  expect(batched).toEqual(native)
  await until(() => watching.one?.streams()[0]?.snapshot().events === 41)
})

it('is counted once by whoever watches, and to its end', async () => {
  const answer = { headers: EVENTS, pieces: ['retry: 10\n\n', many(40)] }
  const played = await put(answer, { status: 204, pieces: [] })
  watching.one = observe({ textOf: ({ length }) => length })
  const source = batchEventSource(played.url)
  let seen = 0
  source.onmessage = () => seen++
  source.addEventListener('named', () => seen++)
  await until(() => source.readyState === EventSource.CLOSED)
  expect(seen).toBe(40)
  await until(() => watching.one?.streams()[0]?.open === false)
  expect(watching.one.streams()[0]?.snapshot()).toMatchObject({ events: 40, chars: 70 })
})

it('delivers each frame’s events in one task, none of them twice', async () => {
  const pieces = Array.from({ length: 300 }, (_, index) => [event(index), index % 10 ? 0 : 5])
  const played = await put({ headers: EVENTS, pieces: pieces.flat(), end: 'stay' })
  const source = batchEventSource(new URL(played.url), { withCredentials: false })
  const ids: number[] = []
  let tasks = 0
  let isNew = true
  source.onmessage = ({ lastEventId }) => {
    ids.push(Number(lastEventId))
    if (!isNew) return
    isNew = false
    tasks++
    // Comes after the whole batch, for no microtask comes in between.
    queueMicrotask(() => (isNew = true))
  }
  let frames = 0
  const count = (): void => {
    frames++
    if (ids.length < 300) requestAnimationFrame(count)
  }
  count()
  await until(() => ids.length === 300)
  expect(ids).toEqual(Array.from({ length: 300 }, (_, index) => index))
  // The first one after a rest goes at once, beside the frames.
  expect(tasks).toBeLessThanOrEqual(frames + 2)
  source.close()
})

it('delivers nothing after close(), not even what had come', async () => {
  const played = await put({ headers: EVENTS, pieces: [many(30), 20, many(30)], end: 'stay' })
  const source = batchEventSource(played.url)
  const seen: string[] = []
  const note = ({ data }: MessageEvent<string>): void => {
    seen.push(data)
    if (seen.length === 7) source.close()
  }
  source.addEventListener('message', note)
  source.addEventListener('named', note)
  await until(() => source.readyState === EventSource.CLOSED)
  await new Promise((resolve) => setTimeout(resolve, 150))
  expect(seen).toEqual(['0', '1', '2', '3', '4', '5', '6'])
})

it('tells no error to who closes at the last event, right before the end', async () => {
  const pieces = [event(0), 20, `${event(1)}data: [DONE]\n\n`]
  const played = await put({ headers: EVENTS, pieces })
  const source = batchEventSource(played.url)
  const seen: string[] = []
  source.onerror = () => seen.push('error')
  source.onmessage = ({ data }: MessageEvent<string>) => {
    seen.push(data)
    if (data === '[DONE]') source.close()
  }
  await until(() => source.readyState === EventSource.CLOSED)
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(seen).toEqual(['0', '1', '[DONE]'])
})

it('goes on in a hidden page, without frames', async () => {
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden')
  const played = await put({ headers: EVENTS, pieces: [many(3), 50, many(3)], end: 'stay' })
  const source = batchEventSource(played.url)
  const times: number[] = []
  source.onmessage = () => times.push(performance.now())
  await until(() => times.length === 4)
  // At once, then a second later.
  expect((times[3] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(500)
  source.close()
})

it('is an EventSource, and throws as one', () => {
  const source = batchEventSource('/nowhere')
  expect(source).toBeInstanceOf(EventSource)
  expect([source.readyState, source.CONNECTING, source.url]).toEqual([
    0,
    0,
    new URL('/nowhere', location.href).href,
  ])
  source.close()
  expect(source.readyState).toBe(2)
  expect(() => batchEventSource('http://[')).toThrow(/URL is invalid/)
})

it('makes a store that renders at every write render once a batch', async () => {
  const played = await put({ headers: EVENTS, pieces: [100, many(200)], end: 'stay' })
  const count = async (open: () => EventSource): Promise<number> => {
    const store = createStore<{ count: number }>(() => ({ count: 0 }))
    const source = open()
    source.onmessage = () => store.setState(({ count }) => ({ count: count + 1 }))
    source.addEventListener('named', () => store.setState(({ count }) => ({ count: count + 1 })))
    let renders = 0
    function Shown() {
      renders++
      return <b>{useStore(store, ({ count }) => count)}</b>
    }
    const root = createRoot(document.createElement('div'))
    root.render(<Shown />)
    await until(() => store.getState().count === 200)
    await new Promise((resolve) => setTimeout(resolve, 20))
    source.close()
    root.unmount()
    return renders
  }
  expect(await count(() => new EventSource(played.url))).toBeGreaterThan(100)
  expect(await count(() => batchEventSource(played.url))).toBeLessThan(20)
})

it('keeps the order of any types, in any pieces', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom('message', 'a', 'b'), fc.nat(60)), { maxLength: 25 }),
      async (events) => {
        const text = events.map(([type], index) => event(index, type)).join('')
        const pieces: string[] = []
        let rest = text
        for (const [, length] of events) {
          pieces.push(rest.slice(0, length))
          rest = rest.slice(length)
        }
        const played = await put({ headers: EVENTS, pieces: [...pieces, rest].filter(Boolean) })
        const source = batchEventSource(played.url)
        const seen: unknown[] = []
        for (const type of ['message', 'a', 'b']) {
          source.addEventListener(type, (event) => seen.push([event.type, Number(event.data)]))
        }
        // All of it comes before the end is told.
        await new Promise((resolve) => (source.onerror = resolve))
        source.close()
        expect(seen).toEqual(events.map(([type], index) => [type, index]))
      },
    ),
    { numRuns: 40 },
  )
})
