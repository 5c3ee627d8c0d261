// Streams of one page on one socket, through what a page lives through.
import { expect, it, vi } from 'vitest'
import { createAgentStream, webSocket } from 'framewise'
import { createManualClock } from 'framewise/testing'
import { createFakeSockets } from './fake-socket.ts'

const HELLO =
  'event: relay.hello\ndata: {"heartbeatMs":15000}\n\nevent: relay.caught-up\ndata: {"cursor":null}\n\n'
const delta = (id: string, text: string): string =>
  `id: ${id}\ndata: ${JSON.stringify({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta: text })}\n\n`

async function three() {
  const sockets = createFakeSockets()
  const clock = createManualClock()
  const { WebSocket } = sockets
  const streams = ['a', 'b', 'c'].map((stream) =>
    createAgentStream({
      transport: webSocket({ url: 'ws://relay.test/v1/ws', stream, WebSocket }),
      clock,
      reconnect: { random: () => 0 },
    }),
  )
  for (const stream of streams) stream.connect()
  sockets.last.accept()
  await clock.settle()
  for (const id of ['a', 'b', 'c']) sockets.last.send(id, HELLO + delta(`${id}-1`, 'x'))
  await clock.advance(100)
  return { sockets, clock, streams }
}

it('meets again on one new socket after a sleep, each after its own cursor', async () => {
  const { sockets, clock, streams } = await three()
  await clock.freeze(60_000)
  expect(sockets.all).toHaveLength(2)
  expect(sockets.all[0]?.closedWith).toBe(1000)
  sockets.last.accept()
  await clock.settle()
  expect(sockets.last.sent).toEqual(
    ['a', 'b', 'c'].map((stream) => ({ op: 'subscribe', stream, after: `${stream}-1` })),
  )
  for (const stream of streams) stream.close()
  await clock.settle()
  expect(sockets.last.closedWith).toBe(1000)
})

it('leaves a socket that fell silent, and meets on the next one', async () => {
  const { sockets, clock, streams } = await three()
  await clock.advance(60_000)
  expect(sockets.all[0]?.closedWith).toBe(1000)
  sockets.last.accept()
  await clock.settle()
  expect(sockets.last.sent.filter(({ op }) => op === 'subscribe')).toHaveLength(3)
  expect(sockets.all.filter(({ closedWith }) => closedWith === null)).toHaveLength(1)
  for (const stream of streams) stream.close()
})

it('leaves a socket that never opens, though its streams go one after the other', async () => {
  const sockets = createFakeSockets()
  const clock = createManualClock()
  const { WebSocket } = sockets
  const streams = ['a', 'b'].map((stream) =>
    createAgentStream({
      transport: webSocket({ url: 'ws://relay.test/v1/ws', stream, WebSocket }),
      clock,
      idleTimeoutMs: 3000,
      reconnect: { random: () => 0 },
    }),
  )
  for (const stream of streams) {
    stream.connect()
    await clock.advance(1500)
  }
  await clock.advance(2000)
  expect(sockets.all.length).toBeGreaterThan(1)
  sockets.last.accept()
  await clock.settle()
  expect(sockets.last.sent.map(({ op }) => op)).toEqual(['subscribe', 'subscribe'])
  expect(sockets.all[0]?.closedWith).toBe(1000)
  for (const stream of streams) stream.close()
})

it('comes back after a cut, all on one socket', async () => {
  const { sockets, clock, streams } = await three()
  sockets.last.close(1006)
  await clock.advance(100)
  expect(sockets.all).toHaveLength(2)
  sockets.last.accept()
  await clock.settle()
  expect(sockets.last.sent).toHaveLength(3)
  await vi.waitFor(() => expect(streams[0]?.store.getState().connection).toBe('reconnecting'))
  for (const stream of streams) stream.close()
})
