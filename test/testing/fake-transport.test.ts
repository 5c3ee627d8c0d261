import { expect, it, vi } from 'vitest'
import { AgentStreamError, createAgentStream } from '../../src/index.ts'
import {
  createManualClock,
  eventFrame,
  fakeTransport,
  relayFrame,
} from '../../src/testing/index.ts'

function setUp() {
  const clock = createManualClock()
  const transport = fakeTransport()
  const onGap = vi.fn()
  const stream = createAgentStream({ transport, clock, onGap, reconnect: { random: () => 0.5 } })
  return { clock, transport, stream, onGap, state: () => stream.store.getState() }
}

const delta = (text: string): object => ({
  type: 'TEXT_MESSAGE_CONTENT',
  messageId: 'm1',
  delta: text,
})

it('takes events as objects, text and frames, and the words of a relay', async () => {
  const { clock, transport, stream, onGap, state } = setUp()
  stream.connect()
  await clock.settle()
  transport.send(relayFrame('hello', { version: 1 }))
  await clock.settle()
  expect(state().connection).toBe('catching-up')
  transport.send(delta('a'), JSON.stringify(delta('b')), eventFrame(delta('c'), 'c-3'))
  transport.send(relayFrame('caughtUp', { cursor: 'c-3' }))
  transport.send(relayFrame('gap', { reason: 'trimmed', from: 'c-3', to: 'c-9' }))
  await clock.advance(100)
  expect(state()).toMatchObject({ connection: 'open', cursor: 'c-3' })
  expect(state().messages[0]?.text).toBe('abc')
  expect(onGap).toHaveBeenCalledWith({ reason: 'trimmed', from: 'c-3', to: 'c-9' })
  transport.send(relayFrame('end', { reason: 'completed' }))
  await clock.settle()
  expect(state().status).toBe('finished')
  expect(transport.connected).toBe(false)
})

it('fails as many openings as were refused, each with its error', async () => {
  const { clock, transport, stream, state } = setUp()
  transport.refuse()
  transport.refuse(new AgentStreamError('http-status', 'busy', { status: 503 }))
  stream.connect()
  await clock.settle()
  expect(state().connection).toBe('reconnecting')
  expect(transport.connected).toBe(false)
  await clock.advance(60_000)
  expect(state().connection).toBe('open')
  expect(transport.opened).toEqual([null, null, null])
  transport.refuse(new AgentStreamError('http-status', 'gone', { status: 404 }))
  transport.cut()
  await clock.advance(60_000)
  expect(state()).toMatchObject({ connection: 'closed', error: { message: 'gone', status: 404 } })
})

it('tells who acts on a connection that there is none', () => {
  const { transport } = setUp()
  const acts = [() => transport.send('x'), transport.heartbeat, transport.cut, transport.end]
  for (const act of acts) expect(() => act()).toThrow('expected an open connection, got none')
})

it('counts the requests to end a run', async () => {
  const { transport } = setUp()
  await transport.cancel()
  expect(transport.cancelled).toBe(1)
})
