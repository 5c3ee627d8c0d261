import { request } from 'node:http'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { memoryBackend } from '../../../src/relay/index.ts'
import type { MemoryBackend, RelayOptions } from '../../../src/relay/index.ts'
import type { RelayTime } from '../../../src/wire/protocol.ts'
import { serve } from '../serve.ts'
import type { Served } from '../serve.ts'

const COMPLETED = '{"type": "status", "status": "completed"}'

let served: Served
let backend: MemoryBackend
async function start(options: Partial<RelayOptions> = {}): Promise<void> {
  backend = memoryBackend()
  served = await serve({ backend, ...options })
}
afterEach(() => served.close())

async function write(id: string, ...payloads: (string | Uint8Array)[]): Promise<string> {
  let last = ''
  for (const payload of payloads) last = await backend.append(id, payload)
  return last
}

describe('GET /v1/streams/{id}/events', () => {
  it('sends retry once, hello, the log, caught-up, what follows, and the end', async () => {
    await start({ heartbeatMs: 9000 })
    await write('a', '{"n":0}', '{"n":1}')
    const client = await served.view('a')
    expect(client.headers['content-type']).toBe('text/event-stream; charset=utf-8')
    expect(client.headers['cache-control']).toBe('no-store, no-transform')
    await client.until(({ text }) => text().includes('relay.caught-up'))
    await write('a', '{"n":2}', COMPLETED)
    await client.ended
    expect(client.text().match(/^retry: \d+$/gm)).toHaveLength(1)
    const ids = client.ids()
    expect(client.events().map(({ event, data }) => [event, data])).toEqual([
      ['relay.hello', '{"version":1,"stream":"a","heartbeatMs":9000}'],
      [null, '{"n":0}'],
      [null, '{"n":1}'],
      ['relay.caught-up', JSON.stringify({ cursor: ids[1] })],
      [null, '{"n":2}'],
      [null, COMPLETED],
      ['relay.end', '{"reason":"completed"}'],
    ])
  })

  it('tells an empty stream that it is caught up, at once', async () => {
    await start()
    const client = await served.view('empty')
    await client.until(({ events }) => events().length === 2)
    expect(client.events()[1]).toEqual({
      id: null,
      event: 'relay.caught-up',
      data: '{"cursor":null}',
    })
  })

  it('gives exactly the rest after Last-Event-ID, which wins over ?after=', async () => {
    await start()
    await write('a', '0', '1', '2', COMPLETED)
    const whole = await served.view('a')
    await whole.ended
    const [first = '', second = ''] = whole.ids()
    const rest = await served.view('a', { 'last-event-id': second }, `?after=${first}`)
    await rest.ended
    expect(rest.payloads()).toEqual(['2', COMPLETED])
    const query = await served.view('a', {}, `?after=${first}`)
    await query.ended
    expect(query.payloads()).toEqual(['1', '2', COMPLETED])
  })

  it('answers 204 to a resume at the terminal event, while the run is remembered and after', async () => {
    await start()
    const last = await write('a', '0', COMPLETED)
    const client = await served.view('a')
    await client.ended
    expect((await served.view('a', { 'last-event-id': last })).status).toBe(204)
  })

  it('says on request when the events of each write were read and sent', async () => {
    await start()
    await write('a', '0', '1')
    const client = await served.view('a', {}, '?timing=1')
    await client.until(({ text }) => text().includes('relay.caught-up'))
    await write('a', COMPLETED)
    await client.ended
    const stamps = client.events().filter(({ event }) => event === 'relay.timing')
    const timings = stamps.map(({ data }) => JSON.parse(data))
    expect(timings.map(({ n }) => n)).toEqual([2, 1])
    for (const { readStartMs, readEndMs, sentMs } of timings) {
      expect([readStartMs, readEndMs, sentMs]).toEqual(
        [readStartMs, readEndMs, sentMs].toSorted((one, other) => one - other),
      )
    }
    const plain = await served.view('a')
    await plain.ended
    expect(plain.text()).not.toContain('relay.timing')
  })

  it('stops at the first terminal event', async () => {
    await start()
    await write('a', '0', '{"type":"RUN_ERROR","message":"x"}', 'never')
    const client = await served.view('a')
    await client.ended
    expect(client.payloads()).toHaveLength(2)
    expect(client.events().at(-1)?.data).toBe('{"reason":"failed"}')
  })

  it('sends bytes untouched when free of line breaks, else as data lines', async () => {
    await start()
    await write('a', '{"text": "\u{1f600} \\u00e9 \\n"}', 'one\ntwo\r\nthree\rfour', '', COMPLETED)
    const client = await served.view('a')
    await client.ended
    expect(client.text()).toContain('data: {"text": "\u{1f600} \\u00e9 \\n"}\n\n')
    expect(client.payloads()[1]).toBe('one\ntwo\nthree\nfour')
    expect(client.payloads()[2]).toBe('')
  })

  it('puts an error with the id in place of bad UTF-8 and of oversize, and goes on', async () => {
    await start({ maxEventBytes: 100 })
    await write('a', 'ok', Buffer.from([0xc3, 0x28]), 'x'.repeat(101), COMPLETED)
    const client = await served.view('a')
    await client.ended
    const errors = client.events().filter(({ event }) => event === 'relay.error')
    expect(errors.map(({ data }) => JSON.parse(data).code)).toEqual(['invalid-utf8', 'oversize'])
    expect(errors.every(({ id }) => id?.startsWith('L-'))).toBe(true)
    expect(client.payloads()).toEqual(['ok', COMPLETED])
    const rest = await served.view('a', { 'last-event-id': errors[1]?.id ?? '' })
    await rest.ended
    expect(rest.payloads()).toEqual([COMPLETED])
  })

  it('passes malformed JSON through', async () => {
    await start()
    await write('a', '{"type":"status","status":', COMPLETED)
    const client = await served.view('a')
    await client.ended
    expect(client.payloads()[0]).toBe('{"type":"status","status":')
  })

  it('refuses a malformed cursor and says what it expected', async () => {
    await start()
    const client = await served.view('a', {}, '?after=17')
    await client.ended
    expect(client.status).toBe(400)
    expect(client.text()).toContain('S-<ms>-<seq>')
  })

  it('says that a stream has not started, after the time it was given', async () => {
    await start({ startTimeoutMs: 20 })
    const client = await served.view('never')
    await client.ended
    expect(client.events().at(-1)).toMatchObject({ event: 'relay.error' })
    expect(client.events().at(-1)?.data).toContain('"code":"not-started"')
  })

  it('sends comments on a silent connection, and none where events flow', async () => {
    await start({ heartbeatMs: 20 })
    const client = await served.view('a')
    await client.until(({ text }) => text().includes('\n\n: heartbeat\n\n'))
    expect(client.events()).toHaveLength(2)
  })

  it('announces a deleted log and a new one under the same id', async () => {
    await start({ pollMs: 20 })
    const cursor = await write('a', 'old 0', 'old 1')
    const client = await served.view('a')
    await client.until(({ payloads }) => payloads().length === 2)
    backend.delete('a')
    await client.until(({ text }) => text().includes('relay.gap'))
    await write('a', 'new 0', COMPLETED)
    await client.ended
    const [gap] = client.events().filter(({ event }) => event === 'relay.gap')
    expect(gap?.data).toBe(JSON.stringify({ reason: 'expired', from: cursor, to: null }))
    expect(client.payloads()).toEqual(['old 0', 'old 1', 'new 0', COMPLETED])
  })

  it('tells who resumes into a new log that the old one was replaced', async () => {
    await start()
    const cursor = await write('a', 'old 0', 'old 1')
    backend.delete('a')
    await write('a', 'new 0', 'new 1', COMPLETED)
    const client = await served.view('a', { 'last-event-id': cursor })
    await client.ended
    const [gap] = client.events().filter(({ event }) => event === 'relay.gap')
    const expected = { reason: 'replaced', from: cursor, to: client.ids()[0] }
    expect(JSON.parse(gap?.data ?? '')).toEqual(expected)
    expect(client.payloads()).toEqual(['new 0', 'new 1', COMPLETED])
  })

  it('serves a viewer that does not read from pages later, and the others at once', async () => {
    await start({ ringEvents: 10, ringBytes: 1000 })
    const slow = await served.view('a')
    slow.pause()
    const quick = await served.view('a')
    const payload = 'x'.repeat(10_000)
    const payloads = Array.from({ length: 1000 }, (_, n) => `${n} ${payload}`)
    await write('a', ...payloads, COMPLETED)
    await quick.ended
    expect(quick.payloads()).toEqual([...payloads, COMPLETED])
    slow.resume()
    await slow.ended
    expect(slow.payloads()).toEqual([...payloads, COMPLETED])
  })

  it('says reconnect and ends when the relay closes', async () => {
    await start()
    const client = await served.view('a')
    await client.until(({ events }) => events().length === 2)
    await served.relay.close()
    await client.ended
    expect(client.events().at(-1)?.event).toBe('relay.reconnect')
  })

  it('forgets viewers that leave', async () => {
    await start({ lingerMs: 1 })
    const client = await served.view('a')
    await client.until(({ events }) => events().length === 2)
    expect(served.relay.stats()).toMatchObject({ viewers: 1, streams: 1 })
    client.close()
    await vi.waitFor(() => {
      expect(served.relay.stats()).toMatchObject({ viewers: 0, streams: 0 })
    })
  })
})

describe('routes', () => {
  async function ask(path: string, headers = {}, method = 'GET') {
    const sent = request(`${served.url}${path}`, { headers, method, agent: false }).end()
    const response = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
      sent.once('response', resolve).once('error', reject)
    })
    let text = ''
    for await (const chunk of response) text += String(chunk)
    return { status: response.statusCode, headers: response.headers, text }
  }

  it('describes a stream', async () => {
    await start()
    const last = await write('a', '0', COMPLETED)
    const { status, text } = await ask('/v1/streams/a')
    expect(status).toBe(200)
    expect(JSON.parse(text)).toMatchObject({ length: 2, last, ended: true, layout: 'memory' })
  })

  it('answers 404 to malformed ids and unknown paths, 405 to other methods, and leaves the rest', async () => {
    await start()
    const long = 'a'.repeat(129)
    for (const path of ['..%2fx/events', 'a.b', `${long}/events`, '', 'a/events/x']) {
      expect((await ask(`/v1/streams/${path}`)).status, path).toBe(404)
    }
    expect((await ask('/v1/streams/a', {}, 'POST')).status).toBe(405)
    expect((await ask('/v1/ws')).status).toBe(426)
    for (const path of ['/v1/nothing', '/index.html']) expect((await ask(path)).status).toBe(418)
  })

  it('tells liveness and readiness', async () => {
    await start()
    expect((await ask('/livez')).status).toBe(200)
    expect((await ask('/readyz')).status).toBe(200)
  })

  it('tells the time of its stamps, which nobody keeps', async () => {
    await start()
    const now = (): number => performance.timeOrigin + performance.now()
    const askedMs = now()
    const { text, headers } = await ask('/v1/time', { origin: 'http://localhost:5173' })
    const { receivedMs, sentMs, ...store } = JSON.parse(text) as RelayTime
    const stamps = [askedMs, receivedMs, sentMs, now()]
    expect(stamps.toSorted((a, b) => a - b)).toEqual(stamps)
    expect(store).toEqual({ storeOffsetMs: null, storeRttMs: null })
    expect(headers['cache-control']).toBe('no-store')
    expect(headers['access-control-allow-origin']).toBe('http://localhost:5173')
  })

  it('refuses a Host that is not this machine', async () => {
    await start()
    for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.nip.io:80']) {
      expect((await ask('/livez', { host })).status, host).toBe(403)
    }
    for (const host of ['localhost', 'localhost:5173', '[::1]:80', '127.0.0.1']) {
      expect((await ask('/livez', { host })).status, host).toBe(200)
    }
  })

  it('echoes local and listed origins exactly, and no other', async () => {
    await start({ corsOrigins: ['https://app.example'] })
    const allowed = ['http://localhost:5173', 'http://[::1]:1', 'https://app.example']
    for (const origin of allowed) {
      const { headers } = await ask('/livez', { origin })
      expect(headers['access-control-allow-origin']).toBe(origin)
    }
    for (const origin of ['https://evil.example', 'null', 'http://localhost.evil.example']) {
      const { headers } = await ask('/livez', { origin })
      expect(headers['access-control-allow-origin'], origin).toBeUndefined()
      expect(headers.vary).toBe('Origin')
    }
  })

  it('answers a preflight', async () => {
    await start()
    const origin = 'http://localhost:5173'
    const { status, headers } = await ask('/v1/streams/a/events', { origin }, 'OPTIONS')
    expect(status).toBe(204)
    expect(headers['access-control-allow-origin']).toBe(origin)
    expect(headers['access-control-allow-headers']).toContain('Last-Event-ID')
  })
})
