// One contract, held by the relay and by its mock: what an application's tests see is what its users will.
import { setupServer } from 'msw/node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { memoryBackend } from '../../src/relay/index.ts'
import { mockAgentStream } from '../../src/testing/index.ts'
import type { Received } from '../relay/sse-client.ts'
import { serve } from '../relay/serve.ts'
import { readSocket, readSse, type Reader } from './relay-reader.ts'

interface Subject {
  readonly http: string
  readonly ws: string
  append(stream: string, ...payloads: string[]): void
  close(): Promise<void>
}

const relay = await mockAgentStream({ origin: 'http://relay.test' })
const server = setupServer(...relay.handlers)

const subjects: Record<string, () => Promise<Subject>> = {
  async 'the relay'() {
    const backend = memoryBackend()
    const served = await serve({ backend })
    return {
      http: served.url,
      ws: served.url.replace('http', 'ws'),
      append(stream, ...payloads) {
        for (const payload of payloads) void backend.append(stream, payload)
      },
      close: served.close,
    }
  },
  async 'the mock'() {
    server.listen({ onUnhandledFrame: 'error' })
    return {
      http: 'http://relay.test',
      ws: 'ws://relay.test',
      append: relay.append,
      async close() {
        relay.reset()
        server.close()
      },
    }
  },
}

const FINISHED = '{"type":"RUN_FINISHED"}'
// Cursors are opaque: each is named by its place among those of its stream.
const named = (events: readonly Received[], ids: readonly string[]): unknown[] =>
  events.map(({ event, id, data }) => [
    event ?? 'message',
    id === null ? null : ids.indexOf(id),
    ids.reduce((text, known, index) => text.replace(`"${known}"`, `"cursor ${index}"`), data),
  ])
const has = (word: string) => (events: readonly Received[]) =>
  events.some(({ event, data }) => event === word || data === word)
const idsOf = (reader: Pick<Reader, 'events'>): string[] =>
  reader.events().flatMap(({ id }) => id ?? [])

describe.for(Object.entries(subjects))('%s', ([, start]) => {
  let subject: Subject
  const open: { close(): void }[] = []
  beforeEach(async () => {
    subject = await start()
  })
  afterEach(async () => {
    for (const one of open.splice(0)) one.close()
    await subject.close()
  })
  const view = async (
    id: string,
    after: { header?: string; query?: string } = {},
  ): Promise<Reader> => {
    const query = after.query === undefined ? '' : `?after=${encodeURIComponent(after.query)}`
    const headers = after.header === undefined ? undefined : { 'last-event-id': after.header }
    const reader = await readSse(`${subject.http}/v1/streams/${id}/events${query}`, headers)
    open.push(reader)
    return reader
  }
  const socket = async (protocols?: string): Promise<Awaited<ReturnType<typeof readSocket>>> => {
    const reader = await readSocket(`${subject.ws}/v1/ws`, protocols)
    open.push(reader)
    return reader
  }

  it('sends hello, the log, caught-up, what follows, and the end', async () => {
    subject.append('a', '{"n":0}', '{"n":1}')
    const reader = await view('a')
    expect(reader.status).toBe(200)
    expect(reader.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(reader.headers.get('cache-control')).toBe('no-store, no-transform')
    await reader.until(has('relay.caught-up'))
    subject.append('a', '{"n":2}', FINISHED, '{"never":"sent"}')
    expect(await reader.ended).toBe(true)
    expect(named(reader.events(), idsOf(reader))).toEqual([
      ['relay.hello', null, '{"version":1,"stream":"a","heartbeatMs":15000}'],
      ['message', 0, '{"n":0}'],
      ['message', 1, '{"n":1}'],
      ['relay.caught-up', null, '{"cursor":"cursor 1"}'],
      ['message', 2, '{"n":2}'],
      ['message', 3, FINISHED],
      ['relay.end', null, '{"reason":"completed"}'],
    ])
  })

  it('keeps a stream that has not begun open, and caught up', async () => {
    const reader = await view('empty')
    await reader.until(has('relay.caught-up'))
    expect(reader.events().at(-1)?.data).toBe('{"cursor":null}')
    subject.append('empty', 'first')
    await reader.until(has('first'))
  })

  it('gives exactly the rest after Last-Event-ID, which wins over ?after=', async () => {
    subject.append('a', '0', '1', '2', FINISHED)
    const whole = await view('a')
    await whole.ended
    const [first = '', second = ''] = idsOf(whole)
    const rest = async (after: { header?: string; query?: string }): Promise<unknown[]> => {
      const reader = await view('a', after)
      await reader.ended
      return named(reader.events(), idsOf(whole)).slice(1)
    }
    const end = [
      ['message', 2, '2'],
      ['message', 3, FINISHED],
      ['relay.caught-up', null, '{"cursor":"cursor 3"}'],
      ['relay.end', null, '{"reason":"completed"}'],
    ]
    expect(await rest({ query: first })).toEqual([['message', 1, '1'], ...end])
    expect(await rest({ header: second })).toEqual(end)
    expect(await rest({ header: second, query: first })).toEqual(end)
  })

  it('answers 204 to a resume after the end, and sends all to whom asks for all', async () => {
    subject.append('a', '0', '{"type":"RUN_ERROR","message":"x"}')
    const whole = await view('a')
    await whole.ended
    expect(whole.events().at(-1)?.data).toBe('{"reason":"failed"}')
    const resumed = await view('a', { header: idsOf(whole).at(-1) ?? '' })
    expect([resumed.status, resumed.text()]).toEqual([204, ''])
    const again = await view('a')
    await again.ended
    expect(again.events()).toEqual(whole.events())
  })

  it('announces a log that is not the one of the cursor, and sends it from its first event', async () => {
    subject.append('long', '0', '1', '2')
    const before = await view('long')
    await before.until(has('2'))
    const cursor = idsOf(before)[2] ?? ''
    subject.append('short', 'new', FINISHED)
    const replaced = await view('short', { header: cursor })
    await replaced.ended
    const [id] = idsOf(replaced)
    expect(replaced.events().slice(1, 3)).toEqual([
      {
        event: 'relay.gap',
        id: null,
        data: JSON.stringify({ reason: 'replaced', from: cursor, to: id }),
      },
      { event: null, id, data: 'new' },
    ])
    const expired = await view('missing', { header: cursor })
    await expired.until(has('relay.caught-up'))
    expect(expired.events().slice(1)).toEqual([
      {
        event: 'relay.gap',
        id: null,
        data: JSON.stringify({ reason: 'expired', from: cursor, to: null }),
      },
      { event: 'relay.caught-up', id: null, data: '{"cursor":null}' },
    ])
  })

  it('sends several viewers the same, from where each of them is', async () => {
    subject.append('a', '0', '1')
    const first = await view('a')
    await first.until(has('relay.caught-up'))
    const second = await view('a', { header: idsOf(first)[0] ?? '' })
    await second.until(has('relay.caught-up'))
    first.close()
    const third = await view('a')
    await third.until(has('relay.caught-up'))
    subject.append('a', '2', FINISHED)
    await Promise.all([second.ended, third.ended])
    const payloads = (reader: Reader): string[] =>
      reader.events().flatMap(({ event, data }) => (event === null ? data : []))
    expect(payloads(second)).toEqual(['1', '2', FINISHED])
    expect(payloads(third)).toEqual(['0', '1', '2', FINISHED])
  })

  it('sends line breaks as lines, and bytes that are no JSON as they are', async () => {
    subject.append('a', 'one\ntwo\r\nthree\rfour', '', '{"type": not json', '漢字 🎉', FINISHED)
    const reader = await view('a')
    await reader.ended
    const datas = reader.events().flatMap(({ event, data }) => (event === null ? data : []))
    expect(datas).toEqual(['one\ntwo\nthree\nfour', '', '{"type": not json', '漢字 🎉', FINISHED])
  })

  it.for([
    ['a malformed id', 'no%20id', {}, 404, 'not-found'],
    ['a malformed cursor', 'a', { query: '17' }, 400, 'bad-request'],
  ] as const)('refuses %s', async ([, id, after, status, code]) => {
    const reader = await view(id, after)
    await reader.ended
    expect(reader.status).toBe(status)
    expect(reader.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(JSON.parse(reader.text())).toMatchObject({ error: { code } })
  })

  it('tells the state of a stream', async () => {
    const state = async (): Promise<unknown> => (await fetch(`${subject.http}/v1/streams/a`)).json()
    const nothing = { length: 0, first: null, last: null, ended: false, layout: null }
    expect(await state()).toEqual(nothing)
    subject.append('a', '0', '1')
    const reader = await view('a')
    await reader.until(has('1'))
    const [first, last] = idsOf(reader)
    expect(await state()).toEqual({ length: 2, first, last, ended: false, layout: 'memory' })
    subject.append('a', FINISHED)
    await reader.ended
    expect(await state()).toMatchObject({ length: 3, ended: true })
  })

  it('carries many streams on one socket, the very bytes of SSE', async () => {
    subject.append('a', '0', '漢字 🎉')
    subject.append('b', 'zero')
    const link = await socket()
    link.send({ op: 'auth', token: 'any' })
    link.send({ op: 'subscribe', stream: 'a' })
    link.send({ op: 'subscribe', stream: 'b' })
    await link.stream('a').until(has('relay.caught-up'))
    await link.stream('b').until(has('relay.caught-up'))
    subject.append('b', FINISHED)
    subject.append('a', FINISHED)
    await link.stream('a').until(has('relay.end'))
    await link.stream('b').until(has('relay.end'))
    const overSse = await view('a')
    await overSse.ended
    const sorted = (events: readonly Received[]): string[] =>
      events.map((one) => JSON.stringify(one)).toSorted()
    // Caught-up comes where each of them was caught up.
    const others = overSse.events().filter(({ event }) => event !== 'relay.caught-up')
    expect(sorted(link.stream('a').events())).toEqual(expect.arrayContaining(sorted(others)))
  })

  it('goes on after a cursor over a socket, and ends at once after the end', async () => {
    subject.append('a', '0', '1', FINISHED)
    const link = await socket()
    link.send({ op: 'subscribe', stream: 'a' })
    const box = link.stream('a')
    await box.until(has('relay.end'))
    const ids = idsOf(box)
    const whole = box.events().length
    link.send({ op: 'subscribe', stream: 'a', after: ids[1] })
    await box.until((events) => events.filter(({ event }) => event === 'relay.end').length === 2)
    expect(named(box.events(), ids).slice(whole + 1)).toEqual([
      ['message', 2, FINISHED],
      ['relay.caught-up', null, '{"cursor":"cursor 2"}'],
      ['relay.end', null, '{"reason":"completed"}'],
    ])
    const before = box.events().length
    link.send({ op: 'subscribe', stream: 'a', after: ids[2] })
    await box.until((events) => events.filter(({ event }) => event === 'relay.end').length === 3)
    expect(
      box
        .events()
        .slice(before)
        .map(({ event }) => event),
    ).toEqual(['relay.hello', 'relay.end'])
  })

  it('sends nothing of a stream that was unsubscribed from', async () => {
    const link = await socket()
    link.send({ op: 'subscribe', stream: 'a' })
    link.send({ op: 'subscribe', stream: 'b' })
    await link.stream('a').until(has('relay.caught-up'))
    await link.stream('b').until(has('relay.caught-up'))
    link.send({ op: 'unsubscribe', stream: 'a' })
    link.send({ op: 'subscribe', stream: 'c' })
    await link.stream('c').until(has('relay.caught-up'))
    subject.append('a', 'unheard')
    subject.append('b', 'heard')
    await link.stream('b').until(has('heard'))
    expect(link.stream('a').text()).not.toContain('unheard')
  })

  it.for([
    ['a second subscription', { op: 'subscribe', stream: 'a' }],
    ['an op it does not know', { op: 'sing', stream: 'a' }],
  ] as const)('tells of %s, and goes on', async ([, message]) => {
    const link = await socket()
    link.send({ op: 'subscribe', stream: 'a' })
    await link.stream('a').until(has('relay.caught-up'))
    link.send(message)
    await link.stream('a').until(has('relay.error'))
    expect(JSON.parse(link.stream('a').events().at(-1)?.data ?? '')).toMatchObject({
      code: 'bad-request',
    })
    subject.append('a', 'still here')
    await link.stream('a').until(has('still here'))
  })

  it('tells of a malformed cursor over a socket', async () => {
    const link = await socket()
    link.send({ op: 'subscribe', stream: 'a', after: 17 })
    await link.stream('a').until(has('relay.error'))
    expect(
      link
        .stream('a')
        .events()
        .map(({ event }) => event),
    ).toEqual(['relay.error'])
  })

  it.for([
    'no json',
    '[1]',
    '{"op":1}',
    '{"op":"subscribe"}',
    '{"op":"subscribe","stream":"no id"}',
  ])('closes a socket that says %s', async (text) => {
    const link = await socket()
    link.send(text)
    expect(await link.closed).toBe(1008)
  })

  it('refuses a socket that does not speak its protocol', async () => {
    const link = await socket('something-else')
    expect(await link.closed).toBe(1006)
  })
})
