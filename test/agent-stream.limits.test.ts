import { describe, expect, it, vi } from 'vitest'
import { control, delta, event, finished, setUpStream } from './set-up-stream.ts'

describe('limits', () => {
  it('publishes at once what is more than may wait, and says so', async () => {
    const onError = vi.fn()
    const { clock, transport, stream, writes } = setUpStream({
      schedule: 'immediate',
      limits: { backlogEvents: 100 },
      onError,
    })
    stream.connect()
    await clock.settle()
    const before = writes.length
    transport.send(...Array.from({ length: 250 }, () => delta('x')), finished())
    await clock.advance(1000)
    expect(stream.metrics.snapshot().backlog).toBe(0)
    expect(writes.at(-1)).toMatchObject({ text: 'x'.repeat(250), status: 'finished' })
    // Two bursts of 101 and the other 49 one by one.
    expect(writes.length - before).toBeLessThan(60)
    expect(onError.mock.calls.map(([{ code }]) => code)).toEqual([
      'backlog-exceeded',
      'backlog-exceeded',
    ])
  })

  it('comes to rest when it is stopped, or flushed, because of that', async () => {
    for (const verb of ['stop', 'flush'] as const) {
      const onError = vi.fn(() => stream[verb]())
      const { clock, transport, stream, state } = setUpStream({
        limits: { backlogEvents: 3 },
        onError,
      })
      stream.connect()
      await clock.settle()
      transport.send(delta('x'))
      await clock.advance(50)
      transport.send(...Array.from({ length: 4 }, () => delta('x')))
      await clock.advance(50)
      expect(state().messages[0]?.text).toBe('xxxxx')
      expect(onError).toHaveBeenCalledTimes(1)
    }
  })

  it('keeps the last gaps, and tells of all', async () => {
    const onGap = vi.fn()
    const { clock, transport, stream, state } = setUpStream({ limits: { gaps: 3 }, onGap })
    stream.connect()
    await clock.settle()
    for (let place = 0; place < 10; place++) {
      transport.send(control('gap', { reason: 'trimmed', from: null, to: `c${place}` }))
    }
    await clock.advance(50)
    expect(state().gaps.map(({ to }) => to)).toEqual(['c7', 'c8', 'c9'])
    expect(onGap).toHaveBeenCalledTimes(10)
  })

  it('lets no message grow for ever, says so once for each, and tears no character', async () => {
    const onError = vi.fn()
    const { clock, transport, stream, state } = setUpStream({
      limits: { messageChars: 10 },
      onError,
    })
    stream.connect()
    await clock.settle()
    transport.send(delta('12345'), delta('67890'))
    await clock.advance(50)
    expect(onError).not.toHaveBeenCalled()
    for (const more of ['🎉🎉', 'x', 'y'.repeat(1000)]) {
      transport.send(delta(more))
      await clock.advance(50)
    }
    const args = `${'z'.repeat(9)}🎉more`
    const other = { type: 'TOOL_CALL_ARGS', toolCallId: 'k', delta: args }
    transport.send(event(other), event({ ...other, delta: 'more' }))
    await clock.advance(50)
    const [message, call] = state().messages
    expect(message?.text).toBe('1234567890')
    expect(message?.parts[0]).toMatchObject({ text: '1234567890' })
    expect(call?.parts[0]).toMatchObject({ args: 'z'.repeat(9) })
    expect(onError.mock.calls.map(([{ code }]) => code)).toEqual([
      'message-too-long',
      'message-too-long',
    ])
    expect(state()).toMatchObject({ status: 'streaming', error: { code: 'message-too-long' } })
  })

  it('keeps no gaps where none are to be kept', async () => {
    const { clock, transport, stream, state } = setUpStream({ limits: { gaps: 0 } })
    stream.connect()
    await clock.settle()
    transport.send(control('gap', { reason: 'trimmed', from: null, to: 'c1' }))
    await clock.advance(50)
    expect(state().gaps).toEqual([])
  })

  it('takes no more of a frame than its budget, and loses nothing of the rest', async () => {
    const clock = setUpStream().clock
    let now = 0
    const { transport, stream, state, writes } = setUpStream({
      // Every look at the clock costs 3 ms: no flush gets further than a few slices.
      clock: { ...clock, now: () => (now += 3) },
    })
    stream.connect()
    await clock.settle()
    const before = writes.length
    transport.send(...Array.from({ length: 5000 }, (_, index) => delta(`${index},`)), finished())
    await clock.advance(2000)
    expect(writes.length - before).toBeGreaterThan(2)
    expect(state()).toMatchObject({ status: 'finished' })
    expect(state().messages[0]?.text.split(',')).toHaveLength(5001)
    const lengths = writes.map(({ text }) => text.length)
    expect(lengths).toEqual(lengths.toSorted((a, b) => a - b))
  })
})
