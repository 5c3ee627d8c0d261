import { get } from 'node:http'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { memoryBackend } from '../../../src/relay/index.ts'
import type { RelayOptions } from '../../../src/relay/index.ts'
import { serve } from '../serve.ts'
import type { Served } from '../serve.ts'
import type { SseClient } from '../sse-client.ts'
import { openWs } from '../ws-client.ts'

let served: Served
async function start(options: Partial<RelayOptions>): Promise<void> {
  served = await serve({ backend: memoryBackend(), ...options })
}
afterEach(() => served.close())

const PROXIED = { trustProxy: ['127.0.0.1'] }
const from = (address: string): Record<string, string> => ({ 'x-forwarded-for': address })

async function refused(headers: Record<string, string> = {}, id = 'a'): Promise<unknown> {
  const client = await served.view(id, headers)
  await client.ended
  const { error } = JSON.parse(client.text())
  return [client.status, error.code, client.headers['retry-after']]
}

describe('maxConnections', () => {
  it('answers 503 beyond it, over both transports, and takes the next when one has gone', async () => {
    await start({ maxConnections: 2 })
    const first = await served.view('a')
    const socket = await openWs(served.url)
    expect(await refused()).toEqual([503, 'overloaded', '5'])
    await expect(openWs(served.url)).rejects.toThrow('503')
    expect((await fetch(`${served.url}/livez`)).status).toBe(200)
    first.close()
    await expect.poll(async () => (await served.view('a')).status).toBe(200)
    socket.ws.close()
  })

  it('is let go by an answer that is complete', async () => {
    await start({ maxConnections: 1 })
    for (let n = 0; n < 5; n++) {
      await expect.poll(async () => (await fetch(`${served.url}/v1/streams/a`)).status).toBe(200)
    }
  })
})

describe('maxConnectionsPerAddress', () => {
  it('answers 429 beyond it, and others are served on', async () => {
    await start({ maxConnectionsPerAddress: 2, ...PROXIED })
    await served.view('a', from('1.2.3.4'))
    const socket = await openWs(served.url, from('1.2.3.4'))
    expect(await refused(from('1.2.3.4'))).toEqual([429, 'overloaded', '5'])
    await expect(openWs(served.url, from('1.2.3.4'))).rejects.toThrow('429')
    expect((await served.view('a', from('1.2.3.5'))).status).toBe(200)
    socket.ws.close()
    await expect.poll(async () => (await served.view('b', from('1.2.3.4'))).status).toBe(200)
  })

  it('counts a whole /64 of IPv6 as one', async () => {
    await start({ maxConnectionsPerAddress: 1, ...PROXIED })
    await served.view('a', from('2001:db8::1'))
    expect(await refused(from('2001:db8::2'))).toEqual([429, 'overloaded', '5'])
    expect((await served.view('a', from('2001:db8:0:1::1'))).status).toBe(200)
  })

  it('believes nobody who says an address, unless told to', async () => {
    await start({ maxConnectionsPerAddress: 1 })
    await served.view('a', from('1.2.3.4'))
    expect(await refused(from('1.2.3.5'))).toEqual([429, 'overloaded', '5'])
  })
})

describe('maxViewersPerStream', () => {
  it('answers 503 for this stream alone, on a socket with words that clients retry', async () => {
    await start({ maxViewersPerStream: 1 })
    const first = await served.view('a')
    expect(await refused()).toEqual([503, 'overloaded', '5'])
    const client = await openWs(served.url)
    client.send({ op: 'subscribe', stream: 'a' })
    client.send({ op: 'subscribe', stream: 'b' })
    await client.until(() => client.text('b').includes('relay.caught-up'))
    expect(client.events('a')).toMatchObject([{ event: 'relay.error' }])
    expect(client.text('a')).toContain('"code":"overloaded"')
    expect(await refused({}, 'b')).toEqual([503, 'overloaded', '5'])
    client.send({ op: 'unsubscribe', stream: 'b' })
    await expect.poll(async () => (await served.view('b')).status).toBe(200)
    first.close()
    await expect.poll(async () => (await served.view('a')).status).toBe(200)
    client.ws.close()
  })
})

const MOST = 6
const act = fc.record({
  does: fc.constantFrom(
    ...(['sse', 'sse', 'resume', 'stat', 'stop', 'socket', 'upgrade', 'foreign', 'fetch'] as const),
    ...(['append', 'end'] as const),
  ),
  stream: fc.constantFrom('room', 'room', 'ended', 'failing', 'refused'),
  /** When the client goes: at once, in the middle of the answer, or at the end. */
  leaves: fc.constantFrom('at once', 'midway', 'late'),
})
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never

describe('what was taken', () => {
  it('is put back once, however a connection ends', async () => {
    const inner = memoryBackend()
    const failing = <R>(id: string, call: () => Promise<R>): Promise<R> =>
      id === 'failing' ? Promise.reject(new Error('broken')) : call()
    served = await serve({
      backend: {
        ...inner,
        stat: (id) => failing(id, () => inner.stat(id)),
        stop: (id) => failing(id, () => inner.stop(id)),
      },
      async authorize(_, { stream }) {
        await new Promise((resolve) => setImmediate(resolve))
        if (stream === 'refused') return 'unauthorized'
        if (stream === 'failing' && Math.random() < 0.5) throw new Error('broken')
        return { untilMs: null }
      },
      maxConnections: MOST,
      maxConnectionsPerAddress: MOST,
      maxViewersPerStream: MOST,
    })
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 40 }), async (acts) => {
        const leaving: (() => void)[] = []
        for (const one of acts) leaving.push(await play(one, inner))
        for (const leave of leaving) leave()
        await expect.poll(() => served.relay.stats()).toMatchObject({ viewers: 0, sockets: 0 })
        await expectRoomFor(MOST)
      }),
      { numRuns: 25 },
    )
  }, 60_000)
})

async function play(
  { does, stream, leaves }: Act,
  backend: ReturnType<typeof memoryBackend>,
): Promise<() => void> {
  // The room that is looked at in the end must not have ended.
  const path = `/v1/streams/${does === 'stop' && stream === 'room' ? 'ended' : stream}`
  if (does === 'append') void backend.append(stream, '{}')
  if (does === 'end') void backend.append('ended', '{"status": "completed"}')
  if (does === 'socket' || does === 'upgrade' || does === 'foreign') {
    return playSocket(does, stream, leaves)
  }
  if (does === 'fetch') return playFetch(`${served.url}${path}/events`, leaves)
  const after = does === 'resume' ? '?after=L-00000000-0-00000000' : ''
  const suffix = does === 'stop' ? '/stop' : does === 'stat' ? '' : `/events${after}`
  const options = { method: does === 'stop' ? 'POST' : 'GET', agent: false } as const
  const request = get(`${served.url}${path}${suffix}`, options)
  request.on('error', () => {})
  request.on('response', (response) => response.resume().on('error', () => {}))
  if (leaves === 'at once') request.destroy()
  if (leaves === 'midway') await either(request, 'response')
  return () => void request.destroy()
}

async function playSocket(does: string, stream: string, leaves: string): Promise<() => void> {
  const headers = does === 'foreign' ? { origin: 'https://evil.example' } : {}
  const url = `${served.url.replace('http', 'ws')}/v1/ws`
  const ws = new WebSocket(url, 'framewise.v1', { headers })
  ws.on('error', () => {})
  ws.on('open', () => {
    if (does !== 'socket') return
    ws.send(JSON.stringify({ op: 'subscribe', stream }))
    ws.send(JSON.stringify({ op: 'subscribe', stream: `${stream}-too` }))
    if (leaves === 'midway') ws.send(JSON.stringify({ op: 'unsubscribe', stream }))
  })
  if (leaves === 'at once') ws.terminate()
  if (leaves === 'midway') await either(ws, 'open')
  return () => ws.terminate()
}

async function playFetch(url: string, leaves: string): Promise<() => void> {
  const controller = new AbortController()
  const request = new Request(url, { signal: controller.signal })
  if (leaves === 'at once') controller.abort()
  const answer = served.relay.fetch(request, { address: '127.0.0.1' })
  if (leaves === 'midway') {
    const { body } = await answer
    return () => void body?.cancel().catch(() => {})
  }
  return () => controller.abort()
}

/** Resolves with an event or, where it never comes, with the close in its place. */
function either(emitter: NodeJS.EventEmitter, event: string): Promise<void> {
  return new Promise((resolve) => {
    emitter.once(event, resolve)
    emitter.once('close', resolve)
  })
}

/** Exactly so many fit, by each of the three counts. */
async function expectRoomFor(most: number): Promise<void> {
  const clients: SseClient[] = []
  await expect
    .poll(async () => {
      for (const client of clients.splice(0)) client.close()
      for (let n = 0; n < most; n++) clients.push(await served.view('room'))
      return clients.map(({ status }) => status)
    })
    .toEqual(Array.from({ length: most }).fill(200))
  expect((await served.view('room')).status).toBe(503)
  for (const client of clients) client.close()
  await expect.poll(() => served.relay.stats().viewers).toBe(0)
}
