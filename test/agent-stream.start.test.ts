// A run from its start: what somebody says is shown, sent once, and answered by a stream or by where to read one.
import { describe, expect, it, vi } from 'vitest'
import {
  createAgentStream,
  fromAsyncIterable,
  type Start,
  type StartAnswer,
  type StreamCounts,
  type StreamSettings,
} from '../src/index.ts'
import { createManualClock } from '../src/testing/manual-clock.ts'
import { fakeTransport } from '../src/testing/fake-transport.ts'
import { control, delta, event, finished, setUpStream, started } from './set-up-stream.ts'

type Extra = Partial<Omit<StreamSettings<undefined, StreamCounts>, 'id'>>

const EVENT_STREAM = { 'content-type': 'text/event-stream' }

function sseResponse(frames: readonly object[]): Response {
  const text = frames.map((frame) => `data: ${JSON.stringify(frame)}\n\n`).join('')
  return new Response(text, { headers: EVENT_STREAM })
}

const answer = (text: string, runId = 'r1', messageId = 'a1'): object[] => [
  { type: 'RUN_STARTED', runId },
  { type: 'TEXT_MESSAGE_CONTENT', messageId, delta: text },
  { type: 'RUN_FINISHED', runId },
]

/** A stream that knows only how to start. */
function setUp(start: Start<string>, extra: Extra = {}) {
  const clock = createManualClock()
  const stream = createAgentStream({ id: 'chat-1', start, clock, ...extra })
  const statuses: string[] = []
  stream.store.subscribe(({ status }) => statuses.at(-1) === status || statuses.push(status))
  return { clock, stream, statuses, state: () => stream.store.getState() }
}

/** A promise in the test's hand. */
function deferred<T>() {
  let resolve = (_value: T): void => {}
  let reject = (_cause: unknown): void => {}
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}

describe('a run', () => {
  it('is submitted, then streaming, then finished, with what was said on top', async () => {
    const [first, second, last] = answer('Hello').map((one) => ({ ...event(one), id: undefined }))
    const transport = fakeTransport()
    const start = vi.fn(async () => ({ transport }))
    const { clock, stream, statuses, state } = setUp(start)
    void stream.start('Hi', { optimistic: { id: 'u1', text: 'Hi' } })
    expect(state()).toMatchObject({
      status: 'submitted',
      messages: [{ id: 'u1', role: 'user', text: 'Hi', delivery: 'pending' }],
    })
    await clock.settle()
    for (const frame of [first, second, last]) {
      expect(statuses.at(-1)).not.toBe('finished')
      if (frame) transport.send(frame)
      await clock.advance(50)
    }
    transport.end()
    await clock.settle()
    expect(statuses).toEqual(['submitted', 'streaming', 'finished'])
    expect(state()).toMatchObject({
      runId: 'r1',
      connection: 'closed',
      messages: [
        { text: 'Hi', delivery: 'sent' },
        { id: 'a1', role: 'assistant', text: 'Hello' },
      ],
    })
    expect(start).toHaveBeenCalledTimes(1)
    expect(start).toHaveBeenCalledWith('Hi', { signal: expect.any(AbortSignal) })
  })
})

describe('a POST that streams', () => {
  it('appends run after run to one conversation', async () => {
    let run = 0
    const { clock, stream, state } = setUp(async (text) =>
      sseResponse(answer(`re: ${text}`, `r${++run}`, `a${run}`)),
    )
    for (const text of ['one', 'two', 'three']) {
      await stream.start(text, { optimistic: text })
      await clock.advance(50)
    }
    expect(state().messages.map(({ text }) => text)).toEqual([
      'one',
      're: one',
      'two',
      're: two',
      'three',
      're: three',
    ])
    expect(new Set(state().messages.map(({ id }) => id)).size).toBe(6)
  })

  it('is never sent again by itself: a cut leaves it truncated', async () => {
    const start = vi.fn(async () => {
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          const text = `id: c1\ndata: ${JSON.stringify(answer('half')[1])}\n\n`
          controller.enqueue(new TextEncoder().encode(text))
        },
        pull: (controller) => controller.error(new TypeError('reset')),
      })
      return new Response(body, { headers: EVENT_STREAM })
    })
    const { clock, stream, state } = setUp(start)
    await stream.start('Hi')
    await clock.advance(60_000)
    expect(start).toHaveBeenCalledTimes(1)
    expect(state()).toMatchObject({ status: 'truncated', messages: [{ text: 'half' }] })
    stream.connect()
    stream.reconnect()
    await clock.advance(60_000)
    expect(start).toHaveBeenCalledTimes(1)
  })

  it('is read on at the stream’s own address where it has one', async () => {
    const clock = createManualClock()
    const frames = answer('Hello').map(
      (one, index) => `id: c${index}\ndata: ${JSON.stringify(one)}\n\n`,
    )
    const asked: (string | null)[] = []
    const stream = createAgentStream({
      clock,
      url: '/chat/1/stream',
      reconnect: { random: () => 0 },
      async fetch(_url, init) {
        asked.push(new Headers(init?.headers).get('last-event-id'))
        return new Response(frames.slice(2).join(''), { headers: EVENT_STREAM })
      },
      start: async () => new Response(frames.slice(0, 2).join(''), { headers: EVENT_STREAM }),
    })
    await stream.start('Hi')
    await clock.advance(1000)
    expect(asked).toEqual(['c1'])
    expect(stream.store.getState()).toMatchObject({
      status: 'finished',
      messages: [{ text: 'Hello' }],
    })
  })
})

describe('a POST that names a run', () => {
  it('reads it there, with the stream’s own token', async () => {
    const requests: [string, string | null][] = []
    const clock = createManualClock()
    const stream = createAgentStream({
      id: 'chat-1',
      clock,
      token: 'secret',
      async fetch(url, init) {
        requests.push([String(url), new Headers(init?.headers).get('authorization')])
        return sseResponse(answer('read', 'run-7'))
      },
      start: async (_input: string) => ({ url: '/v1/streams/run-7/events', runId: 'run-7' }),
    })
    await stream.start('Hi')
    expect(stream.store.getState().runId).toBe('run-7')
    await clock.advance(50)
    expect(requests).toEqual([['/v1/streams/run-7/events', 'Bearer secret']])
    expect(stream.store.getState()).toMatchObject({
      status: 'finished',
      messages: [{ runId: 'run-7', text: 'read' }],
    })
  })

  it('reads any transport, each run from its beginning', async () => {
    const transports = [fakeTransport(), fakeTransport()]
    let run = 0
    const { clock, stream, state } = setUp(async () => {
      const transport = transports[run++]
      return transport && { transport }
    })
    for (const [index, transport] of transports.entries()) {
      await stream.start('go')
      await clock.settle()
      transport.send(
        event({ type: 'TEXT_MESSAGE_CONTENT', messageId: `a${index}`, delta: `answer ${index}` }),
        finished(`r${index}`),
      )
      await clock.advance(50)
    }
    expect(transports.map(({ opened }) => opened)).toEqual([[null], [null]])
    expect(state().messages.map(({ text }) => text)).toEqual(['answer 0', 'answer 1'])
  })

  it('goes on reading what it reads already when the answer names nothing else', async () => {
    const { clock, transport, stream, state } = setUpStream({ start: async () => undefined })
    stream.connect()
    await clock.settle()
    transport.send(started('r1'), delta('one', 'c1'), finished('r1'))
    await clock.advance(50)
    expect(state().status).toBe('finished')
    await stream.start('more')
    expect(state().status).toBe('submitted')
    await clock.settle()
    transport.send(
      started('r2'),
      event({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'm2', delta: 'two' }),
    )
    await clock.advance(50)
    expect(state()).toMatchObject({ status: 'streaming', runId: 'r2' })
    expect(state().messages.map(({ text }) => text)).toEqual(['one', 'two'])
  })
})

describe('another run in the same log', () => {
  it('goes on after a cut before its first event', async () => {
    const { clock, transport, stream, state } = setUpStream({ start: async () => undefined })
    stream.connect()
    await clock.settle()
    transport.send(started('r1'), delta('one', 'k1'), event({ type: 'RUN_FINISHED' }, 'k2'))
    await clock.advance(50)
    await stream.start('more')
    transport.cut()
    await clock.advance(1000)
    expect(transport.opened).toEqual([null, 'k2'])
    transport.send(started('r2'))
    await clock.advance(50)
    expect(state()).toMatchObject({ status: 'streaming', runId: 'r2' })
  })
})

describe('a wire that ends while the agent is still being asked', () => {
  function pendingStart() {
    const asked = deferred<StartAnswer>()
    const onFinish = vi.fn()
    const set = setUpStream({
      start: () => asked.promise,
      onFinish,
      reconnect: { maxAttempts: 0 },
    })
    return { ...set, asked, onFinish }
  }

  it.for(['there is nothing to be read', 'the wire is cut'] as const)(
    'leaves the new run submitted when %s, and shows it once it begins',
    async (how) => {
      const { clock, transport, stream, state, asked, onFinish } = pendingStart()
      stream.connect()
      await clock.settle()
      void stream.start('Hi')
      if (how === 'the wire is cut') transport.cut()
      else transport.send(control('end', {}))
      await clock.advance(50)
      expect(state().status).toBe('submitted')
      const run = fakeTransport()
      asked.resolve({ transport: run })
      await clock.settle()
      run.send({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'a1', delta: 'Hello' })
      await clock.advance(50)
      expect(state()).toMatchObject({ status: 'streaming', messages: [{ text: 'Hello' }] })
      expect(onFinish).not.toHaveBeenCalled()
    },
  )

  it('takes the late end of the last run for no end of the new one', async () => {
    const { clock, transport, stream, state, asked } = pendingStart()
    stream.connect()
    await clock.settle()
    transport.send(started('r1'), delta('one'), finished('r1'))
    await clock.advance(50)
    void stream.start('more')
    transport.send(control('end', { reason: 'completed' }))
    await clock.advance(50)
    expect(state().status).toBe('submitted')
    asked.resolve(undefined)
    await clock.settle()
    transport.send(delta('two'))
    await clock.advance(50)
    expect(state().status).toBe('streaming')
  })

  it('lets a log of its own begin anew, whatever the log before it told meanwhile', async () => {
    const { clock, transport, stream, state, asked } = pendingStart()
    stream.connect()
    await clock.settle()
    void stream.start('Hi')
    transport.send(started('old'), finished('old'))
    await clock.advance(50)
    asked.resolve({ transport: fakeTransport(), runId: 'new' })
    await clock.settle()
    expect(state()).toMatchObject({ status: 'submitted', runId: 'new', finish: null })
  })
})

describe('a send that fails', () => {
  const ways: readonly (readonly [string, Start<string>])[] = [
    ['throws', async () => Promise.reject(new TypeError('no network'))],
    [
      'throws at once',
      () => {
        throw new TypeError('no network')
      },
    ],
    ['is refused', async () => new Response('no', { status: 500 })],
    ['says nothing of where to read', async () => undefined],
  ]
  it.each(ways)('stays visible and says so when it %s', async (_how, start) => {
    const onError = vi.fn()
    const { clock, stream, state } = setUp(start, { onError })
    await stream.start('Hi', { optimistic: 'Hi' })
    await clock.advance(50)
    expect(state()).toMatchObject({
      status: 'failed',
      connection: 'closed',
      error: { code: 'send-failed' },
      messages: [{ text: 'Hi', delivery: 'failed' }],
    })
    expect(onError).toHaveBeenCalledTimes(1)
  })

  it('tells the status it was refused with', async () => {
    const { clock, stream, state } = setUp(async () => new Response(null, { status: 429 }))
    await stream.start('Hi')
    await clock.settle()
    expect(state().error).toMatchObject({ code: 'send-failed', status: 429 })
  })

  it('may be tried again in the same place', async () => {
    let fails = true
    const { clock, stream, state } = setUp(async () => {
      if (fails) throw new TypeError('no network')
      return sseResponse(answer('now'))
    })
    const optimistic = { id: 'u1', text: 'Hi' }
    await stream.start('Hi', { optimistic })
    fails = false
    await stream.start('Hi', { optimistic })
    await clock.advance(50)
    expect(state()).toMatchObject({
      status: 'finished',
      error: null,
      messages: [{ id: 'u1', delivery: 'sent' }, { text: 'now' }],
    })
  })
})

describe('what is said after a reload', () => {
  it('takes no place of what was said before, though both were given their ids here', async () => {
    const first = setUp(async () => sseResponse(answer('Hello')))
    await first.stream.start('one', { optimistic: 'one' })
    await first.clock.advance(50)
    const { stream, state } = setUp(async () => sseResponse(answer('Hello')), {
      initialMessages: first.state().messages,
    })
    await stream.start('two', { optimistic: 'two' })
    expect(state().messages.map(({ text }) => text)).toEqual(['one', 'Hello', 'two'])
  })
})

describe('the server’s echo', () => {
  const echo = [
    { type: 'TEXT_MESSAGE_START', messageId: 'u1', role: 'user' },
    { type: 'TEXT_MESSAGE_CONTENT', messageId: 'u1', delta: 'Hi, as the server has it' },
    { type: 'TEXT_MESSAGE_END', messageId: 'u1' },
  ]

  it('takes the place of the optimistic message', async () => {
    const { clock, stream, state } = setUp(async () => sseResponse([...echo, ...answer('Hello')]))
    await stream.start('Hi', { optimistic: { id: 'u1', text: 'Hi' } })
    await clock.advance(50)
    expect(state().messages.map(({ text, role }) => [role, text])).toEqual([
      ['user', 'Hi, as the server has it'],
      ['assistant', 'Hello'],
    ])
    expect(state().messages[0]).not.toHaveProperty('delivery')
  })

  it('does so in a snapshot of all, which keeps what the server does not have', async () => {
    const { transport, clock, stream, state } = setUpStream({
      start: async () => Promise.reject(new TypeError('no network')),
    })
    stream.connect()
    await clock.settle()
    await stream.start('x', { optimistic: { id: 'u2', text: 'not sent' } })
    const messages = [{ id: 'm1', role: 'user', content: 'old' }]
    transport.send(event({ type: 'MESSAGES_SNAPSHOT', messages }))
    await clock.advance(50)
    expect(state().messages.map(({ id }) => id)).toEqual(['m1', 'u2'])
  })
})

describe('one run at a time', () => {
  it('rejects another start while one is under way, and takes it afterwards', async () => {
    const pending = deferred<Response>()
    const { clock, stream, state } = setUp(() => pending.promise)
    const first = stream.start('one', { optimistic: 'one' })
    await expect(stream.start('two', { optimistic: 'two' })).rejects.toMatchObject({ code: 'busy' })
    pending.resolve(sseResponse(answer('done')))
    await first
    await clock.advance(50)
    expect(state().messages.map(({ text }) => text)).toEqual(['one', 'done'])
    await expect(stream.start('two')).resolves.toBeUndefined()
  })

  it('needs a way to start', async () => {
    const { stream, state } = setUpStream()
    await expect(stream.start('Hi')).rejects.toThrow(TypeError)
    expect(state().status).toBe('idle')
  })
})

describe('stop', () => {
  it('is instant while the agent is still being asked, and hears nothing of it later', async () => {
    const pending = deferred<Response>()
    const signals: AbortSignal[] = []
    const { clock, stream, state } = setUp((_input, { signal }) => {
      signals.push(signal)
      return pending.promise
    })
    void stream.start('Hi', { optimistic: 'Hi' })
    await clock.settle()
    stream.stop()
    expect(state()).toMatchObject({
      status: 'stopped',
      connection: 'closed',
      messages: [{ delivery: 'failed' }],
    })
    expect(signals[0]?.aborted).toBe(true)
    pending.resolve(sseResponse(answer('late')))
    await clock.advance(1000)
    expect(state()).toMatchObject({ status: 'stopped', messages: [{ text: 'Hi' }] })
  })

  it('sends nothing when a subscriber stops it on being told', async () => {
    const start = vi.fn(async () => sseResponse(answer('never')))
    const { stream, state } = setUp(start)
    stream.store.subscribe(({ status }) => status === 'submitted' && stream.stop())
    await stream.start('Hi')
    expect(state().status).toBe('stopped')
    expect(start).not.toHaveBeenCalled()
  })

  it('reads nothing when a subscriber stops it on being told that the agent has it', async () => {
    const transport = fakeTransport()
    const { clock, stream, state } = setUp(async () => ({ transport, runId: 'r1' }))
    stream.store.subscribe(({ runId, status }) => {
      if (runId === 'r1' && status === 'submitted') stream.stop()
    })
    await stream.start('Hi')
    await clock.settle()
    expect(state()).toMatchObject({ status: 'stopped', connection: 'closed' })
    expect(transport.connected).toBe(false)
  })

  it('closes the body of an answer that was asked for without its signal', async () => {
    let cancelled = 0
    const body = new ReadableStream<Uint8Array>({ cancel: () => void cancelled++ })
    const { clock, stream } = setUp(async () => new Response(body, { headers: EVENT_STREAM }))
    await stream.start('Hi')
    await clock.settle()
    stream.stop()
    await clock.settle()
    expect(cancelled).toBe(1)
  })

  it('asks the agent to end its run where it is told how', async () => {
    const cancel = vi.fn()
    const { clock, transport, stream, state } = setUpStream({ cancel })
    stream.connect()
    await clock.settle()
    transport.send(started('r1'), delta('a', 'c9'))
    await clock.advance(50)
    stream.stop({ cancelRun: true })
    expect(state().status).toBe('stopped')
    expect(cancel).toHaveBeenCalledWith({ id: 'fake', runId: 'r1', cursor: 'c9' })
  })

  it('tells when the agent could not be asked to end it, and is stopped all the same', async () => {
    for (const cancel of [undefined, async () => Promise.reject(new Error('refused'))]) {
      const onError = vi.fn()
      const clock = createManualClock()
      const transport = fakeTransport()
      const { name, open } = transport
      const stream = createAgentStream({ transport: { name, open }, clock, cancel, onError })
      const state = () => stream.store.getState()
      stream.connect()
      await clock.settle()
      transport.send(started('r1'))
      await clock.advance(50)
      stream.stop({ cancelRun: true })
      await clock.settle()
      expect(state().status).toBe('stopped')
      expect(onError).toHaveBeenCalledWith(expect.objectContaining({ code: 'cancel-failed' }))
    }
  })
})

describe('a response that streams, and can be read but once', () => {
  async function reading() {
    const text = `id: c1\ndata: ${JSON.stringify(answer('half')[1])}\n\n`
    const set = setUp(async () => {
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(new TextEncoder().encode(text)),
      })
      return new Response(body, { headers: EVENT_STREAM })
    })
    await set.stream.start('Hi')
    await set.clock.advance(50)
    return set
  }

  it.for(['reconnect', 'hydrate'] as const)('is read on when %s is called', async (verb) => {
    const { clock, stream, state } = await reading()
    if (verb === 'reconnect') stream.reconnect()
    else stream.hydrate(state().messages, 'c1')
    await clock.advance(50)
    expect(state()).toMatchObject({ status: 'streaming', connection: 'open', error: null })
  })

  it('is truncated once closed, so that another run may start', async () => {
    const { stream, state } = await reading()
    stream.close()
    expect(state()).toMatchObject({ status: 'truncated', messages: [{ text: 'half' }] })
    await stream.start('again')
    expect(state().status).toBe('submitted')
  })
})

it('leaves no run submitted for ever when it is closed while the agent is being asked', async () => {
  const { stream, state } = setUp(() => deferred<Response>().promise)
  void stream.start('Hi', { optimistic: 'Hi' })
  stream.close()
  expect(state()).toMatchObject({ status: 'truncated', messages: [{ delivery: 'failed' }] })
})

describe('hydrate', () => {
  it('mends a gap from the application’s own history and goes on after it', async () => {
    const { clock, transport, stream, state } = setUpStream()
    stream.connect()
    await clock.settle()
    const gap = { reason: 'trimmed', from: null, to: 'c5' }
    transport.send(
      { event: 'relay.gap', id: undefined, data: JSON.stringify(gap) },
      delta('tail', 'c5'),
    )
    await clock.advance(50)
    expect(state().gaps).toHaveLength(1)
    const history = {
      id: 'm1',
      role: 'assistant',
      runId: null,
      parts: [],
      text: 'whole tail',
    } as const
    stream.hydrate([history], 'c6')
    expect(state()).toMatchObject({ gaps: [], cursor: 'c6', messages: [{ text: 'whole tail' }] })
    await clock.settle()
    expect(transport.opened).toEqual([null, 'c6'])
    transport.send(event({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'm2', delta: 'new' }, 'c7'))
    await clock.advance(50)
    expect(state().messages.map(({ text }) => text)).toEqual(['whole tail', 'new'])
  })

  it('takes events again that lie after an older cursor', async () => {
    const { clock, transport, stream, state } = setUpStream()
    stream.connect()
    await clock.settle()
    transport.send(delta('a', 'c1'), delta('b', 'c2'))
    await clock.advance(50)
    stream.hydrate([], 'c1')
    await clock.settle()
    transport.send(delta('b', 'c2'))
    await clock.advance(50)
    expect(state().messages[0]?.text).toBe('b')
  })

  it('changes the messages alone without a cursor', async () => {
    const { clock, transport, stream, state } = setUpStream()
    stream.connect()
    await clock.settle()
    transport.send(delta('a', 'c1'))
    await clock.advance(50)
    stream.hydrate([])
    expect(state()).toMatchObject({ messages: [], cursor: 'c1' })
    expect(transport.opened).toHaveLength(1)
  })
})

it('reads nothing when it only knows how to start', async () => {
  const { clock, stream, state } = setUp(async () => ({ transport: fromAsyncIterable(empty()) }))
  stream.connect()
  await clock.advance(1000)
  expect(state()).toMatchObject({ status: 'idle', connection: 'idle' })
})

async function* empty(): AsyncGenerator<string> {}
