import { once } from 'node:events'
import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { memoryBackend } from '../../../src/relay/index.ts'
import type { MemoryBackend, RelayOptions } from '../../../src/relay/index.ts'
import { createScriptedBackend } from '../scripted-backend.ts'
import { serve } from '../serve.ts'
import type { Served } from '../serve.ts'
import { openWs } from '../ws-client.ts'
import type { WsClient } from '../ws-client.ts'

const COMPLETED = '{"type": "status", "status": "completed"}'

let served: Served
let backend: MemoryBackend
async function start(options: Partial<RelayOptions> = {}): Promise<void> {
  backend = memoryBackend()
  served = await serve({ backend, ...options })
}
afterEach(() => served.close())

const open = (): Promise<WsClient> => openWs(served.url)

const ended = (client: WsClient, stream: string) => (): boolean =>
  client.text(stream).includes('relay.end')

describe('/v1/ws', () => {
  it('serves several streams on one socket, with the very bytes of SSE', async () => {
    await start()
    for (const id of ['a', 'b']) {
      await backend.append(id, `{"of": "${id}"}`)
      await backend.append(id, COMPLETED)
    }
    const client = await open()
    expect(client.ws.protocol).toBe('framewise.v1')
    client.send({ op: 'subscribe', stream: 'a' })
    client.send({ op: 'subscribe', stream: 'b' })
    await client.until(() => ended(client, 'a')() && ended(client, 'b')())
    for (const id of ['a', 'b']) {
      const sse = await served.view(id)
      await sse.ended
      expect(client.text(id)).toBe(sse.text().replace(/^retry: \d+\n/, ''))
    }
    client.ws.close()
  })

  it('gives exactly the rest after a cursor, and only the end to who has seen it', async () => {
    await start()
    const first = await backend.append('a', '0')
    await backend.append('a', '1')
    const last = await backend.append('a', COMPLETED)
    const client = await open()
    client.send({ op: 'subscribe', stream: 'a', after: first })
    await client.until(ended(client, 'a'))
    expect(client.payloads('a')).toEqual(['1', COMPLETED])
    const again = await open()
    again.send({ op: 'subscribe', stream: 'a', after: last })
    await again.until(ended(again, 'a'))
    expect(again.events('a').map(({ event }) => event)).toEqual(['relay.hello', 'relay.end'])
  })

  it('sends nothing more after unsubscribe, and all again after a new subscribe', async () => {
    await start()
    await backend.append('a', '0')
    const client = await open()
    client.send({ op: 'subscribe', stream: 'a' })
    await client.until(() => client.text('a').includes('relay.caught-up'))
    client.send({ op: 'unsubscribe', stream: 'a' })
    client.send({ op: 'subscribe', stream: 'b' })
    await client.until(() => client.text('b').includes('relay.caught-up'))
    expect(served.relay.stats().viewers).toBe(1)
    client.send({ op: 'subscribe', stream: 'a' })
    await client.until(() => client.payloads('a').length === 2)
  })

  it('stamps the writes of a stream that asks for it', async () => {
    await start()
    await backend.append('a', COMPLETED)
    const client = await open()
    client.send({ op: 'subscribe', stream: 'a', timing: true })
    await client.until(() => client.text('a').includes('relay.end'))
    const stamp = client.events('a').find(({ event }) => event === 'relay.timing')
    expect(JSON.parse(stamp?.data ?? '').n).toBe(1)
  })

  it('serves the newest of several subscribes, while the first is still being checked', async () => {
    const scripted = createScriptedBackend()
    served = await serve({ backend: scripted })
    const [first, second] = ['0', '1', '2'].map((payload) => scripted.write(payload))
    const client = await open()
    client.send({ op: 'subscribe', stream: 'a', after: first })
    await expect.poll(() => scripted.reads()).toBe(1)
    client.send({ op: 'unsubscribe', stream: 'a' })
    client.send({ op: 'subscribe', stream: 'a', after: second })
    await expect.poll(() => scripted.reads()).toBe(2)
    const answering = setInterval(() => scripted.answer(), 1)
    await client.until(() => client.text('a').includes('relay.caught-up'))
    clearInterval(answering)
    expect(client.payloads('a')).toEqual(['2'])
    expect(served.relay.stats().viewers).toBe(1)
  })

  it('cuts off who keeps asking and reads no answer', async () => {
    await start()
    const client = await open()
    client.ws.pause()
    for (let n = 0; n < 250_000; n++) client.send({ op: 'subscribe', stream: 'a' })
    await expect.poll(() => served.relay.stats().sockets, { timeout: 20_000 }).toBe(0)
    client.ws.terminate()
  })

  it('does not take large events of many streams for that', async () => {
    await start()
    const client = await open()
    const ids = Array.from({ length: 30 }, (_, n) => `large-${n}`)
    for (const id of ids) await backend.append(id, 'x'.repeat(1_000_000))
    client.ws.pause()
    for (const stream of ids) client.send({ op: 'subscribe', stream })
    await expect.poll(() => served.relay.stats().viewers).toBe(30)
    await expect.poll(() => served.relay.stats().sentBytes).toBeGreaterThan(1_000_000)
    client.send({ op: 'unsubscribe', stream: 'none' })
    client.send({ op: 'subscribe', stream: 'last' })
    client.ws.resume()
    await client.until(() => client.text('last').includes('relay.caught-up'))
    for (const id of ids) expect(client.payloads(id)[0]).toHaveLength(1_000_000)
  })

  it('loses nothing for a socket that does not read for a while', async () => {
    await start({ ringEvents: 10, ringBytes: 1000 })
    const client = await open()
    client.send({ op: 'subscribe', stream: 'a' })
    await client.until(() => client.text('a').includes('relay.caught-up'))
    client.ws.pause()
    const payloads = Array.from({ length: 1000 }, (_, n) => `${n} ${'x'.repeat(10_000)}`)
    for (const payload of [...payloads, COMPLETED]) await backend.append('a', payload)
    await expect.poll(() => served.relay.stats().streams).toBe(0) // the hub has seen the end
    expect(client.payloads('a').length).toBeLessThan(payloads.length)
    client.ws.resume()
    await client.until(ended(client, 'a'))
    expect(client.payloads('a')).toEqual([...payloads, COMPLETED])
  })

  it('takes auth and ack without an answer', async () => {
    await start()
    const client = await open()
    client.send({ op: 'auth', token: 'x' })
    client.send({ op: 'ack', stream: 'a', cursor: 'x' })
    client.send({ op: 'subscribe', stream: 'a' })
    await client.until(() => client.events('a').length === 2)
    expect(client.events('a').map(({ event }) => event)).toEqual(['relay.hello', 'relay.caught-up'])
  })

  it.each([
    { op: 'subscribe', stream: 'a', after: 'x' },
    { op: 'subscribe', stream: 'a', after: 3 },
    { op: 'nothing', stream: 'a' },
  ])('answers %j with an error for that stream, and goes on', async (message) => {
    await start()
    const client = await open()
    client.send(message)
    await client.until(() => client.events('a').length === 1)
    expect(client.events('a')[0]).toMatchObject({ event: 'relay.error' })
    expect(client.events('a')[0]?.data).toContain('"code":"bad-request"')
    client.send({ op: 'subscribe', stream: 'a' })
    await client.until(() => client.text('a').includes('relay.caught-up'))
  })

  it.each(['no json', '[]', '{"op":"subscribe"}', '{"op":"subscribe","stream":"../x"}'])(
    'closes with 1008 on %s',
    async (text) => {
      await start()
      const client = await open()
      client.ws.send(text)
      expect(await client.closed).toBe(1008)
    },
  )

  it('closes on a message that is too long', async () => {
    await start()
    const client = await open()
    client.ws.send(JSON.stringify({ op: 'subscribe', stream: 'a', token: 'x'.repeat(20_000) }))
    expect(await client.closed).toBe(1009)
  })

  it('refuses foreign origins, other hosts and other subprotocols, and leaves other paths', async () => {
    await start()
    const url = served.url.replace('http', 'ws')
    const refused = async (path: string, protocol: string, headers = {}): Promise<string> => {
      const ws = new WebSocket(`${url}${path}`, protocol, { headers })
      const [error] = await once(ws, 'error')
      return String(error)
    }
    const foreign = { origin: 'https://evil.example' }
    expect(await refused('/v1/ws', 'framewise.v1', foreign)).toContain('403')
    expect(await refused('/v1/ws', 'framewise.v1', { host: 'evil.example' })).toContain('403')
    expect(await refused('/v1/other', 'framewise.v1')).toContain('hang up') // as the test's server does
    expect(await refused('/v1/ws', 'other.v1')).toContain('400')
  })

  it('says reconnect and closes with 1012 when the relay closes', async () => {
    await start()
    const client = await open()
    client.send({ op: 'subscribe', stream: 'a' })
    await client.until(() => client.text('a').includes('relay.caught-up'))
    await served.relay.close()
    expect(await client.closed).toBe(1012)
    expect(client.events('a').at(-1)?.event).toBe('relay.reconnect')
  })

  it('survives a socket that breaks before it is taken over', async () => {
    await start()
    const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() })
    const req = Object.assign(new IncomingMessage(new Socket()), { method: 'GET', url: '/v1/ws' })
    Object.assign(req.headers, { host: 'localhost', 'sec-websocket-protocol': 'framewise.v1' })
    expect(served.relay.upgrade(req, socket, Buffer.alloc(0))).toBe(true)
    socket.emit('error', new Error('reset')) // without a listener, the end of the process
    expect(socket.destroyed).toBe(true)
  })

  it('forgets the viewers of a socket that went away', async () => {
    await start()
    const client = await open()
    client.send({ op: 'subscribe', stream: 'a' })
    await client.until(() => client.text('a').includes('relay.caught-up'))
    client.ws.terminate()
    await expect.poll(() => served.relay.stats()).toMatchObject({ viewers: 0, sockets: 0 })
  })
})
