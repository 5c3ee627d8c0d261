// The end of a relay's life, over real sockets.
import { once } from 'node:events'
import { afterEach, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { memoryBackend } from '../../src/relay/index.ts'
import { serve } from './serve.ts'
import type { Served } from './serve.ts'

let served: Served
afterEach(() => served.close())

const start = async (): Promise<void> => {
  served = await serve({ backend: memoryBackend() })
}

async function openSocket(...streams: string[]): Promise<WebSocket> {
  const ws = new WebSocket(`${served.url.replace('http', 'ws')}/v1/ws`, 'framewise.v1')
  await once(ws, 'open')
  for (const stream of streams) ws.send(JSON.stringify({ op: 'subscribe', stream }))
  return ws
}

const reasonIn = (data: string): unknown => (JSON.parse(data) as { reason: unknown }).reason

it('says no to whoever comes, yes to who asks whether it lives, and lets the others go one by one', async () => {
  await start()
  const all = await Promise.all(Array.from({ length: 4 }, (_, n) => served.view(`s${n}`)))
  await expect.poll(() => served.relay.stats().viewers).toBe(4)
  const closed = served.relay.close({ drainMs: 60_000 })
  for (const path of ['/v1/streams/a/events', '/v1/streams/a', '/v1/time']) {
    const refused = await fetch(`${served.url}${path}`)
    expect([refused.status, refused.headers.get('retry-after')], path).toEqual([503, '5'])
  }
  const ws = new WebSocket(`${served.url.replace('http', 'ws')}/v1/ws`, 'framewise.v1')
  const [, response] = await once(ws, 'unexpected-response')
  expect([response.statusCode, response.headers['retry-after']]).toEqual([503, '5'])
  expect((await fetch(`${served.url}/livez`)).status).toBe(200)
  const ready = await fetch(`${served.url}/readyz`)
  expect([ready.status, await ready.json()]).toEqual([
    503,
    expect.objectContaining({ ready: false, store: true, draining: true }),
  ])
  expect(served.relay.stats().refused).toEqual({ closing: 4 })

  await expect.poll(() => served.relay.stats().viewers).toBe(3) // the first goes at once, the others in their time
  await served.relay.close() // which cuts it short
  await closed
  await Promise.all(all.map(({ ended }) => ended))
  for (const client of all) {
    const last = client.events().at(-1)
    expect([last?.event, reasonIn(last?.data ?? '{}')]).toEqual(['relay.reconnect', 'closing'])
  }
})

it('is over as soon as nobody is left', async () => {
  await start()
  const only = await served.view('a')
  await expect.poll(() => served.relay.stats().viewers).toBe(1)
  await served.relay.close({ drainMs: 600_000 })
  await only.ended
})

it('closes a socket once its last stream has gone, and one without streams at once', async () => {
  await start()
  const idle = await openSocket()
  const two = await openSocket('a', 'b')
  for (const id of ['c', 'd']) await served.view(id) // one of them at least outlasts the test
  await expect.poll(() => served.relay.stats().viewers).toBe(4)
  const idleClosed = once(idle, 'close')
  const twoClosed = once(two, 'close')
  const closed = served.relay.close({ drainMs: 600_000 })
  expect((await idleClosed)[0]).toBe(1012)
  for (const stream of ['a', 'b']) two.send(JSON.stringify({ op: 'unsubscribe', stream }))
  expect((await twoClosed)[0]).toBe(1012)
  await served.relay.close()
  await closed
})

it('tells each stream of a socket before it closes it', async () => {
  await start()
  const ws = await openSocket('a', 'b')
  await expect.poll(() => served.relay.stats().viewers).toBe(2)
  const texts: string[] = []
  ws.on('message', (data) => texts.push(String(data)))
  const left = once(ws, 'close')
  await served.relay.close({ drainMs: 200 })
  expect((await left)[0]).toBe(1012)
  expect(texts.filter((text) => text.includes('relay.reconnect'))).toHaveLength(2)
})

it('sends away a viewer whose resume was being checked when it began to leave', async () => {
  const backend = memoryBackend()
  const asked = Promise.withResolvers<void>()
  const answer = Promise.withResolvers<void>()
  const read: typeof backend.read = async (...args) => {
    asked.resolve()
    await answer.promise
    return backend.read(...args)
  }
  served = await serve({ backend: { ...backend, read } })
  const cursor = await backend.append('a', '1')
  const viewing = served.view('a', { 'last-event-id': cursor })
  await asked.promise
  const closed = served.relay.close()
  answer.resolve()
  const viewer = await viewing
  await viewer.ended
  expect(viewer.events().at(-1)?.event).toBe('relay.reconnect')
  await closed
})
