import { describe, expect, it, vi } from 'vitest'
import { type AgentStreamOptions, createAgentStream } from '../src/index.ts'
import { AgentStreamError } from '../src/core/errors.ts'
import { createManualClock } from '../src/testing/manual-clock.ts'
import { agUi } from '../src/protocols/index.ts'
import { fakeTransport } from '../src/testing/fake-transport.ts'
import { control, delta, event, finished, setUpStream } from './set-up-stream.ts'

describe('before connect', () => {
  it('does no I/O and is idle', () => {
    const { transport, state } = setUpStream()
    expect(transport.opened).toEqual([])
    expect(state()).toMatchObject({
      status: 'idle',
      connection: 'idle',
      messages: [],
      cursor: null,
    })
  })

  it('teaches what is missing', () => {
    const nothing = {} as AgentStreamOptions
    expect(() => createAgentStream(nothing)).toThrow('expected `url`, `transport`, or `start`')
    const reducer = { url: '/x', reduce: (count: number) => count }
    expect(() => createAgentStream(reducer)).toThrow('expected `initialState`')
  })
})

describe('publishing', () => {
  it('shows the first event at once, in one write with its status', async () => {
    const { clock, transport, stream, writes } = setUpStream()
    stream.connect()
    await clock.advance(100)
    const before = writes.length
    transport.send(delta('Hi'))
    await clock.settle()
    expect(writes.slice(before)).toEqual([{ text: 'Hi', status: 'streaming', connection: 'open' }])
  })

  it('publishes a burst of one read in one write', async () => {
    const { clock, transport, stream, writes } = setUpStream()
    stream.connect()
    await clock.advance(100)
    const before = writes.length
    transport.send(...Array.from({ length: 5000 }, () => delta('x')))
    await clock.settle()
    expect(writes.length - before).toBe(1)
    expect(writes.at(-1)?.text).toHaveLength(5000)
  })

  it('publishes at most once a frame, and everything', async () => {
    const { clock, transport, stream, writes } = setUpStream()
    stream.connect()
    await clock.advance(100)
    const before = writes.length
    for (let index = 0; index < 400; index++) {
      transport.send(delta('abcd'))
      await clock.advance(2.5)
    }
    await clock.advance(200)
    expect(writes.length - before).toBeLessThanOrEqual(62)
    expect(writes.at(-1)?.text).toBe('abcd'.repeat(400))
  })

  it('writes once per event under immediate, also for events of one read', async () => {
    const { clock, transport, stream, writes } = setUpStream({ schedule: 'immediate' })
    stream.connect()
    await clock.advance(100)
    const before = writes.length
    transport.send(...Array.from({ length: 300 }, () => delta('x')))
    await clock.settle()
    expect(writes.length - before).toBe(300)
    expect(writes.at(-1)?.text).toHaveLength(300)
  })

  it('shows the last text and the terminal status in the same write', async () => {
    const { clock, transport, stream, writes } = setUpStream()
    stream.connect()
    await clock.advance(100)
    transport.send(delta('Hello'))
    await clock.advance(1)
    transport.send(delta(' world'), finished())
    await clock.settle()
    const over = writes.filter(({ status }) => status === 'finished')
    expect(over[0]?.text).toBe('Hello world')
    expect(writes.filter(({ status }) => status !== 'finished').at(-1)?.text).not.toContain('world')
  })

  it('keeps the order of text and status under immediate', async () => {
    const { clock, transport, stream, writes } = setUpStream({ schedule: 'immediate' })
    stream.connect()
    await clock.advance(100)
    transport.send(delta('a'), delta('b'), finished())
    transport.end()
    await clock.settle()
    expect(writes.at(-1)).toEqual({ text: 'ab', status: 'finished', connection: 'closed' })
    for (const { text, status } of writes) if (status === 'finished') expect(text).toBe('ab')
  })

  it('goes on reading and publishing when a subscriber throws', async () => {
    const onError = vi.fn()
    const { clock, transport, stream, state } = setUpStream({ onError })
    stream.store.subscribe(() => {
      throw new Error('Maximum update depth exceeded')
    })
    stream.connect()
    await clock.advance(100)
    for (const text of ['a', 'b', 'c']) {
      transport.send(delta(text))
      await clock.advance(50)
    }
    expect(state().messages[0]?.text).toBe('abc')
    expect(onError.mock.calls[0]?.[0]).toMatchObject({ code: 'callback-threw' })
  })

  it('gives untouched messages the same identity', async () => {
    const { clock, transport, stream, state } = setUpStream()
    stream.connect()
    await clock.advance(100)
    transport.send(delta('first'))
    await clock.advance(50)
    const first = state().messages[0]
    transport.send(event({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'm2', delta: 'second' }))
    await clock.advance(50)
    expect(state().messages[0]).toBe(first)
    expect(state().messages[1]?.text).toBe('second')
  })

  it('folds into any state with a reducer of the application', async () => {
    const clock = createManualClock()
    const transport = fakeTransport()
    const reduce = (count: number, events: readonly unknown[]): number => count + events.length
    const stream = createAgentStream({ transport, clock, reduce, initialState: 0 })
    stream.connect()
    await clock.settle()
    transport.send(delta('a'), event({ type: 'STEP_STARTED', stepName: 's' }), delta('b'))
    await clock.settle()
    expect(stream.store.getState().state).toBe(3)
    expect(stream.store.getState().messages).toEqual([])
  })
})

describe('the wire', () => {
  it('tells catching up from being live', async () => {
    const { clock, transport, stream, writes } = setUpStream()
    stream.connect()
    await clock.settle()
    transport.send(control('hello', { version: 1 }))
    await clock.advance(50)
    transport.send(delta('old'))
    await clock.advance(50)
    transport.send(control('caught-up', { cursor: 'x' }))
    await clock.advance(50)
    expect([...new Set(writes.map(({ connection }) => connection))]).toEqual(
      ['open', 'catching-up', 'open'].filter((value, index, all) => all.indexOf(value) === index),
    )
    expect(writes.find(({ text }) => text === 'old')?.connection).toBe('catching-up')
    expect(writes.at(-1)?.connection).toBe('open')
  })

  it('goes on after the last cursor when the connection is cut, with nothing lost or twice', async () => {
    const { clock, transport, stream, state } = setUpStream()
    stream.connect()
    await clock.settle()
    transport.send(delta('Hello ', 'a'), delta('wor', 'b'))
    await clock.settle()
    transport.cut()
    await clock.advance(20)
    expect(state().connection).toBe('reconnecting')
    await clock.advance(1000)
    expect(transport.opened).toEqual([null, 'b'])
    transport.send(delta('ld', 'c'), finished())
    transport.end()
    await clock.settle()
    expect(state()).toMatchObject({ status: 'finished', connection: 'closed' })
    expect(state().messages[0]?.text).toBe('Hello world')
  })

  it('is truncated, not finished, when attempts without progress are used up', async () => {
    const onError = vi.fn()
    const { clock, transport, stream, state } = setUpStream({
      onError,
      reconnect: { maxAttempts: 2 },
    })
    stream.connect()
    await clock.settle()
    transport.send(delta('half'))
    for (let attempt = 0; attempt < 3; attempt++) {
      await clock.advance(1)
      transport.cut()
      await clock.advance(60_000)
    }
    expect(state()).toMatchObject({ status: 'truncated', connection: 'closed' })
    expect(state().messages[0]?.text).toBe('half')
    expect(onError.mock.calls.at(-1)?.[0]).toMatchObject({ code: 'connection-failed' })
  })

  it.for(['cursor', 'from-start'] as const)(
    'takes no replay (%s) for progress, however often it comes',
    async (resume) => {
      const { clock, transport, stream, state } = setUpStream({
        protocol: { ...agUi, resume },
        reconnect: { capMs: 500 },
      })
      const id = resume === 'cursor' ? 'same' : undefined
      stream.connect()
      await clock.settle()
      for (let attempt = 0; attempt < 20 && transport.connected; attempt++) {
        transport.send({ ...delta('a'), id })
        await clock.settle()
        transport.end()
        await clock.advance(1000)
      }
      expect(transport.opened).toHaveLength(6)
      expect(state()).toMatchObject({ status: 'truncated', messages: [{ text: 'a' }] })
    },
  )

  it('does not come back after a terminal event', async () => {
    const { clock, transport, stream, state } = setUpStream()
    stream.connect()
    await clock.settle()
    transport.send(delta('all'), finished())
    await clock.settle()
    transport.cut()
    await clock.advance(60_000)
    expect(transport.opened).toHaveLength(1)
    expect(state()).toMatchObject({ status: 'finished', error: null })
  })

  it('closes by itself on relay.end and takes its reason', async () => {
    const { clock, transport, stream, state } = setUpStream()
    stream.connect()
    await clock.settle()
    transport.send(delta('partly'), control('end', { reason: 'stopped' }))
    await clock.settle()
    expect(state()).toMatchObject({ status: 'stopped', connection: 'closed' })
    expect(transport.connected).toBe(false)
  })

  it('does not try again what the server refuses', async () => {
    const { clock, transport, stream, state } = setUpStream()
    stream.connect()
    await clock.settle()
    transport.cut(new AgentStreamError('http-status', 'expected 200, got 404', { status: 404 }))
    await clock.advance(60_000)
    expect(transport.opened).toHaveLength(1)
    expect(state()).toMatchObject({ status: 'failed', connection: 'closed' })
    expect(state().error).toMatchObject({ code: 'http-status', status: 404 })
  })

  it('tries again what may pass', async () => {
    const { clock, transport, stream } = setUpStream()
    stream.connect()
    await clock.settle()
    transport.cut(new AgentStreamError('http-status', 'expected 200, got 503', { status: 503 }))
    await clock.advance(1000)
    expect(transport.opened).toHaveLength(2)
  })
})

describe('bad input', () => {
  it('counts a malformed event and takes the rest', async () => {
    const onError = vi.fn()
    const { clock, transport, stream, state } = setUpStream({ onError })
    stream.connect()
    await clock.settle()
    transport.send(delta('a'), { event: 'message', id: 'bad', data: '{"type":' }, delta('b'))
    await clock.settle()
    expect(state().messages[0]?.text).toBe('ab')
    expect(stream.metrics.snapshot()).toMatchObject({ events: 3, malformed: 1, backlog: 0 })
    expect(onError.mock.calls[0]?.[0]).toMatchObject({ code: 'malformed-event' })
    expect(String(onError.mock.calls[0]?.[0])).toContain('bad')
  })

  it('counts an event that the relay could not serve, and moves the cursor past it', async () => {
    const { clock, transport, stream } = setUpStream()
    stream.connect()
    await clock.settle()
    transport.send(control('error', { code: 'oversize', message: '9 MB' }, 'big'))
    await clock.settle()
    expect(stream.cursor).toBe('big')
    expect(stream.metrics.snapshot()).toMatchObject({ events: 1, malformed: 1, backlog: 0 })
  })

  it('takes what the relay could not serve once, though an overlap brings it again', async () => {
    const { clock, transport, stream, state } = setUpStream()
    const refused = control('error', { code: 'oversize', message: 'too long' }, 'b')
    stream.connect()
    await clock.settle()
    transport.send(delta('1', 'a'), refused, delta('2', 'c'))
    await clock.settle()
    transport.cut()
    await clock.advance(1000)
    transport.send(refused, delta('2', 'c'))
    await clock.advance(50)
    expect(state()).toMatchObject({ cursor: 'c', messages: [{ text: '12' }] })
    expect(stream.cursor).toBe('c')
    expect(stream.metrics.snapshot()).toMatchObject({ events: 3, malformed: 1 })
  })

  it('takes an empty id for none, also where a log comes again from its start', async () => {
    const { clock, transport, stream, state } = setUpStream({
      protocol: { ...agUi, resume: 'from-start' },
    })
    stream.connect()
    await clock.settle()
    transport.send(delta('a', ''), delta('b', ''))
    await clock.settle()
    transport.cut()
    await clock.advance(1000)
    transport.send(delta('a', ''), delta('b', ''), delta('c', ''))
    await clock.advance(50)
    expect(state()).toMatchObject({ cursor: null, messages: [{ text: 'abc' }] })
  })

  it('names the protocol that would fit when nothing can be read', async () => {
    const { clock, transport, stream, state } = setUpStream()
    stream.connect()
    await clock.settle()
    const chunk = { type: 'assistant', thread_id: 't', content: '{}', metadata: '{}' }
    transport.send(...Array.from({ length: 20 }, () => event(chunk)))
    await clock.settle()
    expect(state().error).toMatchObject({ code: 'protocol-mismatch' })
    expect(state().error?.message).toContain('`suna()`')
  })

  it('does not take a few unknown events for a mismatch', async () => {
    const { clock, transport, stream, state } = setUpStream()
    stream.connect()
    await clock.settle()
    transport.send(delta('a'), ...Array.from({ length: 40 }, () => event({ type: 'NEW_THING' })))
    await clock.settle()
    expect(state().error).toBe(null)
    expect(stream.metrics.snapshot().unknown).toBe(40)
  })
})

describe('gaps', () => {
  it('shows a loss in the state and by callback', async () => {
    const onGap = vi.fn()
    const { clock, transport, stream, state } = setUpStream({ onGap })
    stream.connect()
    await clock.settle()
    const gap = { reason: 'trimmed', from: null, to: 'c9' }
    transport.send(control('gap', gap), delta('tail'))
    await clock.settle()
    expect(state().gaps).toEqual([gap])
    expect(onGap).toHaveBeenCalledWith(gap)
    expect(state().messages[0]?.text).toBe('tail')
  })

  it('begins anew when the log was replaced', async () => {
    const { clock, transport, stream, state } = setUpStream()
    stream.connect()
    await clock.settle()
    transport.send(
      delta('old'),
      control('gap', { reason: 'replaced', from: 'a', to: 'b' }),
      delta('new'),
    )
    await clock.settle()
    expect(state().messages.map(({ text }) => text)).toEqual(['new'])
  })
})

it('goes on after a cut with a log that replaced one that had ended', async () => {
  const { clock, transport, stream } = setUpStream()
  stream.connect()
  await clock.settle()
  transport.send(delta('old'), finished())
  await clock.settle()
  transport.send(control('gap', { reason: 'replaced', from: null, to: 'n1' }), delta('new', 'n1'))
  await clock.settle()
  transport.cut()
  await clock.advance(1000)
  expect(transport.opened).toEqual([null, 'n1'])
})

describe('stop and close', () => {
  it('stops at once, with what had arrived', async () => {
    const { clock, transport, stream, state } = setUpStream()
    stream.connect()
    await clock.settle()
    transport.send(delta('a'))
    await clock.settle()
    transport.send(delta('b'))
    await Promise.resolve()
    stream.stop()
    expect(state()).toMatchObject({ status: 'stopped', connection: 'closed' })
    await clock.advance(5000)
    expect(transport.connected).toBe(false)
    expect(transport.opened).toHaveLength(1)
  })

  it('stops while it waits to reconnect', async () => {
    const { clock, transport, stream, state } = setUpStream()
    stream.connect()
    await clock.settle()
    transport.send(delta('a'))
    await clock.settle()
    transport.cut()
    await clock.settle()
    stream.stop()
    await clock.advance(60_000)
    expect(transport.opened).toHaveLength(1)
    expect(state().status).toBe('stopped')
  })

  it('publishes nothing after close, and goes on from the cursor when connected again', async () => {
    const { clock, transport, stream, writes, state } = setUpStream()
    stream.connect()
    await clock.settle()
    transport.send(delta('a', 'c1'))
    await clock.settle()
    stream.close()
    const before = writes.length
    await clock.advance(5000)
    expect(writes.length).toBe(before)
    expect(clock.pendingFrames).toBe(0)

    stream.connect()
    await clock.settle()
    expect(transport.opened).toEqual([null, 'c1'])
    transport.send(delta('b'))
    await clock.advance(20)
    expect(state().messages[0]?.text).toBe('ab')
  })

  it('leaves nobody listening when it is stopped after it was closed', async () => {
    const clock = createManualClock()
    const transport = fakeTransport()
    let watchers = 0
    const onVisibilityChange = (callback: () => void) => {
      const cancel = clock.onVisibilityChange(callback)
      watchers++
      return () => {
        cancel()
        watchers--
      }
    }
    const stream = createAgentStream({ transport, clock: { ...clock, onVisibilityChange } })
    stream.connect()
    await clock.settle()
    transport.send(delta('a', 'c1'))
    await clock.settle()
    expect(watchers).toBe(1)
    stream.close()
    stream.stop()
    await clock.settle()
    expect(stream.store.getState().status).toBe('stopped')
    expect(watchers).toBe(0)
  })

  it('opens one connection however often it is asked', async () => {
    const { clock, transport, stream } = setUpStream()
    stream.connect()
    stream.connect()
    await clock.settle()
    stream.connect()
    await clock.settle()
    expect(transport.opened).toHaveLength(1)
  })
})
