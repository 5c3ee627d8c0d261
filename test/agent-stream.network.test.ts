// Offline, silence, sleep, and servers that ask for patience: what a stream does when the wire misbehaves.
import { describe, expect, it } from 'vitest'
import { AgentStreamError } from '../src/index.ts'
import { control, delta, finished, setUpStream, started } from './set-up-stream.ts'

const cut = (options?: { status?: number; retryAfterMs?: number }): AgentStreamError =>
  new AgentStreamError(options ? 'http-status' : 'connection-failed', 'by the test', options)

describe('offline', () => {
  it('is said at once, while what is open is read on', async () => {
    const { clock, transport, stream, state } = setUpStream()
    stream.connect()
    await clock.settle()
    clock.setOnline(false)
    await clock.advance(20)
    expect(state().connection).toBe('offline')
    transport.send(delta('still here'))
    await clock.advance(20)
    expect(state()).toMatchObject({ connection: 'open', messages: [{ text: 'still here' }] })
    expect(transport.opened).toHaveLength(1)
  })

  it('uses up no attempts, however long the tunnel is', async () => {
    const { clock, transport, stream, state } = setUpStream({ reconnect: { maxAttempts: 2 } })
    stream.connect()
    await clock.settle()
    transport.send(started(), delta('a', 'c1'))
    clock.setOnline(false)
    transport.cut()
    for (let minute = 0; minute < 10; minute++) {
      await clock.advance(60_000)
      if (transport.connected) transport.cut()
      await clock.advance(20)
    }
    expect(state()).toMatchObject({ connection: 'offline', status: 'streaming' })
    clock.setOnline(true)
    await clock.settle()
    transport.send(delta('b', 'c2'), finished())
    await clock.advance(50)
    expect(state()).toMatchObject({ status: 'finished', messages: [{ text: 'ab' }] })
    expect(transport.opened.at(-1)).toBe('c1')
  })

  it('uses up no attempts, however often the network comes and goes', async () => {
    const { clock, transport, stream, state } = setUpStream()
    stream.connect()
    await clock.settle()
    transport.send(delta('a', 'c1'))
    transport.cut()
    await clock.settle()
    for (let flap = 0; flap < 20; flap++) {
      transport.refuse()
      clock.setOnline(false)
      clock.setOnline(true)
      await clock.advance(100)
    }
    await clock.advance(1000)
    expect(state()).toMatchObject({ status: 'streaming', connection: 'open' })
  })

  it('ends the wait as soon as the network is back', async () => {
    const { clock, transport, stream } = setUpStream({ reconnect: { baseMs: 20_000 } })
    stream.connect()
    await clock.settle()
    transport.send(delta('a', 'c1'))
    transport.cut()
    await clock.settle()
    expect(transport.opened).toHaveLength(1)
    clock.setOnline(true)
    await clock.settle()
    expect(transport.opened).toEqual([null, 'c1'])
  })
})

describe('waking up', () => {
  it('makes a connection anew, from the cursor, and counts no attempt', async () => {
    const { clock, transport, stream, state } = setUpStream({ reconnect: { maxAttempts: 0 } })
    stream.connect()
    await clock.settle()
    transport.send(delta('a', 'c1'))
    await clock.freeze(3_600_000)
    await clock.settle()
    expect(transport.opened).toEqual([null, 'c1'])
    transport.send(delta('b', 'c2'), finished())
    await clock.advance(50)
    expect(state()).toMatchObject({ status: 'finished', messages: [{ text: 'ab' }] })
  })

  it('makes one connection however often the page says that it woke', async () => {
    const { clock, transport, stream } = setUpStream()
    stream.connect()
    await clock.settle()
    transport.send(delta('a', 'c1'))
    await clock.advance(5000)
    for (let times = 0; times < 20; times++) {
      clock.setOnline(false)
      clock.setOnline(true)
      await clock.advance(20)
    }
    expect(transport.opened).toEqual([null, 'c1'])
  })

  it('leaves a connection alone that could not be resumed', async () => {
    const { clock, transport, stream, state } = setUpStream()
    stream.connect()
    await clock.settle()
    const unnumbered = { type: 'TEXT_MESSAGE_CONTENT', messageId: 'm1', delta: 'a' }
    transport.send(unnumbered)
    await clock.settle()
    await clock.freeze(3_600_000)
    await clock.advance(10_000)
    expect(transport.opened).toHaveLength(1)
    transport.send(unnumbered)
    await clock.advance(50)
    expect(state().messages[0]?.text).toBe('aa')
  })
})

describe('silence', () => {
  const hello = control('hello', { version: 1, stream: 's', heartbeatMs: 15_000 })

  it('is taken for a dead wire after 2.5 heartbeats, and another one goes on', async () => {
    const { clock, transport, stream, state } = setUpStream()
    stream.connect()
    await clock.settle()
    transport.send(hello, delta('a', 'c1'))
    await clock.advance(37_400)
    expect(transport.opened).toHaveLength(1)
    await clock.advance(1000)
    expect(transport.opened).toEqual([null, 'c1'])
    transport.send(hello, delta('b', 'c2'), finished())
    await clock.advance(50)
    expect(state()).toMatchObject({ status: 'finished', error: null, messages: [{ text: 'ab' }] })
  })

  it('is no silence while heartbeats come', async () => {
    const { clock, transport, stream } = setUpStream()
    stream.connect()
    await clock.settle()
    transport.send(hello)
    for (let beat = 0; beat < 40; beat++) {
      await clock.advance(15_000)
      transport.send()
    }
    expect(transport.opened).toHaveLength(1)
  })

  it('may last for ever where nobody promised a heartbeat', async () => {
    const { clock, transport, stream } = setUpStream()
    stream.connect()
    await clock.settle()
    transport.send(started())
    await clock.advance(3_600_000)
    expect(transport.opened).toHaveLength(1)
  })

  it('ends a run that cannot be resumed, and says why', async () => {
    const { clock, transport, stream, state } = setUpStream({ idleTimeoutMs: 10_000 })
    stream.connect()
    await clock.settle()
    transport.send({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'm1', delta: 'a' })
    await clock.advance(10_100)
    expect(state()).toMatchObject({ status: 'truncated', error: { code: 'idle-timeout' } })
    expect(state().messages[0]?.text).toBe('a')
  })
})

describe('a proxy that cuts every minute', () => {
  it('does not end a run that is silent for long, while heartbeats come', async () => {
    const { clock, transport, stream, state } = setUpStream({ reconnect: { maxAttempts: 3 } })
    stream.connect()
    await clock.settle()
    transport.send(started(), delta('a', 'c1'))
    for (let minute = 0; minute < 10; minute++) {
      for (let beat = 0; beat < 4; beat++) {
        await clock.advance(15_000)
        transport.send()
      }
      await clock.settle()
      transport.cut()
      await clock.advance(20_000)
    }
    transport.send(delta('b', 'c2'), finished())
    await clock.advance(50)
    expect(state()).toMatchObject({ status: 'finished', messages: [{ text: 'ab' }] })
  })
})

describe('a relay that asks to come back', () => {
  const openFor = async (ms: number, reconnect = {}) => {
    const page = setUpStream({ reconnect })
    page.stream.connect()
    await page.clock.settle()
    page.transport.send(started(), delta('a', 'c1'))
    await page.clock.advance(ms)
    return page
  }
  const comeBack = (afterMs: unknown) => control('reconnect', { reason: 'any', afterMs })

  it('at once is heeded at once, though the relay goes on, as often as it asks', async () => {
    const { clock, transport, stream, state } = await openFor(1000, { maxAttempts: 1 })
    for (let time = 1; time <= 4; time++) {
      transport.send(comeBack(0))
      await clock.settle()
      expect(transport.opened).toHaveLength(time + 1)
      await clock.advance(1000)
    }
    expect(transport.opened.slice(1)).toEqual(['c1', 'c1', 'c1', 'c1'])
    transport.send(delta('b', 'c2'), finished())
    await clock.advance(50)
    expect(state()).toMatchObject({ status: 'finished', error: null, messages: [{ text: 'ab' }] })
    stream.close()
  })

  it('at once is not heeded on a connection that has just begun', async () => {
    const { clock, transport } = await openFor(900)
    transport.send(comeBack(0))
    await clock.settle()
    expect(transport.opened).toHaveLength(1)
  })

  it('later is heeded to the millisecond, with jitter on top', async () => {
    const { clock, transport } = await openFor(5000)
    transport.send(comeBack(3000))
    await clock.settle()
    expect(transport.opened).toHaveLength(1)
    transport.cut()
    await clock.advance(3440) // and 450 ms of jitter
    expect(transport.opened).toHaveLength(1)
    await clock.advance(20)
    expect(transport.opened).toHaveLength(2)
  })

  it.each([null, 'soon', -1])('at no time that makes sense (%j) is as before', async (afterMs) => {
    const { clock, transport } = await openFor(5000)
    transport.send(comeBack(afterMs))
    await clock.settle()
    expect(transport.opened).toHaveLength(1)
    transport.cut()
    await clock.advance(460)
    expect(transport.opened).toHaveLength(2)
  })
})

describe('a server that asks for patience', () => {
  it('is left alone although the page wakes', async () => {
    const { clock, transport, stream } = setUpStream()
    stream.connect()
    await clock.settle()
    transport.cut(cut({ status: 503, retryAfterMs: 30_000 }))
    await clock.advance(1000)
    clock.setOnline(false)
    clock.setOnline(true)
    await clock.advance(28_000)
    expect(transport.opened).toHaveLength(1)
  })

  it('is left alone for as long as Retry-After says', async () => {
    const { clock, transport, stream } = setUpStream()
    stream.connect()
    await clock.settle()
    transport.cut(cut({ status: 503, retryAfterMs: 30_000 }))
    await clock.advance(29_900)
    expect(transport.opened).toHaveLength(1)
    await clock.advance(700)
    expect(transport.opened).toHaveLength(2)
  })

  it('is not given up for 429 or 425, and is for 403', async () => {
    for (const [status, attempts] of [
      [429, 2],
      [425, 2],
      [403, 1],
    ] as const) {
      const { clock, transport, stream } = setUpStream()
      stream.connect()
      await clock.settle()
      transport.cut(cut({ status }))
      await clock.advance(1000)
      expect(transport.opened).toHaveLength(attempts)
    }
  })

  it('cannot make the page wait for ever', async () => {
    const { clock, transport, stream } = setUpStream()
    stream.connect()
    await clock.settle()
    transport.cut(cut({ status: 503, retryAfterMs: 1e15 }))
    await clock.advance(3_601_000)
    expect(transport.opened).toHaveLength(2)
  })
})

describe('stop', () => {
  const situations = {
    'while it catches up': async ({ transport }: ReturnType<typeof setUpStream>) => {
      transport.send(control('hello', { version: 1, stream: 's', heartbeatMs: 15_000 }))
      transport.send(started(), delta('a', 'c1'))
    },
    'while it waits to reconnect': async ({ transport }: ReturnType<typeof setUpStream>) => {
      transport.send(started(), delta('a', 'c1'))
      transport.cut()
    },
    'while it is offline': async ({ transport, clock }: ReturnType<typeof setUpStream>) => {
      transport.send(started(), delta('a', 'c1'))
      await clock.settle()
      clock.setOnline(false)
      transport.cut()
    },
  }
  it.each(Object.entries(situations))('is instant %s, and final', async (_when, arrange) => {
    const page = setUpStream()
    const { clock, transport, stream, state } = page
    stream.connect()
    await clock.settle()
    await arrange(page)
    await clock.settle()
    stream.stop()
    expect(state()).toMatchObject({ status: 'stopped', connection: 'closed' })
    expect(state().messages[0]?.text).toBe('a')
    const opened = transport.opened.length
    clock.setOnline(true)
    await clock.freeze(60_000)
    await clock.advance(600_000)
    expect(transport.opened).toHaveLength(opened)
    expect(state().status).toBe('stopped')
  })
})
