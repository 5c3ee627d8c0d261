// What a page finds of the page before it, and what an answer may not do to what is shown: identities and ends.
import { describe, expect, it, vi } from 'vitest'
import { type AgentStreamOptions, type ChatMessage, createAgentStream } from '../src/index.ts'
import { aiSdk } from '../src/protocols/index.ts'
import { createManualClock, relayFrame, textRun } from '../src/testing/index.ts'
import { delta, event, setUpStream } from './set-up-stream.ts'

const EVENT_STREAM = { 'content-type': 'text/event-stream' }

const answer = (events: readonly object[]): Response =>
  new Response(
    events.map((one, index) => `id: c${index}\ndata: ${JSON.stringify(one)}\n\n`).join(''),
    { headers: EVENT_STREAM },
  )

function memoryStorage() {
  const items = new Map<string, string>()
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  }
}

function page(extra: Partial<AgentStreamOptions> = {}, events?: readonly object[]) {
  const clock = createManualClock()
  const start = async (said: unknown) =>
    answer(events ?? textRun(`re: ${said}`, { messageId: `a-${said}` }))
  const options = { id: 'chat', clock, start, ...extra } as AgentStreamOptions
  const stream = createAgentStream(options)
  const say = async (said: string): Promise<void> => {
    await stream.start(said, { optimistic: said })
    await clock.advance(100)
  }
  return { clock, stream, say, texts: () => stream.store.getState().messages.map((m) => m.text) }
}

describe('what is said after a reload', () => {
  it('takes the place of nothing that was said before it', async () => {
    const resume = { key: 'k', storage: memoryStorage() }
    const before = page({ resume })
    await before.say('one')
    before.stream.close()
    const after = page({ resume })
    after.stream.connect()
    await after.clock.advance(100)
    await after.say('two')
    expect(after.texts()).toEqual(['one', 're: one', 'two', 're: two'])
  })

  it('nor of a history that an earlier page had shown, and its answer grows no message of it', async () => {
    const chunks = [
      { type: 'start' },
      { type: 'text-start', id: '1' },
      { type: 'text-delta', id: '1', delta: 'Hi' },
      { type: 'text-end', id: '1' },
      { type: 'finish' },
    ]
    const before = page({ protocol: aiSdk() }, chunks)
    await before.say('one')
    const initialMessages: readonly ChatMessage[] = before.stream.store.getState().messages
    const after = page({ protocol: aiSdk(), initialMessages }, chunks)
    await after.say('two')
    expect(after.texts()).toEqual(['one', 'Hi', 'two', 'Hi'])
  })
})

describe('a run that is asked to end', () => {
  it('is named as `start` named it, whatever its events call it', async () => {
    const cancel = vi.fn()
    const { clock, transport, stream } = setUpStream({
      cancel,
      start: async () => ({ runId: 'asked-for' }),
    })
    stream.connect()
    await clock.settle()
    await stream.start('Hi')
    transport.send(event({ type: 'RUN_STARTED', runId: 'inner' }), delta('x'))
    await clock.advance(50)
    stream.stop({ cancelRun: true })
    expect(cancel).toHaveBeenCalledWith(expect.objectContaining({ runId: 'asked-for' }))
  })
})

describe('an address with nothing to read', () => {
  it('is no run that was cut', async () => {
    const onFinish = vi.fn()
    const clock = createManualClock()
    const stream = createAgentStream({
      url: '/api/chat/1/stream',
      clock,
      onFinish,
      fetch: async () => new Response(null, { status: 204 }),
    })
    stream.connect()
    await clock.advance(100)
    expect(stream.store.getState()).toMatchObject({ status: 'idle', connection: 'closed' })
    expect(onFinish).not.toHaveBeenCalled()
  })
})

describe('a part that was growing', () => {
  it.each([
    ['stopped', ({ stream }: ReturnType<typeof setUpStream>) => stream.stop()],
    ['truncated', ({ transport }: ReturnType<typeof setUpStream>) => transport.cut()],
    [
      'failed',
      ({ transport }: ReturnType<typeof setUpStream>) =>
        transport.send(relayFrame('end', { reason: 'failed' })),
    ],
  ])('is done once its run is %s', async (status, end) => {
    const bench = setUpStream({ reconnect: { maxAttempts: 0 } })
    bench.stream.connect()
    await bench.clock.settle()
    bench.transport.send(delta('Hal'))
    await bench.clock.advance(50)
    end(bench)
    await bench.clock.advance(50)
    expect(bench.state()).toMatchObject({
      status,
      messages: [{ parts: [{ text: 'Hal', state: 'done' }] }],
    })
  })
})
