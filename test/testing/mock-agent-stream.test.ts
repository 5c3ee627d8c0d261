// The faults that a test can ask of a mocked relay, seen from the wire.
import fc from 'fast-check'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  burstyPace,
  createManualClock,
  mockAgentStream,
  type MockPlayOptions,
  type MockRefusal,
} from '../../src/testing/index.ts'
import { readSocket, readSse, type Reader } from './relay-reader.ts'

const ORIGIN = 'http://relay.test'
const clock = createManualClock()
const relay = await mockAgentStream({ origin: ORIGIN, clock })
const slow = await mockAgentStream({
  origin: 'http://slow.test',
  clock,
  latencyMs: 100,
  retryMs: 7,
})
const server = setupServer(...relay.handlers, ...slow.handlers)

beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
afterEach(() => relay.reset())
afterAll(() => server.close())

const view = (after?: string, headers: Record<string, string> = {}): Promise<Reader> =>
  readSse(`${ORIGIN}/v1/streams/a/events${after === undefined ? '' : `?after=${after}`}`, headers)
const length = async (): Promise<number> => {
  const response = await fetch(`${ORIGIN}/v1/streams/a`)
  return ((await response.json()) as { length: number }).length
}
const payloads = (reader: Pick<Reader, 'events'>): string[] =>
  reader.events().flatMap(({ event, data }) => (event === null ? data : []))
const names = (reader: Pick<Reader, 'events'>): (string | null)[] =>
  reader.events().map(({ event }) => event)
const letters = ['a', 'b', 'c', 'd', 'e', 'f']

describe('playing', () => {
  it('has everything there at once when no rate is asked for', async () => {
    await relay.play('a', letters, { end: 'completed' })
    const reader = await view()
    expect(await reader.ended).toBe(true)
    expect(payloads(reader)).toEqual(letters)
    expect(names(reader).at(-1)).toBe('relay.end')
  })

  it('keeps a rate by the clock it was given, after a delay', async () => {
    const done = vi.fn()
    void relay.play('a', letters, { rate: 10, delayMs: 1000 }).then(done)
    await clock.advance(999)
    expect(await length()).toBe(0)
    await clock.advance(1)
    expect(await length()).toBe(1)
    await clock.advance(250)
    expect(await length()).toBe(3)
    expect(done).not.toHaveBeenCalled()
    await clock.advance(250)
    expect(await length()).toBe(6)
    expect(done).toHaveBeenCalledTimes(1)
  })

  it('keeps the times of a pace', async () => {
    const pace = burstyPace(letters, 10)
    void relay.play('a', letters, { pace })
    await clock.advance((pace[3] ?? 0) - 0.1)
    expect(await length()).toBe(pace.filter((ms) => ms <= (pace[3] ?? 0) - 0.1).length)
    await clock.advance(10_000)
    expect(await length()).toBe(6)
  })

  it('stops with its run', async () => {
    const done = relay.play('a', letters, { rate: 1 })
    await clock.advance(1000)
    relay.end('a', 'failed')
    await done
    await clock.advance(60_000)
    expect(await length()).toBe(2)
    const reader = await view()
    await reader.ended
    expect(reader.events().at(-1)?.data).toBe('{"reason":"failed"}')
  })

  it('is over with a terminal event, whatever was to follow', async () => {
    const done = vi.fn()
    void relay.play('a', ['a', { type: 'RUN_FINISHED' }, 'never'], { rate: 1 }).then(done)
    await clock.advance(1000)
    expect(done).toHaveBeenCalledTimes(1)
    await clock.advance(10_000)
    expect(await length()).toBe(2)
  })

  it.for<[string, MockPlayOptions]>([
    ['rate: above 0', { rate: 0 }],
    ['`rate` or `pace`, not both', { rate: 1, pace: [0] }],
    ['pace: 1 times in ms', { pace: [] }],
    ['delayMs', { delayMs: -1 }],
    ['cutAfter: counts of events from 1 to 1', { cutAfter: [2] }],
    ['duplicate', { duplicate: 0.5 }],
    ['end: one of', { end: 'done' as 'failed' }],
  ])('refuses what it cannot play, and says: expected %s', ([words, options]) => {
    expect(() => relay.play('a', ['x'], options)).toThrow(words)
    expect(() => relay.play('a', ['x'], options)).toThrow(TypeError)
  })
})

describe('cuts', () => {
  it('breaks the connection that brings the event, whenever it comes', async () => {
    await relay.play('a', letters, { cutAfter: [2, 3, 6], end: 'completed' })
    const seen: string[][] = []
    let after: string | undefined
    for (let attempt = 1; attempt <= 3; attempt++) {
      const reader = await view(after)
      expect(await reader.ended).toBe(false)
      seen.push(payloads(reader))
      after = reader.events().findLast(({ id }) => id !== null)?.id ?? undefined
    }
    expect(seen).toEqual([['a', 'b'], ['c'], ['d', 'e', 'f']])
    expect((await view(after)).status).toBe(204)
    const again = await view()
    expect(await again.ended).toBe(true)
    expect(payloads(again)).toEqual(letters)
  })

  it('breaks all that watch live, and counts from the events of this script', async () => {
    relay.append('a', 'before')
    const readers = [await view(), await view()]
    for (const reader of readers) await reader.until((events) => events.length === 3)
    void relay.play('a', letters, { cutAfter: [2] })
    for (const reader of readers) {
      expect(await reader.ended).toBe(false)
      expect(payloads(reader)).toEqual(['before', 'a', 'b'])
    }
  })

  it('loses nothing and repeats nothing, whatever is cut and wherever a viewer joins', async () => {
    const events = Array.from({ length: 30 }, (_, index) => `${index}`)
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.integer({ min: 1, max: 30 })), async (cutAfter) => {
        relay.reset()
        void relay.play('a', events, { cutAfter, end: 'completed' })
        const seen: string[] = []
        let after: string | undefined
        for (let complete = false; !complete;) {
          const reader = await view(after)
          complete = await reader.ended
          seen.push(...payloads(reader))
          after = reader.events().findLast(({ id }) => id !== null)?.id ?? after
        }
        expect(seen).toEqual(events)
        expect(relay.connections).toHaveLength(cutAfter.length + 1)
      }),
      { numRuns: 25 },
    )
  })
})

it('brings the last events again on a resume, when asked for', async () => {
  await relay.play('a', letters, { duplicate: 2, end: 'completed' })
  const reader = await view('M-4')
  await reader.ended
  expect(payloads(reader)).toEqual(['c', 'd', 'e', 'f'])
  const fromStart = await view('M-1')
  await fromStart.ended
  expect(payloads(fromStart)).toEqual(letters)
})

it('hangs up without a word when truncated, again and again, until more is appended', async () => {
  await relay.play('a', ['a'], { end: 'truncated' })
  for (let attempt = 0; attempt < 2; attempt++) {
    const reader = await view()
    expect(await reader.ended).toBe(true)
    expect(names(reader)).toEqual(['relay.hello', null, 'relay.caught-up'])
  }
  relay.append('a', 'b')
  const reader = await view()
  await reader.until((events) => events.length === 4)
  expect(relay.connections.at(-1)).toMatchObject({ open: true })
  relay.end('a', 'truncated')
  expect(await reader.ended).toBe(true)
})

describe('refusals', () => {
  it('gives as many as were asked for, one kind after the other', async () => {
    relay.append('a', 'x')
    relay.refuse('a', { status: 503, retryAfter: 2, times: 2 })
    relay.refuse('a', { status: 502, html: true })
    relay.refuse('a', { status: 200 })
    const answers: [number, string | null, string | null][] = []
    for (let attempt = 0; attempt < 4; attempt++) {
      const { status, headers } = await view()
      answers.push([status, headers.get('retry-after'), headers.get('content-type')])
    }
    expect(answers).toEqual([
      [503, '2', 'application/json; charset=utf-8'],
      [503, '2', 'application/json; charset=utf-8'],
      [502, null, 'text/html; charset=utf-8'],
      [200, null, 'text/html; charset=utf-8'],
    ])
    const reader = await view()
    await reader.until((events) => events.length === 3)
    expect(relay.connections.map(({ status }) => status)).toEqual([503, 503, 502, 200, 200])
  })

  it('can be a network that does not answer', async () => {
    relay.refuse('a', { status: 'network-error' })
    await expect(view()).rejects.toThrow(TypeError)
    expect(relay.connections).toMatchObject([{ status: 'network-error', open: false }])
  })

  it.for<[MockRefusal['status'], number]>([
    [403, 1008],
    [429, 1013],
    [503, 1013],
    ['network-error', 1006],
  ])('closes a socket in place of a %s, with code %s', async ([status, code]) => {
    relay.refuse('a', { status })
    const link = await readSocket('ws://relay.test/v1/ws')
    link.send({ op: 'subscribe', stream: 'a' })
    expect(await link.closed).toBe(code)
  })

  it.for<[MockRefusal['status'], string]>([
    [401, 'unauthorized'],
    [404, 'not-found'],
  ])('says %s of one stream on a socket by a word of the wire', async ([status, code]) => {
    relay.refuse('a', { status })
    relay.append('b', 'b')
    const link = await readSocket('ws://relay.test/v1/ws')
    link.send({ op: 'subscribe', stream: 'a' })
    link.send({ op: 'subscribe', stream: 'b' })
    await vi.waitFor(() => expect(link.stream('a').text()).toContain(`"code":"${code}"`))
    await vi.waitFor(() => expect(link.stream('b').text()).toContain('data: b'))
  })

  it.for<[string, MockRefusal]>([
    ['status: 200 to 599', { status: 99 }],
    ['retryAfter', { status: 503, retryAfter: -1 }],
    ['times', { status: 503, times: 1.5 }],
  ])('says what it expected: %s', ([words, refusal]) => {
    expect(() => relay.refuse('a', refusal)).toThrow(words)
  })
})

describe("the relay's own words", () => {
  it('puts a gap at its place in the log', async () => {
    relay.append('a', 'a')
    relay.gap('a')
    relay.append('a', 'b')
    const reader = await view()
    await reader.until((events) => events.length === 5)
    expect(reader.events().slice(1, 4)).toEqual([
      { event: null, id: 'M-1', data: 'a' },
      { event: 'relay.gap', id: null, data: '{"reason":"trimmed","from":"M-1","to":"M-2"}' },
      { event: null, id: 'M-2', data: 'b' },
    ])
    relay.gap('a', { reason: 'replaced', from: 'x', to: null })
    await reader.until((events) => events.length === 6)
    expect(reader.events().at(-1)?.data).toBe('{"reason":"replaced","from":"x","to":null}')
    const resumed = await view('M-2')
    await resumed.until((events) => events.length === 3)
    expect(names(resumed)).toEqual(['relay.hello', 'relay.gap', 'relay.caught-up'])
  })

  it('sends a comment as a heartbeat', async () => {
    const reader = await view()
    await reader.until((events) => events.length === 2)
    relay.heartbeat('a')
    relay.append('a', 'x')
    await reader.until((events) => events.length === 3)
    expect(reader.text()).toContain('\n\n: heartbeat\n\nid: M-1\n')
  })

  it('tells of an error and ends the connection, and nothing else', async () => {
    const reader = await view()
    relay.error('a', 'not-started', 'too late')
    expect(await reader.ended).toBe(true)
    expect(reader.events().at(-1)).toEqual({
      event: 'relay.error',
      id: null,
      data: '{"code":"not-started","message":"too late"}',
    })
    expect((await view()).status).toBe(200)
  })
})

describe('stopping', () => {
  const stop = (headers = {}): Promise<Response> =>
    fetch(`${ORIGIN}/v1/streams/a/stop`, { method: 'POST', headers })

  it('ends the run and its script, and is remembered with its token', async () => {
    const reader = await view()
    const done = relay.play('a', letters, { rate: 1 })
    const response = await stop({ authorization: 'Bearer secret' })
    expect(response.ok).toBe(true)
    await done
    expect(await reader.ended).toBe(true)
    expect(payloads(reader)).toEqual(['a'])
    expect(reader.events().at(-1)?.data).toBe('{"reason":"stopped"}')
    expect(relay.stops).toEqual([{ stream: 'a', token: 'secret' }])
    relay.append('a', 'too late')
    expect((await view('M-1')).status).toBe(204)
  })

  it('can be refused, and the run goes on', async () => {
    relay.refuse('a', { status: 403, request: 'stop' })
    const reader = await view()
    expect((await stop()).status).toBe(403)
    relay.append('a', 'still running')
    await reader.until((events) => events.length === 3)
    expect(relay.stops).toHaveLength(1)
  })
})

describe('connections', () => {
  it('tells token, cursor and whether it is open', async () => {
    relay.append('a', 'x', 'y')
    const reader = await view('M-1', { authorization: 'Bearer t-1' })
    const link = await readSocket('ws://relay.test/v1/ws')
    link.send({ op: 'auth', token: 't-2' })
    link.send({ op: 'subscribe', stream: 'a' })
    await link.stream('a').until((events) => events.length === 4)
    const sse = { stream: 'a', transport: 'sse', after: 'M-1', token: 't-1', status: 200 }
    const socket = { stream: 'a', transport: 'websocket', after: null, token: 't-2', status: 200 }
    expect(relay.connections).toEqual([
      { ...sse, open: true },
      { ...socket, open: true },
    ])
    reader.close()
    link.close()
    await vi.waitFor(() =>
      expect(relay.connections).toEqual([
        { ...sse, open: false },
        { ...socket, open: false },
      ]),
    )
  })

  it('breaks a whole socket, as a network does', async () => {
    const link = await readSocket('ws://relay.test/v1/ws')
    for (const stream of ['a', 'b']) {
      link.send({ op: 'subscribe', stream })
      await link.stream(stream).until((events) => events.length === 2)
    }
    relay.append('a', 'sent before')
    relay.cut('a')
    expect(await link.closed).toBe(1006)
    expect(link.stream('a').text()).toContain('sent before')
    expect(relay.connections.map(({ open }) => open)).toEqual([false, false])
  })

  it('are forgotten with everything else by a reset', async () => {
    const reader = await view()
    relay.refuse('a', { status: 503 })
    void relay.play('a', letters, { rate: 1 })
    relay.reset()
    expect(await reader.ended).toBe(false)
    await clock.advance(10_000)
    expect(relay.connections).toEqual([])
    expect(await length()).toBe(0)
    expect((await view()).status).toBe(200)
  })
})

it('answers late and names a wait, when asked for', async () => {
  const answered = vi.fn()
  const opening = readSse('http://slow.test/v1/streams/a/events')
  void opening.then(answered)
  await fetch(`${ORIGIN}/v1/streams/a`) // a whole round trip, and no answer yet
  await clock.advance(99)
  expect(answered).not.toHaveBeenCalled()
  await vi.waitFor(async () => {
    await clock.advance(100)
    expect(answered).toHaveBeenCalled()
  })
  const reader = await opening
  await reader.until((events) => events.length === 2)
  expect(reader.text()).toMatch(/^retry: 7\n/)
})

it('refuses stream ids and options that the relay would not take', async () => {
  expect(() => relay.append('no id', 'x')).toThrow('expected a stream id')
  await expect(mockAgentStream({ latencyMs: -1 })).rejects.toThrow('latencyMs: ms, 0 or more')
})
