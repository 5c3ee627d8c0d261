// What a renewed token does to the streams of a socket, whose time itself is kept by the relay's viewers; and how little
// is written into a socket that takes nothing.
import { describe, expect, it } from 'vitest'
import type { WebSocket } from 'ws'
import type { Access, Grant } from '../../../src/relay/door/access.ts'
import { createCounters } from '../../../src/relay/counters.ts'
import { memoryBackend } from '../../../src/relay/index.ts'
import { createHubs } from '../../../src/relay/hub/hubs.ts'
import { createLimits } from '../../../src/relay/door/limits.ts'
import { createOrigins } from '../../../src/relay/door/origins.ts'
import { relayDefaults } from '../../../src/relay/relay.ts'
import type { RelayRequest } from '../../../src/relay/request.ts'
import { createSocketStreams } from '../../../src/relay/serve/socket-streams.ts'
import { WRITE_BYTES } from '../../../src/relay/hub/ring.ts'
import type { Viewer } from '../../../src/relay/hub/viewer.ts'
import { createViewers } from '../../../src/relay/hub/viewers.ts'
import type { Arrival, Viewers } from '../../../src/relay/hub/viewers.ts'
import { parseSse } from '../sse-client.ts'

const nowMs = (): number => 0

function setUp(check: Access['check'], ws: object, viewers: Viewers) {
  const counters = createCounters()
  const backend = memoryBackend()
  const bounds = { ringEvents: 10, ringBytes: 1000 }
  const hubs = createHubs({ ...relayDefaults, backend, nowMs, counters, ...bounds })
  const log: string[] = []
  const streams = createSocketStreams(
    {
      hubs,
      viewers,
      settings: { ...relayDefaults, nowMs, counters },
      access: { check },
      origins: createOrigins([], false),
      limits: createLimits({ ...relayDefaults, addressOf: () => null }),
      logger: { info: () => {}, warn: (message) => void log.push(message) },
    },
    {
      ws: ws as WebSocket,
      request: {} as RelayRequest,
      onGranted: () => {},
      onEmpty: () => {},
    },
  )
  const subscribe = (stream: string, token: string | null = null): Promise<void> =>
    streams.subscribe({ stream, after: null, timing: false, token })
  return { backend, counters, hubs, log, streams, subscribe }
}

it('lets the streams that a new token is for go on until its end, and no others', async () => {
  const stays: [stream: string, until: number | null][] = []
  const late = Promise.withResolvers<Grant>()
  const check: Access['check'] = (_request, token, stream) => {
    if (token === 'late') return late.promise
    if (token === 'broken') return Promise.reject(new Error('broken'))
    const isFor = token === 'first' || (token === 'second' && stream !== 'b')
    return Promise.resolve(isFor ? { untilMs: token === 'first' ? 1000 : 2000 } : 'not-found')
  }
  const added: string[] = []
  const viewing: Viewer[] = []
  const order = ['a', 'b', 'c', 'd']
  const viewers = {
    add(viewer: Viewer, { untilMs }: Arrival) {
      viewing.push(viewer)
      const stream = order[added.length] ?? ''
      added.push(`${stream} ${untilMs}`)
      const extend = (until: number | null): void => void stays.push([stream, until])
      return { extend, end: () => {} }
    },
    tick: () => {},
    count: () => 0,
    counts: () => ({ sse: 0, webSocket: 0 }),
    isLeaving: () => false,
    leave: () => Promise.resolve(),
  }
  const ws = { readyState: 1, OPEN: 1, bufferedAmount: 0, send: () => {} }
  const { backend, counters, hubs, log, streams, subscribe } = setUp(check, ws, viewers)
  for (const stream of ['a', 'b', 'c']) await subscribe(stream, 'first')
  expect(added).toEqual(['a 1000', 'b 1000', 'c 1000'])
  streams.drop('c')
  void streams.renew('second')
  await expect.poll(() => stays).toEqual([['a', 2000]])
  void streams.renew('nobody')
  void streams.renew('broken')
  await expect.poll(() => log).toHaveLength(2)
  expect(log.join()).toContain('auth for a failed')
  expect(stays).toEqual([['a', 2000]])
  const begun = subscribe('d', 'late')
  void streams.renew('second') // while nobody knows yet how long it may stay
  await expect.poll(() => stays).toHaveLength(2)
  late.resolve({ untilMs: 500 })
  await begun
  expect(added.at(-1)).toBe('d 2000')
  await backend.append('a', 'x')
  await expect.poll(() => counters.sentEvents).toBe(1)
  ws.bufferedAmount = 256 * 1024 // of other streams: each has the time that takes
  await backend.append('a', 'y')
  await expect.poll(() => counters.events).toBe(2)
  for (const ms of [0, 59_999]) viewing[0]?.tick(ms)
  expect(counters.slowCloses).toBe(0)
  viewing[0]?.tick(60_000)
  expect(counters.slowCloses).toBe(1)
  streams.close()
  hubs.close()
})

it('asks for one token at a time, and of those that came meanwhile for the last', async () => {
  const asked: string[] = []
  const answer = Promise.withResolvers<Grant>()
  const check: Access['check'] = (_request, token, stream) => {
    if (token !== null) asked.push(`${token} ${stream}`)
    return token === 'first' ? answer.promise : Promise.resolve({ untilMs: null })
  }
  const ws = { readyState: 1, OPEN: 1, bufferedAmount: 0, send: () => {} }
  const viewers = createViewers({ nowMs, random: () => 0.5, maxConnectionMs: 0 })
  const { hubs, streams, subscribe } = setUp(check, ws, viewers)
  await subscribe('a')
  await subscribe('b')
  const renewed = streams.renew('first')
  for (let n = 0; n < 70; n++) void streams.renew(`later ${n}`)
  expect(asked).toEqual(['first a', 'first b'])
  answer.resolve({ untilMs: null })
  await renewed
  expect(asked.slice(2)).toEqual(['later 69 a', 'later 69 b'])
  await streams.renew('next')
  expect(asked.slice(4)).toEqual(['next a', 'next b'])
  streams.close()
  hubs.close()
})

describe('a socket of twenty streams that takes nothing', () => {
  const ids = Array.from({ length: 20 }, (_, n) => `s${n}`)
  const events = Array.from({ length: 100 }, (_, n) => `${n} ${'x'.repeat(2000)}`)

  async function setUpDeaf() {
    const texts = new Map(ids.map((id) => [id, '']))
    let pending: (() => void)[] = []
    const ws = {
      readyState: 1,
      OPEN: 1,
      bufferedAmount: 0,
      send(bytes: Buffer, onSent: () => void) {
        const [head = '', ...rest] = String(bytes).split('\n')
        const { stream } = JSON.parse(head)
        texts.set(stream, texts.get(stream) + rest.join('\n'))
        ws.bufferedAmount += bytes.length
        pending.push(onSent)
      },
    }
    function take(): void {
      ws.bufferedAmount = 0
      const sent = pending
      pending = []
      for (const onSent of sent) onSent()
    }
    let ms = 0
    const viewers = createViewers({ nowMs: () => ms, random: () => 0.5, maxConnectionMs: 0 })
    const all: Access['check'] = () => Promise.resolve({ untilMs: null })
    const made = setUp(all, ws, viewers)
    for (const id of ids) {
      for (const event of events) await made.backend.append(id, event)
    }
    await Promise.all(ids.map((id) => made.subscribe(id)))
    await expect.poll(() => ws.bufferedAmount).toBeGreaterThan(WRITE_BYTES)
    for (let n = 0; n < 10; n++) await new Promise(setImmediate)
    const waitFor = (slows: number): void => {
      ms = slows * relayDefaults.slowMs
      viewers.tick()
    }
    const close = (): void => {
      made.streams.close()
      made.hubs.close()
    }
    return { ...made, ws, texts, take, waitFor, close }
  }

  it('is written no more into than one of them may, and left soon', async () => {
    const { ws, counters, waitFor, close } = await setUpDeaf()
    expect(ws.bufferedAmount).toBeLessThan(6 * WRITE_BYTES)
    for (const slows of [0, 6]) waitFor(slows)
    expect(counters.slowCloses).toBe(ids.length)
    close()
  })

  it('gets all of each once it takes something', async () => {
    const { counters, texts, take, close } = await setUpDeaf()
    const payloads = (id: string) => parseSse(texts.get(id) ?? '').filter(({ event }) => !event)
    const isDone = (id: string): boolean => payloads(id).length === events.length
    for (; !ids.every(isDone); take()) await new Promise(setImmediate)
    for (const id of ids) expect(payloads(id).map(({ data }) => data)).toEqual(events)
    expect(counters.reads).toBeLessThan(10 * ids.length) // none is thrown away: pages are 64 KiB, and grow to that
    close()
  })
})
