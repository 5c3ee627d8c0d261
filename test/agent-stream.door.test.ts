// What is said at the door, and what stays in the state for whoever looks later.
import { describe, expect, it } from 'vitest'
import { type ChatMessage, createAgentStream, type Protocol } from '../src/index.ts'
import { aiSdk } from '../src/protocols/index.ts'
import { createManualClock } from '../src/testing/manual-clock.ts'
import { event, setUpStream } from './set-up-stream.ts'

const row = { id: 'm1', role: 'user', text: 'from a database' } as unknown as ChatMessage

describe('misuse', () => {
  it('is told where it happens: a history that is none, a protocol that was not called', () => {
    expect(() => createAgentStream({ url: '/x', initialMessages: [row] })).toThrow(
      'expected initialMessages[0] to have an `id` and `parts`, got {"id":"m1"',
    )
    expect(() => createAgentStream({ url: '/x' }).hydrate([row])).toThrow('messages[0]')
    const protocol = aiSdk as unknown as Protocol
    expect(() => createAgentStream({ url: '/x', protocol })).toThrow('as `aiSdk()`')
  })
})

describe('the state', () => {
  it('keeps the word that the protocol does not fit when the stream ends', async () => {
    const { clock, transport, stream, state } = setUpStream({ reconnect: { maxAttempts: 0 } })
    stream.connect()
    await clock.settle()
    transport.send(...Array.from({ length: 20 }, () => event({ type: 'unheard-of' })))
    await clock.advance(50)
    transport.end()
    await clock.advance(50)
    expect(state()).toMatchObject({ connection: 'closed', error: { code: 'protocol-mismatch' } })
  })

  it('says that a run failed which never told anything, and why', async () => {
    const clock = createManualClock()
    const headers = { 'content-type': 'text/html' }
    const start = async () => new Response('<!doctype html>', { headers })
    const stream = createAgentStream({ id: 'x', clock, start })
    await stream.start('Hi')
    await clock.advance(50)
    expect(stream.store.getState()).toMatchObject({
      status: 'failed',
      error: { code: 'content-type' },
    })
  })

  it('tells of an input that could not be sent in one write', async () => {
    const clock = createManualClock()
    const start = async () => Promise.reject(new TypeError('no network'))
    const stream = createAgentStream({ id: 'x', clock, start })
    const writes: string[] = []
    stream.store.subscribe(({ status, connection }) => writes.push(`${status} ${connection}`))
    await stream.start('Hi')
    await clock.advance(50)
    expect(writes).toEqual(['submitted connecting', 'failed closed'])
  })
})
