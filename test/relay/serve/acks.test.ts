// What acks do between a relay and a client on a real socket.
import { afterEach, describe, expect, it } from 'vitest'
import { createManualClock } from '../../../src/testing/manual-clock.ts'
import { webSocket } from '../../../src/transport/websocket.ts'
import { memoryBackend } from '../../../src/relay/index.ts'
import type { MemoryBackend, RelayOptions } from '../../../src/relay/index.ts'
import { serve } from '../serve.ts'
import type { Served } from '../serve.ts'
import { openWs } from '../ws-client.ts'
import type { WsClient } from '../ws-client.ts'

const MIB = 1024 * 1024
const COMPLETED = '{"type": "status", "status": "completed"}'

let served: Served
let backend: MemoryBackend
async function start(options: Partial<RelayOptions> = {}): Promise<void> {
  backend = memoryBackend()
  served = await serve({ backend, ...options })
}
afterEach(() => served.close())

async function write(stream: string, count: number, bytes: number): Promise<void> {
  for (let n = 0; n < count; n++) await backend.append(stream, `${n} ${'x'.repeat(bytes)}`)
}

const lastId = (client: WsClient, stream: string): string =>
  client.events(stream).findLast(({ id }) => id !== null)?.id ?? ''

/** Waits until nothing more of a stream has come while another stream was written and read. */
async function quiet(client: WsClient, stream: string): Promise<number> {
  let before = -1
  for (let round = 0; before !== client.text(stream).length; round++) {
    before = client.text(stream).length
    const sign = `sign ${round} of ${before}`
    await backend.append('other', sign)
    await client.until(() => client.text('other').includes(sign))
  }
  return before
}

/** A client that has taken one event of `a` and acked it, and follows `other` as well. */
async function acking(): Promise<WsClient> {
  await backend.append('a', 'first')
  const client = await openWs(served.url)
  client.send({ op: 'subscribe', stream: 'other' })
  client.send({ op: 'subscribe', stream: 'a' })
  await client.until(() => client.text('a').includes('relay.caught-up'))
  client.send({ op: 'ack', stream: 'a', cursor: lastId(client, 'a') })
  await quiet(client, 'a')
  return client
}

describe('a client that acks', () => {
  it('is sent 1 MiB ahead, the rest as it goes on, and everything in the end', async () => {
    await start()
    const client = await acking()
    await write('a', 100, 64 * 1024)
    await backend.append('a', COMPLETED)
    await client.until(() => client.text('a').length > MIB)
    for (let acked = 0; !client.text('a').includes('relay.end');) {
      expect((await quiet(client, 'a')) - acked).toBeLessThan(1.25 * MIB)
      acked = client.text('a').length
      client.send({ op: 'ack', stream: 'a', cursor: lastId(client, 'a') })
      const isOver = (): boolean => client.text('a').includes('relay.end')
      await client.until(() => isOver() || client.text('a').length > acked)
    }
    const numbers = client.payloads('a').map((payload) => Number.parseInt(payload, 10))
    expect(numbers.slice(1, -1)).toEqual(Array.from({ length: 100 }, (_, n) => n))
    client.ws.close()
  })

  it('is not let on by acks of what it has acked, of other logs and of nothing', async () => {
    await start()
    const client = await acking()
    const first = lastId(client, 'a')
    await write('a', 40, 64 * 1024)
    await client.until(() => client.text('a').length > MIB)
    const sent = await quiet(client, 'a')
    for (const cursor of [first, 'L-00000000-39-00000000', 'S-99-9', '', 'x'.repeat(10_000), 7]) {
      client.send({ op: 'ack', stream: 'a', cursor })
    }
    client.send({ op: 'ack', stream: 'nobody', cursor: lastId(client, 'a') })
    client.send({ op: 'ack' })
    expect(await quiet(client, 'a')).toBe(sent)
    client.send({ op: 'ack', stream: 'a', cursor: lastId(client, 'a') })
    await client.until(() => client.text('a').length > sent)
    client.ws.close()
  })

  it('is not held up on its other streams, and holds up nobody', async () => {
    await start()
    const client = await acking()
    const plain = await served.view('a')
    await write('a', 40, 64 * 1024)
    await backend.append('a', COMPLETED)
    await plain.ended
    expect(plain.payloads()).toHaveLength(42)
    await client.until(() => client.text('a').length > MIB)
    await quiet(client, 'a')
    expect(client.payloads('a').length).toBeLessThan(25)
    client.ws.close()
  })

  it('is not counted among those who say too much, however often what it acks is new', async () => {
    await start()
    const client = await acking()
    for (let n = 0; n < 400; n++) {
      await backend.append('a', `event ${n}`)
      await client.until(() => client.payloads('a').length === n + 2)
      client.send({ op: 'ack', stream: 'a', cursor: lastId(client, 'a') })
    }
    await quiet(client, 'a')
    expect(client.ws.readyState).toBe(client.ws.OPEN)
    client.ws.close()
  })
})

it('sends all to a client that never acks', async () => {
  await start()
  const client = await openWs(served.url)
  client.send({ op: 'subscribe', stream: 'a' })
  await write('a', 60, 64 * 1024)
  await backend.append('a', COMPLETED)
  await client.until(() => client.text('a').includes('relay.end'))
  expect(client.payloads('a')).toHaveLength(61)
  client.ws.close()
})

it('lets the SDK read far more than it is sent ahead, in large events and in small', async () => {
  await start()
  await write('large', 80, 64 * 1024)
  await write('small', 5000, 10)
  for (const stream of ['large', 'small']) await backend.append(stream, COMPLETED)
  const url = `${served.url.replace('http', 'ws')}/v1/ws`
  for (const [stream, count] of [
    ['large', 81],
    ['small', 5001],
  ] as const) {
    const transport = webSocket({ url, stream })
    const signal = new AbortController().signal
    let events = 0
    for await (const { frames } of transport.open({
      after: null,
      signal,
      clock: createManualClock(),
    })) {
      events += frames.filter(({ event }) => event === 'message').length
    }
    expect(events).toBe(count)
  }
})
