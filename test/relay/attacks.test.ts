// Peers that mean harm, on real sockets, against the server of the command line: each is refused or bounded, and those
// who mean none are served on. What tokens can be made to say is in token.test.ts and access.test.ts.
import { once } from 'node:events'
import { connect } from 'node:net'
import { deflateRawSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import type { WebSocket } from 'ws'
import { openHttpServer } from '../../src/cli/http/http-server.ts'
import type { HttpServer } from '../../src/cli/http/http-server.ts'
import { createRelay, memoryBackend, signToken } from '../../src/relay/index.ts'
import type { MemoryBackend, Relay, RelayOptions } from '../../src/relay/index.ts'
import { openRaw } from './raw-socket.ts'
import type { RawSocket } from './raw-socket.ts'
import { openSse } from './sse-client.ts'
import type { SseClient } from './sse-client.ts'
import { openWs } from './ws-client.ts'

const SECRET = 'a secret that is long enough for everybody'
const COMPLETED = '{"type": "status", "status": "completed"}'
const NOTHING = new Set([400, 401, 403, 404])

let relay: Relay
let server: HttpServer
let backend: MemoryBackend
let port: number
let log: string[]
const opened: { close(): void }[] = []

async function start(options: Partial<RelayOptions> = {}): Promise<void> {
  backend = memoryBackend()
  log = []
  const note = (message: string): void => void log.push(message)
  relay = createRelay({ backend, logger: { info: note, warn: note }, ...options })
  const request: Parameters<typeof openHttpServer>[0]['request'] = (req, res) => {
    if (!relay.handler(req, res)) res.writeHead(404).end('not the relay')
  }
  server = await openHttpServer({ request, upgrade: relay.upgrade }, { host: '127.0.0.1', port: 0 })
  port = Number(new URL(server.url).port)
}

afterEach(async () => {
  for (const one of opened.splice(0)) one.close()
  await Promise.all([relay.close(), server.close()])
})

const bearer = (streams: readonly string[]): Record<string, string> => ({
  authorization: `Bearer ${signToken(SECRET, { streams, expiresInMs: 60_000 })}`,
})

async function view(id: string, headers = {}): Promise<SseClient> {
  const client = await openSse(`${server.url}/v1/streams/${id}/events`, headers)
  opened.push(client)
  return client
}

function raw(bytes: string | Uint8Array = ''): RawSocket {
  const peer = openRaw(port, bytes)
  opened.push({ close: () => void peer.socket.destroy() })
  return peer
}

const statusOf = (text: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1])

/** Sends one request line as it is; resolves with the whole answer. */
async function line(request: string, headers: readonly string[] = []): Promise<string> {
  const lines = [`${request} HTTP/1.1`, ...headers, 'Connection: close', '', '']
  const peer = raw(lines.join('\r\n'))
  await peer.closed
  return peer.text()
}

/** Somebody who means no harm reads a whole run. */
async function expectServed(): Promise<void> {
  const id = `fine-${Math.trunc(performance.now() * 1000)}`
  await backend.append(id, 'hello')
  await backend.append(id, COMPLETED)
  const client = await view(id, bearer([id]))
  await client.ended
  expect(client.payloads()).toEqual(['hello', COMPLETED])
}

describe('a path', () => {
  it.each([
    '/v1/streams/../secret/events',
    '/v1/streams/..%2fsecret/events',
    '/v1/streams/%2e%2e/events',
    '/v1/streams/%2e%2e%2fsecret',
    '/v1/streams/..%5csecret/events',
    '/v1/streams/a%00/events',
    '/v1/streams/a%0d%0aSet-Cookie:%20x=1/events',
    '/v1/streams/a%0d%0a%0d%0aHTTP/1.1%20200/events',
    '/v1/streams/a/events/',
    '/v1/streams/a/../b/events',
    '/v1/streams//events',
    '/v1/streams/agent_run:a/events',
    '/v1/streams/{id}/events',
    '/v1/streams/*/events',
    `/v1/streams/${'x'.repeat(10_000)}/events`,
    '//v1/streams/a/events',
    '/v1//streams/a/events',
    '/V1/streams/a/events',
    'http://127.0.0.1/v1/streams/a/events',
    'http://evil.example/v1/streams/a/events',
    '*',
  ])("that is none of the relay's gives nothing: %s", async (path) => {
    await start()
    await backend.append('a', 'SECRET')
    await backend.append('secret', 'SECRET')
    const answer = await line(`GET ${path}`, ['Host: localhost'])
    expect(NOTHING).toContain(statusOf(answer))
    expect(answer).not.toContain('SECRET')
    expect(answer).not.toMatch(/set-cookie|evil/i)
    await expectServed()
  })

  it('that no server would take is not taken', async () => {
    await start()
    for (const path of ['/v1/streams/a\0/events', '/v1/streams/a\n/events', 'nonsense']) {
      expect(statusOf(await line(`GET ${path}`, ['Host: localhost']))).toBe(400)
    }
    await expectServed()
  })
})

describe('a header', () => {
  it('or a query breaks out of no answer and no log', async () => {
    await start({ secret: SECRET })
    const evil = 'x%0d%0aX-Evil:%20yes%0d%0a%0d%0aevil'
    const { authorization = '' } = bearer(['a'])
    for (const [path, headers] of [
      [`/v1/streams/a/events?after=${evil}`, [`Authorization: ${authorization}`]],
      [`/v1/streams/a/events?ticket=${evil}`, []],
      [
        '/v1/streams/a/events',
        [`Authorization: ${authorization}`, 'Last-Event-ID: x\tX-Evil: yes'],
      ],
      ['/v1/streams/a/events', ['Authorization: Bearer x\tX-Evil: yes']],
      ['/v1/streams/a/events', ['Origin: https://evil.example\tX-Evil: yes']],
    ] as const) {
      const answer = await line(`GET ${path}`, ['Host: localhost', ...headers])
      expect(NOTHING).toContain(statusOf(answer))
      expect(answer + log.join()).not.toMatch(/evil/i)
    }
    await expectServed()
  })

  it('said twice is not believed twice', async () => {
    await start({ secret: SECRET })
    await backend.append('a', 'SECRET')
    const good = `Authorization: ${bearer(['a'])['authorization']}`
    const get = (headers: readonly string[]): Promise<string> =>
      line('GET /v1/streams/a', ['Host: localhost', ...headers])
    expect(statusOf(await get(['Authorization: Bearer x', good]))).toBe(401)
    expect(statusOf(await get([good, 'Authorization: Bearer x']))).toBe(200)
    const ids = ['Last-Event-ID: S-1-1', 'Last-Event-ID: S-2-2']
    const events = await line('GET /v1/streams/a/events', ['Host: localhost', good, ...ids])
    expect(statusOf(events)).toBe(400)
  })

  it('that names another host gets nothing from a relay without a secret', async () => {
    await start()
    await backend.append('a', 'SECRET')
    const hosts = ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '']
    for (const host of [...hosts, 'evil.example:80', 'localhost@evil.example', '[::1].evil']) {
      const answer = await line('GET /v1/streams/a', [`Host: ${host}`])
      expect(statusOf(answer)).toBe(403)
      expect(answer).not.toContain('SECRET')
    }
    expect(statusOf(await line('GET /v1/streams/a'))).toBe(400) // none at all
    await expectServed()
  })

  it('of 16 KiB and more is refused, as is their sum', async () => {
    await start()
    const huge = await line('GET /livez', ['Host: localhost', `X-Huge: ${'x'.repeat(20_000)}`])
    expect(statusOf(huge)).toBe(431)
    const many = Array.from({ length: 500 }, (_, n) => `X-${n}: ${'x'.repeat(40)}`)
    expect(statusOf(await line('GET /livez', ['Host: localhost', ...many]))).toBe(431)
    await expectServed()
  })
})

describe('a request that never ends', () => {
  it('is cut off after 10 s of headers; the others are served meanwhile', async () => {
    await start()
    const peers = Array.from({ length: 50 }, () =>
      raw('GET /v1/streams/a/events HTTP/1.1\r\nHost: '),
    )
    const dribble = setInterval(() => {
      for (const { socket } of peers) if (socket.writable) socket.write('x')
    }, 100)
    await expectServed()
    await Promise.all(peers.map(({ closed }) => closed))
    clearInterval(dribble)
    expect(peers.every(({ text }) => statusOf(text()) === 408)).toBe(true)
    await expectServed()
  }, 30_000)

  it('is answered and cut off at its body, of which nothing is read', async () => {
    await start()
    for (const length of ['Transfer-Encoding: chunked', 'Content-Length: 99999999999']) {
      const head = `POST /v1/streams/a/stop HTTP/1.1\r\nHost: localhost\r\n${length}\r\n\r\n`
      const peer = raw(head)
      const pour = setInterval(() => {
        const { socket } = peer // the head goes first, as soon as it is connected
        if (socket.writable && !socket.connecting) socket.write(`1000\r\n${'x'.repeat(0x1000)}\r\n`)
      }, 1)
      await peer.closed
      clearInterval(pour)
      expect(peer.text() === '' ? 202 : statusOf(peer.text())).toBe(202)
    }
    await expectServed()
  })
})

describe('a producer', () => {
  it('whose events are too large, or break out of their line, hurts its own stream alone', async () => {
    await start({ maxEventBytes: 10_000 })
    const forged = '\r\n\r\nevent: relay.end\r\ndata: {"reason":"completed"}\r\n\r\nid: S-9-9'
    for (const payload of ['x'.repeat(20_000), forged, 'after']) await backend.append('a', payload)
    await backend.append('a', COMPLETED)
    const client = await view('a')
    await client.ended
    expect(client.events().map(({ event }) => event)).toEqual([
      'relay.hello',
      'relay.error',
      null,
      null,
      null,
      'relay.caught-up',
      'relay.end',
    ])
    expect(client.payloads()).toEqual([forged.replaceAll('\r\n', '\n'), 'after', COMPLETED])
    expect(client.text().length).toBeLessThan(2000)
  })
})

describe('what is sent behind a stream', () => {
  const request = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`

  it.each([
    ['in one go', 2000],
    ['later', 0],
  ])('takes no places, %s, and ends it', async (_when, atOnce) => {
    await start()
    const events = request('/v1/streams/a/events')
    const peer = raw(events + events.repeat(atOnce))
    if (atOnce === 0) {
      await peer.until(/caught-up/)
      peer.socket.write(events.repeat(100))
    }
    await peer.closed
    await expect.poll(() => relay.stats().connections).toBe(0)
    expect(relay.stats().viewers).toBe(0)
    await expectServed()
  })

  it('is answered once that has ended, and behind what has an end', async () => {
    await start()
    await backend.append('a', COMPLETED)
    const peer = raw(request('/v1/time') + request('/livez') + request('/v1/streams/a/events'))
    await peer.until(/relay.end[^]*\r\n0\r\n\r\n/)
    peer.socket.write(request('/v1/streams/a/events'))
    await peer.until(/relay.end[^]*relay.end[^]*\r\n0\r\n\r\n/)
    expect(peer.text().match(/HTTP\/1.1 200/g)).toHaveLength(4)
  })
})

describe('a flood', () => {
  it('of 2,000 connections leaves 50 viewers without a hole', async () => {
    await start({ secret: SECRET, maxConnections: 200 })
    const viewers = await Promise.all(
      Array.from({ length: 50 }, () => view('busy', bearer(['busy']))),
    )
    const total = 400
    let written = 0
    const { authorization } = bearer(['busy'])
    const asks = [
      'Authorization: Bearer forged.for.you',
      `Authorization: ${authorization}`,
      'Accept: text/event-stream',
      'Last-Event-ID: nonsense',
    ]
    const peers: RawSocket[] = []
    while (peers.length < 2000) {
      for (const header of asks) {
        peers.push(raw(`GET /v1/streams/busy/events HTTP/1.1\r\nHost: x\r\n${header}\r\n\r\n`))
      }
      if (peers.length % 5 === 0) await backend.append('busy', `event ${written++}`)
      if (peers.length % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    await Promise.all(peers.map((peer) => peer.until(/^HTTP/)))
    while (written < total) await backend.append('busy', `event ${written++}`)
    await backend.append('busy', COMPLETED)
    await Promise.all(viewers.map(({ ended }) => ended))
    const all = Array.from({ length: total }, (_, n) => `event ${n}`)
    for (const client of viewers) expect(client.payloads()).toEqual([...all, COMPLETED])
    const answers = Map.groupBy(peers, ({ text }) => statusOf(text()))
    expect([...answers.keys()].toSorted()).toEqual([200, 401, 503])
    expect(answers.get(200)?.length).toBeLessThanOrEqual(150)
    for (const { socket } of peers) socket.destroy()
    await expect.poll(() => relay.stats().viewers).toBe(0)
    await expectServed()
  }, 30_000)
})

describe('a WebSocket', () => {
  const socket = async (): Promise<WebSocket> => (await openWs(server.url)).ws
  const codeOf = (ws: WebSocket): Promise<number> =>
    new Promise((resolve) => void ws.once('close', resolve))

  it.each<[string, number, (ws: WebSocket) => void]>([
    ['a message beyond 16 KiB', 1009, (ws) => ws.send('x'.repeat(17_000))],
    [
      'a message without end',
      1009,
      (ws) => {
        for (let n = 0; n < 100; n++) ws.send('x'.repeat(1000), { fin: false })
      },
    ],
    ['bytes', 1008, (ws) => ws.send(Buffer.from('{"op":"subscribe","stream":"a"}'))],
    ['garbage', 1008, (ws) => ws.send('\0\u{1f600}{')],
    ['deep JSON', 1008, (ws) => ws.send('['.repeat(10_000))],
    ['an id of a key', 1008, (ws) => ws.send('{"op":"subscribe","stream":"agent_run:a"}')],
    [
      'a key of every object',
      1008,
      (ws) => ws.send('{"__proto__":{"op":"subscribe","stream":"a"}}'),
    ],
    [
      '10,000 messages',
      4429,
      (ws) => {
        for (let n = 0; n < 10_000; n++) ws.send('{"op":"unsubscribe","stream":"a"}')
      },
    ],
  ])('is closed for %s, with %d', async (_, code, attack) => {
    await start()
    const [victim, ws] = [await openWs(server.url), await socket()]
    attack(ws)
    expect(await codeOf(ws)).toBe(code)
    victim.send({ op: 'subscribe', stream: 'a' })
    await backend.append('a', COMPLETED)
    await victim.until(() => victim.text('a').includes('relay.end'))
    victim.ws.close()
    await expect.poll(() => relay.stats().sockets).toBe(0)
  })

  /** A frame as a client sends it: masked with zeros. */
  function frame(first: number, payload: Uint8Array): Buffer {
    const length =
      payload.length < 126 ? [payload.length] : [126, payload.length >> 8, payload.length & 255]
    const [lead = 0, ...rest] = length
    return Buffer.concat([Buffer.from([first, lead | 0x80, ...rest, 0, 0, 0, 0]), payload])
  }

  async function upgraded(): Promise<RawSocket> {
    const peer = raw(
      [
        'GET /v1/ws HTTP/1.1',
        'Host: localhost',
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
        'Sec-WebSocket-Protocol: framewise.v1',
        'Sec-WebSocket-Extensions: permessage-deflate',
        '',
        '',
      ].join('\r\n'),
    )
    await peer.until(/\r\n\r\n/)
    expect(statusOf(peer.text())).toBe(101)
    expect(peer.text().toLowerCase()).not.toContain('extensions')
    return peer
  }

  it('agrees to no compression, and takes no compressed frame: 16 MB in 16 kB', async () => {
    await start()
    const peer = await upgraded()
    peer.socket.write(frame(0xc1, deflateRawSync(Buffer.alloc(16_000_000))))
    await peer.closed
    expect(relay.stats().sockets).toBe(0)
    await expectServed()
  })

  it.each([
    ['is not masked', Buffer.from([0x81, 2, 0x7b, 0x7d])],
    ['is of no kind', Buffer.from([0x83, 0x80, 0, 0, 0, 0])],
    ['says it has 2^63 bytes', Buffer.from([0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])],
    ['goes on where nothing began', Buffer.from([0x80, 0x80, 0, 0, 0, 0])],
    ['is a ping of 200 bytes', Buffer.from([0x89, 0xfe, 0, 200, 0, 0, 0, 0])],
  ])('is closed for a frame that %s', async (_, bytes) => {
    await start()
    const peer = await upgraded()
    peer.socket.write(bytes)
    await peer.closed
    await expectServed()
  })

  it('that is refused is let go of, though its peer keeps its own half open', async () => {
    await start({ maxConnectionsPerAddress: 1, trustProxy: ['127.0.0.1'] })
    const upgrade = async (path: string, headers: readonly string[]): Promise<number> => {
      const head = ['Host: localhost', 'Connection: Upgrade', 'Upgrade: websocket', ...headers]
      const peer = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
      opened.push({ close: () => void peer.destroy() })
      peer.write([`GET ${path} HTTP/1.1`, ...head, '', ''].join('\r\n'))
      const [answer] = await once(peer, 'data')
      if (!peer.readableEnded) await once(peer.resume(), 'end')
      return statusOf(String(answer))
    }
    await view('a', { 'x-forwarded-for': '10.0.0.1' })
    const crowded = ['Sec-WebSocket-Protocol: framewise.v1', 'X-Forwarded-For: 10.0.0.1']
    expect(await upgrade('/v1/ws', crowded)).toBe(429)
    expect(await upgrade('/v1/ws', ['Sec-WebSocket-Protocol: other'])).toBe(400)
    expect(await upgrade('/elsewhere', [])).toBe(404)
    await expect.poll(() => relay.stats().connections).toBe(1)
    await relay.close()
    await server.close() // waits for every socket that it still has
  })

  it('without a subscription, or half-way into one, costs nothing once its peer is gone', async () => {
    await start({ secret: SECRET })
    const many = await Promise.all(Array.from({ length: 100 }, socket))
    for (const [n, ws] of many.entries()) {
      if (n % 2) ws.send(JSON.stringify({ op: 'subscribe', stream: 'a', token: 'x'.repeat(9000) }))
      ws.terminate()
    }
    await expect.poll(() => relay.stats()).toMatchObject({ sockets: 0, viewers: 0, streams: 0 })
    await expectServed()
  })
})
