// What `observe()` does with the page, and what it knows of its streams; whatever goes wrong within stays within.
import { afterEach, expect, inject, it, vi } from 'vitest'
import { cdp } from 'vitest/browser'
import { observe, type ObserveOptions, type Watching } from '../../src/observe/index.ts'
import { EVENTS, put, until } from './scripts.ts'

const watchings: Watching[] = []
const watch = (options?: ObserveOptions): Watching => {
  const watching = observe(options)
  watchings.push(watching)
  return watching
}
afterEach(() => {
  for (const watching of watchings.splice(0)) watching.stop()
  vi.unstubAllGlobals()
})

const natives = (): unknown[] => [
  globalThis.fetch,
  globalThis.EventSource,
  globalThis.WebSocket,
  EventSource.prototype.constructor,
  WebSocket.prototype.constructor,
  Object.getOwnPropertyDescriptor(EventSource.prototype, 'close'),
  Object.getOwnPropertyDescriptor(EventSource.prototype, 'addEventListener'),
  Object.getOwnPropertyDescriptor(globalThis, 'fetch'),
  Object.getOwnPropertySymbols(globalThis).length,
]

const delta = (index: number): string => `data: {"delta":"word ${index} "}\n\n`
const deltas = (count: number): string[] => Array.from({ length: count }, (_, at) => delta(at))

async function readAll(url: string): Promise<string> {
  const { body } = await fetch(url)
  let text = ''
  for await (const piece of body?.pipeThrough(new TextDecoderStream()) ?? []) text += piece
  return text
}

it('puts everything back, and watches once however often it is asked', () => {
  const before = natives()
  const watching = watch()
  expect(natives()).not.toEqual(before)
  const patched = natives()
  expect(observe({ batch: true })).toBe(watching)
  expect(natives()).toEqual(patched)
  watching.stop()
  expect(natives()).toEqual(before)
  watching.stop()
  expect(natives()).toEqual(before)
  expect(watch()).not.toBe(watching)
})

it('leaves the patch of somebody who came later, and is not heard behind it', async () => {
  const { fetch: native } = globalThis
  const watching = watch()
  const ours = globalThis.fetch
  const theirs: typeof fetch = (...args) => ours(...args)
  globalThis.fetch = theirs
  watching.stop()
  expect(globalThis.fetch).toBe(theirs)
  const played = await put({ headers: EVENTS, pieces: deltas(2) })
  expect(await readAll(played.url)).toBe(deltas(2).join(''))
  expect(watching.streams()).toEqual([])
  globalThis.fetch = native
})

it('stops in the middle of streams, which go on', async () => {
  const watching = watch()
  const played = await put({ headers: EVENTS, pieces: [...deltas(3), 200, ...deltas(3)] })
  const socketPlayed = await put({ pieces: ['a', 200, 'b'], end: 'stay' })
  const source = new EventSource(played.url)
  const socket = new WebSocket(socketPlayed.socketUrl)
  const seen: unknown[] = []
  source.onmessage = ({ data }) => seen.push(data)
  socket.onmessage = ({ data }) => seen.push(data)
  const reading = readAll(played.url)
  await until(() => seen.length >= 4 && watching.streams().length === 3)
  watching.stop()
  await until(() => seen.length >= 8)
  expect(await reading).toBe([...deltas(3), ...deltas(3)].join(''))
  expect(watching.streams().map(({ open }) => open)).toEqual([false, false, false])
  source.close()
  socket.close()
})

it('knows each stream by address and kind, tells of it, and keeps the numbers of its end', async () => {
  const told: string[] = []
  const later: string[] = []
  const watching = watch({
    onStream: ({ kind }) => told.push(kind),
    only: (url) => !url.includes('#no'),
  })
  const stopTelling = watching.onStream(({ kind }) => later.push(kind))
  const played = await put({ headers: EVENTS, pieces: deltas(4).flatMap((one) => [one, 20]) })
  new EventSource(`${played.url}#no`).close()
  await readAll(played.url)
  stopTelling()
  const json = await put({ headers: { 'content-type': 'application/json' }, pieces: ['{}'] })
  await (await fetch(json.url)).json()
  const whole = await put({ headers: { 'content-type': 'text/plain' }, pieces: ['words'] })
  expect(await (await fetch(whole.url)).text()).toBe('words')
  const source = new EventSource(played.url)
  await until(() => (watching.streams()[1]?.snapshot().events ?? 0) === 4)
  source.close()
  expect(told).toEqual(['fetch', 'event-source'])
  expect(later).toEqual(['fetch'])
  const streams = watching.streams()
  expect(streams.map(({ url, kind, open }) => [url, kind, open])).toEqual([
    [played.url, 'fetch', false],
    [played.url, 'event-source', false],
  ])
  await until(() => streams[0]?.snapshot() === streams[0]?.snapshot())
  const { events, chars, charsPerEvent, stages, missing } = streams[0]?.snapshot() ?? {}
  expect([events, chars, charsPerEvent]).toEqual([4, 28, 7])
  expect(stages).toMatchObject({ queue: null, reduce: null, redis: null, relay: null })
  expect(missing?.map((line) => line.split(':')[0])).toEqual(
    expect.arrayContaining(['queue', 'reduce', 'redis', 'relay', 'network', 'write']),
  )
  expect(streams[0]?.diagnosis().verdict.kind).toBe('unknown')
})

it('keeps so many streams and no more, those that are open before those that are over', async () => {
  const watching = watch({ maxStreams: 3 })
  const stay = await put({ headers: EVENTS, pieces: [delta(0)], end: 'stay' })
  const open = new EventSource(stay.url)
  const ended = await put({ headers: EVENTS, pieces: [delta(1)] })
  for (let index = 0; index < 5; index++) await readAll(ended.url)
  expect(watching.streams().map(({ url }) => url)).toEqual([stay.url, ended.url, ended.url])
  open.close()
})

it('reads a relay’s stamps where the page asked for them, and asks for its clock', async () => {
  const cutServer = inject('cutServer')
  const id = `observed-${Date.now()}`
  const append = (payloads: readonly string[]): Promise<Response> =>
    fetch(`${cutServer}/runs/${id}`, { method: 'PUT', body: JSON.stringify(payloads) })
  const watching = watch()
  const seen: string[] = []
  const source = new EventSource(`${cutServer}/v1/streams/${id}/events?timing=1`)
  source.onmessage = ({ data }) => seen.push(data)
  const stream = () => watching.streams().find(({ kind }) => kind === 'event-source')
  await until(() => stream()?.snapshot().serverClock != null)
  for (let index = 0; index < 3; index++) {
    await append([`{"type":"TEXT_MESSAGE_CONTENT","messageId":"m","delta":"${index}"}`])
    await until(() => seen.length === index + 1)
  }
  await until(() => stream()?.snapshot().stages.paint != null)
  const { stages, events, serverClock } = stream()?.snapshot() ?? {}
  expect(events).toBe(3)
  expect(stages?.relay).toMatchObject({ count: 3, source: 'exact' })
  expect(stages?.redis).not.toBeNull()
  expect(stages?.network?.source).toBe('inferred')
  expect(serverClock?.boundMs).toBeGreaterThan(0)
  source.close()
})

it('does not ask a server for anything where the page did not', async () => {
  const watching = watch()
  const played = await put({ headers: EVENTS, pieces: deltas(2) })
  await readAll(`${played.url}?timing=1`)
  await until(() => watching.streams()[0]?.open === false)
  expect(await played.asked()).toEqual(['GET '])
  expect(watching.streams()[0]?.snapshot().serverClock).toBeNull()
})

it.each<[string, () => void, ObserveOptions]>([
  ['options that throw', () => {}, { textOf: fail, payloadTime: fail, onStream: fail }],
  ['a choice that throws', () => {}, { only: fail }],
  [
    'an observer that throws',
    () =>
      vi.stubGlobal(
        'MutationObserver',
        class {
          observe = fail
          disconnect = fail
          takeRecords = fail
        },
      ),
    {},
  ],
  [
    'no observer and no channel',
    () => {
      vi.stubGlobal('MutationObserver', undefined)
      vi.stubGlobal('MessageChannel', undefined)
    },
    {},
  ],
  ['a clock that throws', () => vi.stubGlobal('performance', { now: fail }), {}],
])('keeps to itself: %s', async (_, break_, options) => {
  const failures: unknown[] = []
  const note = (event: Event): void => void failures.push(event)
  addEventListener('error', note)
  addEventListener('unhandledrejection', note)
  const played = await put({ headers: EVENTS, pieces: deltas(30).flatMap((one) => [one, 1]) })
  const socketPlayed = await put({ pieces: deltas(30) })
  try {
    break_()
    watch(options)
    expect(await readAll(played.url)).toBe(deltas(30).join(''))
    const seen: string[] = []
    const source = new EventSource(played.url)
    source.onmessage = ({ data }) => seen.push(`data: ${data}\n\n`)
    await new Promise((resolve) => (source.onerror = resolve))
    source.close()
    expect(seen).toEqual(deltas(30))
    const messages: string[] = []
    const socket = new WebSocket(socketPlayed.socketUrl)
    socket.onmessage = ({ data }) => messages.push(data)
    await new Promise((resolve) => (socket.onclose = resolve))
    expect(messages).toEqual(deltas(30))
    expect(failures).toEqual([])
  } finally {
    removeEventListener('error', note)
    removeEventListener('unhandledrejection', note)
  }
})

function fail(): never {
  throw new Error('broken measuring')
}

// The part of the DevTools protocol that is needed; Playwright's own types are not those of a page.
const session = cdp() as unknown as {
  send(method: 'HeapProfiler.collectGarbage'): Promise<void>
  send(method: 'Runtime.getHeapUsage'): Promise<{ readonly usedSize: number }>
}

async function heap(): Promise<number> {
  await session.send('HeapProfiler.collectGarbage')
  await session.send('HeapProfiler.collectGarbage')
  return (await session.send('Runtime.getHeapUsage')).usedSize
}

it('holds ten thousand messages of each kind in the same memory, and leaves no entry behind', async () => {
  const watching = watch()
  const pieces = Array.from({ length: 100 }, () => [deltas(100).join(''), 1]).flat()
  const played = await put({ headers: EVENTS, pieces })
  const socketPlayed = await put({
    pieces: Array.from({ length: 100 }, () => [...deltas(100), 1]).flat(),
  })
  const round = async (): Promise<void> => {
    let messages = 0
    const source = new EventSource(played.url)
    source.onmessage = ({ data }) => (messages += data === '' ? 0 : 1)
    await new Promise((resolve) => (source.onerror = resolve))
    source.close()
    const socket = new WebSocket(socketPlayed.socketUrl)
    socket.onmessage = ({ data }) => (messages += data === '' ? 0 : 1)
    await new Promise((resolve) => (socket.onclose = resolve))
    await readAll(played.url)
    expect(messages).toBe(20_000)
    const streams = watching.streams().slice(-3)
    await until(() => streams.every((one) => one.snapshot().events === 10_000))
    await until(() => streams.every((one) => one.snapshot() === one.snapshot()))
  }
  await round()
  const before = await heap()
  const entries = performance.getEntriesByType('measure').length
  await round()
  await round()
  expect((await heap()) - before).toBeLessThan(600_000)
  expect(performance.getEntriesByType('measure').length).toBe(entries)
}, 60_000)
