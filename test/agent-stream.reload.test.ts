// A reload in the middle of a run: another page goes on where the last one was, and the text is one.
import { describe, expect, it } from 'vitest'
import {
  type AgentStreamOptions,
  createAgentStream,
  type Protocol,
  type Start,
} from '../src/index.ts'
import { suna } from '../src/protocols/index.ts'
import { createManualClock, type ManualClock } from '../src/testing/manual-clock.ts'
import { fakeTransport } from '../src/testing/fake-transport.ts'
import { delta, event, finished, started } from './set-up-stream.ts'

function memoryStorage() {
  const items = new Map<string, string>()
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  }
}

/** One page of a tab whose storage outlives it. */
function page(
  storage: Storage | ReturnType<typeof memoryStorage>,
  extra: { protocol?: Protocol; start?: Start<unknown> } = {},
) {
  const clock = createManualClock()
  const transport = fakeTransport()
  const options: AgentStreamOptions = {
    id: 'chat-1',
    transport,
    clock,
    resume: { key: 'chat', storage },
    ...extra,
  }
  const stream = createAgentStream(options)
  return { clock, transport, stream, state: () => stream.store.getState() }
}

describe('a reload', () => {
  it('goes on after the last event, with the text that was there', async () => {
    const storage = memoryStorage()
    const before = page(storage)
    before.stream.connect()
    await before.clock.settle()
    before.transport.send(started('r1'), delta('one ', 'c1'), delta('two ', 'c2'))
    await before.clock.settle()
    before.clock.leave()

    const after = page(storage)
    expect(after.state()).toMatchObject({ messages: [], status: 'idle' })
    after.stream.connect()
    expect(after.state()).toMatchObject({
      status: 'streaming',
      runId: 'r1',
      cursor: 'c2',
      messages: [{ text: 'one two ' }],
    })
    await after.clock.settle()
    expect(after.transport.opened).toEqual(['c2'])
    after.transport.send(delta('three', 'c3'), finished('r1'))
    await after.clock.advance(50)
    expect(after.state()).toMatchObject({
      status: 'finished',
      messages: [{ text: 'one two three' }],
    })
  })

  it('goes on in the middle of what a protocol must remember', async () => {
    const row = (
      type: string,
      content: object,
      metadata: object,
      message_id: string | null = null,
    ) =>
      event({
        type,
        message_id,
        content: JSON.stringify(content),
        metadata: JSON.stringify(metadata),
      })
    const chunk = (content: string) =>
      row('assistant', { content }, { stream_status: 'chunk', thread_run_id: 'r1' })
    const storage = memoryStorage()
    const before = page(storage, { protocol: suna() })
    before.stream.connect()
    await before.clock.settle()
    before.transport.send(chunk('Grü'), chunk('ße'))
    await before.clock.settle()
    before.clock.leave()

    const after = page(storage, { protocol: suna() })
    after.stream.connect()
    await after.clock.settle()
    after.transport.send(
      chunk(' 漢字'),
      row(
        'assistant',
        { content: 'Grüße 漢字' },
        { stream_status: 'complete', thread_run_id: 'r1' },
        'db-1',
      ),
    )
    await after.clock.advance(50)
    expect(after.state().messages.map(({ id, text }) => [id, text])).toEqual([
      ['db-1', 'Grüße 漢字'],
    ])
  })

  it('shows a finished run again, and leaves a stopped one stopped', async () => {
    for (const end of ['finished', 'stopped'] as const) {
      const storage = memoryStorage()
      const before = page(storage)
      before.stream.connect()
      await before.clock.settle()
      before.transport.send(
        started(),
        delta('text', 'c1'),
        ...(end === 'finished' ? [finished()] : []),
      )
      await before.clock.settle()
      if (end === 'stopped') before.stream.stop()
      before.stream.close()

      const after = page(storage)
      after.stream.connect()
      await after.clock.settle()
      expect(after.state()).toMatchObject({ status: end, messages: [{ text: 'text' }] })
      expect(after.transport.opened).toHaveLength(end === 'finished' ? 1 : 0)
    }
  })

  it('says that a message may not have been sent that was on its way', async () => {
    const storage = memoryStorage()
    const before = page(storage, { start: () => new Promise<never>(() => {}) })
    before.stream.connect()
    await before.clock.settle()
    before.transport.send(started(), delta('text', 'c1'), finished())
    await before.clock.advance(50)
    void before.stream.start('more', { optimistic: 'more' })
    before.clock.leave()

    const after = page(storage)
    after.stream.connect()
    expect(after.state().messages.at(-1)).toMatchObject({ text: 'more', delivery: 'failed' })
  })

  it('leaves no run under way that can be read nowhere', async () => {
    const storage = memoryStorage()
    const open = (clock: ManualClock) =>
      createAgentStream({
        id: 'chat-1',
        clock,
        resume: { key: 'chat', storage },
        start: async () => ({ transport }),
      })
    const clock = createManualClock()
    const transport = fakeTransport()
    await open(clock).start('Hi')
    await clock.settle()
    transport.send(delta('half', 'c1'))
    await clock.settle()
    clock.leave()

    const after = open(createManualClock())
    after.connect()
    expect(after.store.getState()).toMatchObject({
      status: 'truncated',
      messages: [{ text: 'half' }],
    })
    await expect(after.start('again')).resolves.toBeUndefined()
  })

  it('begins anew when the stream is another one, or what was kept is not whole', async () => {
    const storage = memoryStorage()
    const kept = { version: 1, id: 'chat-1', position: { cursor: 'c1', memory: {} } }
    for (const text of [
      '{"version":1,"id":"chat-2"}',
      'not json',
      'null',
      JSON.stringify(kept),
      JSON.stringify({ ...kept, run: { status: 'streaming' }, state: {} }),
      JSON.stringify({ ...kept, run: { status: 'streaming' }, state: { messages: [null] } }),
      JSON.stringify({
        ...kept,
        version: 2,
        run: { status: 'streaming' },
        state: { messages: [] },
      }),
    ]) {
      storage.setItem('framewise:chat', text)
      const { clock, transport, stream, state } = page(storage)
      stream.connect()
      await clock.settle()
      expect(transport.opened).toEqual([null])
      expect(state().messages).toEqual([])
    }
  })

  it('begins anew where nothing can be kept', async () => {
    const refuse = () => {
      throw new DOMException('quota', 'QuotaExceededError')
    }
    const { clock, transport, stream } = page({
      ...memoryStorage(),
      setItem: refuse,
      getItem: refuse,
    })
    stream.connect()
    await clock.settle()
    transport.send(delta('a', 'c1'))
    await clock.settle()
    clock.leave()
    stream.close()
    expect(transport.opened).toEqual([null])
  })

  it('keeps nothing of a state that JSON cannot hold, and closes all the same', async () => {
    const storage = memoryStorage()
    const clock = createManualClock()
    const transport = fakeTransport()
    const stream = createAgentStream({
      transport,
      clock,
      resume: { key: 'chat', storage },
      reduce: () => 1n,
      initialState: 0n,
    })
    stream.connect()
    await clock.settle()
    transport.send(delta('a', 'c1'))
    await clock.settle()
    clock.leave()
    stream.close()
    expect(storage.items.size).toBe(0)
  })

  it('keeps nothing of a log that cannot be gone on with', async () => {
    const storage = memoryStorage()
    const { clock, transport, stream } = page(storage)
    stream.connect()
    await clock.settle()
    transport.send({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'm1', delta: 'no id' })
    await clock.settle()
    clock.leave()
    expect(storage.items.size).toBe(0)
  })
})
