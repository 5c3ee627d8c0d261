// What an application may call, and when: from within its own callbacks, out of order, and again and again.
import { describe, expect, it, vi } from 'vitest'
import { createAgentStream } from '../src/index.ts'
import type { Protocol } from '../src/core/protocol.ts'
import { agUi } from '../src/protocols/index.ts'
import { createManualClock } from '../src/testing/manual-clock.ts'
import { fakeTransport } from '../src/testing/fake-transport.ts'
import { control, delta, event, finished, setUpStream, started } from './set-up-stream.ts'

describe('called from within a subscriber', () => {
  it('finishes once when a subscriber stops the run', async () => {
    const onFinish = vi.fn()
    const { clock, transport, stream, state } = setUpStream({ onFinish })
    stream.store.subscribe(({ messages }) => messages.length > 0 && stream.stop())
    stream.connect()
    await clock.settle()
    transport.send(delta('a'))
    await clock.settle()
    expect(state()).toMatchObject({ status: 'stopped', connection: 'closed' })
    expect(onFinish).toHaveBeenCalledTimes(1)
  })

  it('tells a gap once when a subscriber flushes', async () => {
    const onGap = vi.fn()
    const { clock, transport, stream } = setUpStream({ onGap, schedule: 'immediate' })
    stream.store.subscribe(() => stream.flush())
    stream.connect()
    await clock.settle()
    const gap = { reason: 'trimmed', from: null, to: 'x' }
    transport.send(delta('a'), control('gap', gap), delta('b'))
    await clock.settle()
    expect(onGap).toHaveBeenCalledTimes(1)
  })

  it('tells the others although one throws', async () => {
    const clock = createManualClock()
    const transport = fakeTransport()
    const stream = createAgentStream({ transport, clock, onError: () => {} })
    stream.store.subscribe(() => {
      throw new Error('first')
    })
    const shown: string[] = []
    stream.store.subscribe(({ status }) => shown.push(status))
    stream.connect()
    await clock.settle()
    transport.send(delta('a'), finished())
    await clock.advance(50)
    expect(shown.at(-1)).toBe('finished')
  })
})

describe('called from within a callback', () => {
  it.for(['stop', 'close'] as const)('takes nothing more once onEvent calls %s', async (verb) => {
    let seen = 0
    const { clock, transport, stream, state, writes } = setUpStream({
      onEvent: () => {
        if (++seen === 2) stream[verb]()
      },
    })
    stream.connect()
    await clock.settle()
    transport.send(delta('a', 'c1'), delta('b', 'c2'), delta('c', 'c3'))
    await clock.settle()
    const before = writes.length
    await clock.advance(5000)
    expect(writes).toHaveLength(before)
    expect(seen).toBe(2)
    expect(state().messages[0]?.text).toBe('ab')
    expect(state()).toMatchObject({ cursor: 'c2', connection: 'closed' })
    stream.connect()
    await clock.settle()
    expect(transport.opened.at(-1)).toBe('c2')
  })

  it('comes to rest when onFlush flushes or stops', async () => {
    let flushes = 0
    const { clock, transport, stream } = setUpStream({
      onFlush: () => {
        if (++flushes > 50) throw new Error('endless')
        stream.flush()
        if (stream.store.getState().messages.length > 0) stream.stop()
      },
    })
    stream.connect()
    await clock.settle()
    transport.send(delta('a'))
    await clock.advance(100)
    expect(flushes).toBeLessThan(6)
  })

  it('connects again from onError without ending the run that goes on', async () => {
    const { clock, transport, stream, state } = setUpStream({
      reconnect: { maxAttempts: 0 },
      onError: () => stream.connect(),
    })
    stream.connect()
    await clock.settle()
    transport.send(delta('a'))
    await clock.settle()
    transport.cut()
    await clock.settle()
    transport.send(delta('b'))
    await clock.advance(50)
    expect(state()).toMatchObject({ status: 'streaming', connection: 'open', error: null })
  })
})

describe('connecting again', () => {
  it('reads on after the stream did not begin in time', async () => {
    const { clock, transport, stream, state } = setUpStream()
    stream.connect()
    await clock.settle()
    transport.send(control('error', { code: 'not-started', message: 'nothing for 60 s' }))
    await clock.settle()
    expect(state()).toMatchObject({ status: 'failed', connection: 'closed' })
    stream.reconnect()
    await clock.settle()
    expect(transport.connected).toBe(true)
    transport.send(delta('late'))
    await clock.advance(50)
    expect(state()).toMatchObject({ status: 'streaming', error: null })
    expect(state().messages[0]?.text).toBe('late')
  })

  it('is streaming again, without the old error, once a truncated run goes on', async () => {
    const { clock, transport, stream, state } = setUpStream({ reconnect: { maxAttempts: 0 } })
    stream.connect()
    await clock.settle()
    transport.send(delta('a'))
    await clock.settle()
    transport.cut()
    await clock.settle()
    expect(state().status).toBe('truncated')
    stream.reconnect()
    await clock.settle()
    transport.send(delta('b'))
    await clock.advance(50)
    expect(state()).toMatchObject({ status: 'streaming', error: null })
    transport.send(finished())
    await clock.advance(50)
    expect(state()).toMatchObject({ status: 'finished', error: null })
  })

  it('stays finished when a finished stream is connected again', async () => {
    const { clock, transport, stream, state } = setUpStream()
    stream.connect()
    await clock.settle()
    transport.send(delta('a'), finished(), control('end', { reason: 'completed' }))
    await clock.settle()
    stream.connect()
    await clock.settle()
    transport.send(control('end', {}))
    await clock.advance(50)
    expect(state()).toMatchObject({ status: 'finished', connection: 'closed' })
  })

  it.for(['cursor', 'none'] as const)(
    'reads a log without ids anew, and shows it once (%s)',
    async (resume) => {
      const onGap = vi.fn()
      const { clock, transport, stream, state } = setUpStream({
        protocol: { ...agUi, resume },
        onGap,
      })
      const whole = [delta('a'), delta('b'), finished()].map((one) => ({ ...one, id: undefined }))
      stream.connect()
      await clock.settle()
      transport.send(...whole.slice(0, 1))
      transport.cut()
      await clock.advance(50)
      expect(state()).toMatchObject({ status: 'truncated', messages: [{ text: 'a' }] })
      stream.reconnect()
      await clock.settle()
      transport.send(...whole)
      await clock.advance(50)
      expect(state()).toMatchObject({ status: 'finished', messages: [{ text: 'ab' }] })
      expect(onGap).toHaveBeenCalledTimes(1)
      // Once it is over there is nothing to be had.
      stream.close()
      stream.connect()
      stream.reconnect()
      await clock.settle()
      expect(transport.opened).toHaveLength(2)
      expect(state()).toMatchObject({ status: 'finished', messages: [{ text: 'ab' }] })
    },
  )

  it('takes nothing from a connection that was given up for another one', async () => {
    const clock = createManualClock()
    const sends: ((text: string) => void)[] = []
    // Deaf: goes on delivering whatever its signal says.
    const transport = {
      name: 'deaf',
      async *open() {
        let give = (_: string): void => {}
        sends.push((text) => give(text))
        for (;;) {
          const text = await new Promise<string>((resolve) => (give = resolve))
          yield { at: 0, frames: [delta(text)] }
        }
      },
    }
    const stream = createAgentStream({ transport, clock })
    stream.connect()
    await clock.settle()
    stream.close()
    stream.connect()
    await clock.settle()
    sends[0]?.('old')
    sends[1]?.('new')
    await clock.advance(50)
    expect(stream.store.getState().messages[0]?.text).toBe('new')
  })
})

describe('several runs in one stream', () => {
  it('tells the end of each, also of those that one flush shows', async () => {
    const onFinish = vi.fn()
    const { clock, transport, stream } = setUpStream({ onFinish })
    stream.connect()
    await clock.settle()
    transport.send(started('1'), delta('a'), finished('1'))
    await clock.advance(50)
    transport.send(started('2'), delta('b'), finished('2'), started('3'))
    await clock.advance(50)
    expect(onFinish).toHaveBeenCalledTimes(2)
  })

  it('leaves a run as it ended, whatever comes after', async () => {
    const onFinish = vi.fn()
    const { clock, transport, stream, state } = setUpStream({ onFinish })
    stream.connect()
    await clock.settle()
    transport.send(event({ type: 'RUN_ERROR', message: 'out of credit' }))
    await clock.advance(50)
    transport.send(finished(), delta('afterthought'))
    await clock.advance(50)
    expect(state()).toMatchObject({ status: 'failed', error: { code: 'run-failed' } })
    expect(state().messages[0]?.text).toBe('afterthought')
    expect(onFinish).toHaveBeenCalledTimes(1)
  })
})

describe('code of the application that throws', () => {
  const throwing = (count: number, events: readonly unknown[]): number => {
    if (count === 1) throw new Error('reducer broke')
    return count + events.length
  }

  it('shows the end of a run although the reducer throws, and says that events are missing', async () => {
    const clock = createManualClock()
    const transport = fakeTransport()
    const onError = vi.fn()
    const stream = createAgentStream({
      transport,
      clock,
      reduce: throwing,
      initialState: 0,
      onError,
    })
    stream.connect()
    await clock.settle()
    transport.send(delta('a'))
    await clock.advance(50)
    transport.send(delta('b'), finished())
    transport.end()
    await clock.advance(50)
    expect(stream.store.getState()).toMatchObject({ state: 1, status: 'finished' })
    expect(stream.store.getState().error).toMatchObject({ code: 'callback-threw' })
    expect(onError).toHaveBeenCalledTimes(1)
  })

  it('leaves what is thrown to the page where no onError is given', async () => {
    const clock = createManualClock()
    const transport = fakeTransport()
    const stream = createAgentStream({ transport, clock, reduce: throwing, initialState: 1 })
    const surfaced = vi.spyOn(Promise, 'reject').mockReturnValue(new Promise(() => {}))
    stream.connect()
    await clock.settle()
    transport.send(delta('a'))
    await clock.advance(50)
    expect(surfaced.mock.calls).toEqual([[new Error('reducer broke')]])
    surfaced.mockRestore()
  })

  it('goes on when a protocol throws at the question whether an event ends the run', async () => {
    const terminal = () => {
      throw new Error('terminal broke')
    }
    const { clock, transport, stream, state } = setUpStream({ protocol: { ...agUi, terminal } })
    stream.connect()
    await clock.settle()
    transport.send(delta('a'), delta('b'))
    await clock.advance(50)
    expect(state()).toMatchObject({ status: 'streaming', messages: [{ text: 'ab' }] })
  })

  it('takes an event that its protocol threw at for malformed', async () => {
    const protocol: Protocol = {
      name: 'naive',
      resume: 'cursor',
      decode: ({ data }) => ({ kind: 'events', events: [JSON.parse(data)] }),
    }
    const { clock, transport, stream, state } = setUpStream({ protocol })
    stream.connect()
    await clock.settle()
    transport.send(delta('a'), { event: 'message', id: 'x', data: '{' }, delta('b'))
    await clock.advance(50)
    expect(state().messages[0]?.text).toBe('ab')
    expect(stream.metrics.snapshot()).toMatchObject({ events: 3, malformed: 1, backlog: 0 })
  })
})

describe('what the relay says, in nonsense', () => {
  it.for([{ reason: 'banana' }, { reason: '__proto__' }, { reason: 7 }])(
    'ends the run whatever reason it is given: %o',
    async (payload) => {
      const { clock, transport, stream, state } = setUpStream()
      stream.connect()
      await clock.settle()
      transport.send(delta('a'), control('end', payload))
      await clock.settle()
      expect(state()).toMatchObject({ status: 'finished', finish: { reason: 'completed' } })
    },
  )

  it('counts a gap that says nothing as malformed', async () => {
    const onError = vi.fn()
    const { clock, transport, stream, state } = setUpStream({ onError })
    stream.connect()
    await clock.settle()
    transport.send({ event: 'relay.gap', id: undefined, data: 'what?' }, delta('a'))
    await clock.settle()
    expect(state().gaps).toEqual([])
    expect(onError.mock.calls[0]?.[0]).toMatchObject({ code: 'malformed-event' })
    expect(stream.metrics.snapshot()).toMatchObject({ events: 2, malformed: 1, backlog: 0 })
  })

  it('forgets its cursor on an empty id, as the specification of SSE has it', async () => {
    const { clock, transport, stream } = setUpStream()
    stream.connect()
    await clock.settle()
    transport.send(delta('a', 'c1'), delta('b', ''))
    await clock.settle()
    expect(stream.cursor).toBe(null)
    expect(stream.store.getState().cursor).toBe(null)
  })
})

describe('flushes', () => {
  it('counts only publications', async () => {
    const { clock, transport, stream } = setUpStream()
    stream.connect()
    await clock.advance(50)
    transport.send(delta('a'), finished())
    await clock.advance(50)
    const { flushes } = stream.metrics.snapshot()
    stream.flush()
    stream.flush()
    transport.send()
    await clock.advance(50)
    expect(stream.metrics.snapshot().flushes).toBe(flushes)
  })

  it('counts characters of text, reasoning and arguments, and of nothing else', async () => {
    const { clock, transport, stream } = setUpStream()
    stream.connect()
    await clock.settle()
    transport.send(
      delta('four'),
      event({ type: 'STATE_DELTA', delta: [{ op: 'add' }] }),
      event({ type: 'TOOL_CALL_ARGS', toolCallId: 't', delta: '{}' }),
    )
    await clock.settle()
    expect(stream.metrics.snapshot().chars).toBe(6)
  })
})
