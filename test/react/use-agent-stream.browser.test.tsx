import { memo, Profiler, StrictMode, useEffect, useState, type ReactNode } from 'react'
import { expect, it, vi } from 'vitest'
import { createAgentStream, type Transport, webSocket } from 'framewise'
import { createMeter } from 'framewise/metrics'
import { useAgentStream, useMessage, useStreamState } from 'framewise/react'
import { fakeTransport, type FakeTransport } from 'framewise/testing'
import { connected, delta, element, finished, root, shows } from './page.ts'

function Chat({ transport, id = 'chat' }: { transport: FakeTransport; id?: string }): ReactNode {
  // Inline on purpose: new objects on every render must not reconnect.
  const { messages, status } = useAgentStream({ id, transport, reconnect: { baseMs: 1 } })
  return (
    <p>
      {status}: {messages.map(({ text }) => text).join('|')}
    </p>
  )
}

it('shows a stream from its first event to its end', async () => {
  const transport = fakeTransport()
  root.render(<Chat transport={transport} />)
  await shows('idle: ')
  await connected(transport)
  transport.send(delta('Hello'))
  await shows('streaming: Hello')
  transport.send(delta(' world'), finished)
  await shows('finished: Hello world')
})

it('opens one connection under StrictMode, and closes it on unmount', async () => {
  const transport = fakeTransport()
  root.render(
    <StrictMode>
      <Chat transport={transport} />
    </StrictMode>,
  )
  await connected(transport)
  transport.send(delta('one'))
  await shows('streaming: one')
  expect(transport.opened).toHaveLength(1)
  root.render(null)
  await vi.waitFor(() => expect(transport.connected).toBe(false))
})

it('does not reconnect for new option objects, and does for a new id', async () => {
  const transport = fakeTransport()
  for (let render = 0; render < 5; render++) root.render(<Chat transport={transport} />)
  await connected(transport)
  transport.send(delta('first'))
  await shows('streaming: first')
  expect(transport.opened).toHaveLength(1)

  const other = fakeTransport()
  root.render(<Chat transport={other} id="other" />)
  await connected(other)
  await shows('idle: ')
  await vi.waitFor(() => expect(transport.connected).toBe(false))
  other.send(delta('second'))
  await shows('streaming: second')
})

it('calls the callbacks of the latest render', async () => {
  const transport = fakeTransport()
  const first = vi.fn()
  const second = vi.fn()
  function WithCallback({ onFinish }: { onFinish: () => void }): ReactNode {
    return useAgentStream({ id: 'x', transport, onFinish }).status
  }
  root.render(<WithCallback onFinish={first} />)
  await connected(transport)
  root.render(<WithCallback onFinish={second} />)
  transport.send(delta('a'))
  await shows('streaming')
  transport.send(finished)
  await vi.waitFor(() => expect(second).toHaveBeenCalledTimes(1))
  expect(first).not.toHaveBeenCalled()
})

it('leaves the life of a stream to the one who made it', async () => {
  const transport = fakeTransport()
  const stream = createAgentStream({ transport })
  function Shared(): ReactNode {
    const { status } = useAgentStream(stream)
    return <i>{status};</i>
  }
  root.render([<Shared key="a" />, <Shared key="b" />])
  await shows('idle;idle;')
  expect(transport.opened).toHaveLength(0)
  stream.connect()
  await connected(transport)
  transport.send(delta('x'))
  await shows('streaming;streaming;')
  root.render(null)
  await shows('')
  expect(transport.connected).toBe(true)
  stream.close()
})

it.for(['immediate', 'adaptive'] as const)(
  'survives 1,000 events of one read beside an effect that sets state, under %s',
  async (schedule) => {
    const transport = fakeTransport()
    const errors: unknown[] = []
    function Nested(): ReactNode {
      const { messages, status } = useAgentStream({
        id: schedule,
        transport,
        schedule,
        onError: (error) => errors.push(error),
      })
      const text = messages[0]?.text ?? ''
      const [echo, setEcho] = useState('')
      useEffect(() => setEcho(text), [text])
      return `${status} ${echo.length}`
    }
    root.render(<Nested />)
    await connected(transport)
    transport.send(...Array.from({ length: 1000 }, () => delta('x')), finished)
    await vi.waitFor(() => expect(element.textContent).toBe('finished 1000'), { timeout: 10_000 })
    expect(errors).toEqual([])
  },
)

it('renders at most once a frame when batched, and once an event when immediate', async () => {
  const commits = { immediate: 0, adaptive: 0 }
  const sources = { immediate: fakeTransport(), adaptive: fakeTransport() }
  function Panel({ schedule }: { schedule: 'immediate' | 'adaptive' }): ReactNode {
    const { messages, stream } = useAgentStream({
      id: schedule,
      transport: sources[schedule],
      schedule,
      metrics: createMeter,
    })
    return <b data-renders={stream.metrics.snapshot().renders}>{messages[0]?.text.length ?? 0};</b>
  }
  root.render(
    (['immediate', 'adaptive'] as const).map((schedule) => (
      <Profiler key={schedule} id={schedule} onRender={() => commits[schedule]++}>
        <Panel schedule={schedule} />
      </Profiler>
    )),
  )
  await connected(sources.immediate)
  await connected(sources.adaptive)
  let frames = 0
  const count = (): void => {
    frames++
    frame = requestAnimationFrame(count)
  }
  let frame = requestAnimationFrame(count)
  for (let index = 0; index < 300; index++) {
    sources.immediate.send(delta('abcd'))
    sources.adaptive.send(delta('abcd'))
    if (index % 3 === 0) await new Promise(requestAnimationFrame)
  }
  await shows('1200;1200;')
  cancelAnimationFrame(frame)
  expect(commits.immediate).toBeGreaterThanOrEqual(300)
  // One mount, the changes of the connection, and the frames.
  expect(commits.adaptive).toBeLessThanOrEqual(frames + 4)
})

it('renders a message only when that message changes', async () => {
  const transport = fakeTransport()
  const stream = createAgentStream({ transport })
  const renders: Record<string, number> = { m1: 0, m2: 0, count: 0 }
  const Message = memo(function Message({ id }: { id: string }): ReactNode {
    const message = useMessage(stream, id)
    renders[id] = (renders[id] ?? 0) + 1
    return <i>{message?.text};</i>
  })
  function Count(): ReactNode {
    renders['count'] = (renders['count'] ?? 0) + 1
    const ids = useStreamState(
      stream,
      ({ messages }) => messages.map(({ id }) => id),
      (a, b) => a.join() === b.join(),
    )
    return <u>{ids.length};</u>
  }
  root.render([<Message key="1" id="m1" />, <Message key="2" id="m2" />, <Count key="3" />])
  stream.connect()
  await connected(transport)
  transport.send(delta('a', 'm1'), delta('b', 'm2'))
  await shows('a;b;2;')
  const before = { ...renders }
  transport.send(delta('c', 'm2'))
  await shows('a;bc;2;')
  expect(renders).toEqual({ ...before, m2: (before['m2'] ?? 0) + 1 })
  stream.close()
})

it('reads on with a selector that makes a new object every time', async () => {
  const transport = fakeTransport()
  const stream = createAgentStream({ transport })
  const complaints = vi.spyOn(console, 'error')
  function Status(): ReactNode {
    const { status } = useStreamState(stream, (state) => ({ status: state.status }))
    return status
  }
  root.render(<Status />)
  await shows('idle')
  stream.connect()
  await connected(transport)
  transport.send(delta('a'))
  await shows('streaming')
  expect(complaints).not.toHaveBeenCalled()
  complaints.mockRestore()
  stream.close()
})

it('takes another stream of the relay for another stream, also without an id', async () => {
  const opened: string[] = []
  const transportTo = (stream: string): Transport => ({
    ...webSocket({ url: '/v1/ws', stream }),
    async *open() {
      opened.push(stream)
      yield { at: 0, frames: [] }
    },
  })
  function Run({ run }: { run: string }): ReactNode {
    return useAgentStream({ transport: transportTo(run), reconnect: { maxAttempts: 0 } }).stream.id
  }
  root.render(<Run run="run-1" />)
  await shows('/v1/ws#run-1')
  root.render(<Run run="run-2" />)
  await shows('/v1/ws#run-2')
  await vi.waitFor(() => expect(opened).toEqual(['run-1', 'run-2']))
})

it('ends with the last of many ids, and with one connection', async () => {
  const first = fakeTransport()
  const second = fakeTransport()
  for (let turn = 0; turn < 20; turn++) {
    root.render(
      <StrictMode>
        <Chat transport={turn % 2 === 0 ? first : second} id={`id-${turn % 2}`} />
      </StrictMode>,
    )
    if (turn % 5 === 0) await new Promise(requestAnimationFrame)
  }
  await connected(second)
  await vi.waitFor(() => expect(first.connected).toBe(false))
  second.send(delta('here'))
  await shows('streaming: here')
})
