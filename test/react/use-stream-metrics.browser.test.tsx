// The hook of the meter's numbers, counted in renders: at most four times a second, and nobody else.
import { Profiler, type ReactNode, StrictMode } from 'react'
import { afterEach, expect, it, vi } from 'vitest'
import { type AgentStream, createAgentStream } from 'framewise'
import { createMeter, type MeterSnapshot } from 'framewise/metrics'
import { useMessage, useStreamMetrics } from 'framewise/react'
import { fakeTransport, type FakeTransport } from 'framewise/testing'
import { cleanedUp, connected, delta, element, root } from './page.ts'

type Measured = AgentStream<undefined, MeterSnapshot>

// Not `vi.waitFor`: it moves fake timers on while it waits.
async function shows(text: string): Promise<void> {
  for (let frame = 0; frame < 300 && element.textContent !== text; frame++) {
    await new Promise(requestAnimationFrame)
  }
  expect(element.textContent).toBe(text)
}

const commits = { numbers: 0, chat: 0, parent: 0 }
afterEach(() => {
  vi.useRealTimers()
  Object.assign(commits, { numbers: 0, chat: 0, parent: 0 })
})

function open(): { stream: Measured; transport: FakeTransport } {
  const transport = fakeTransport()
  const stream = createAgentStream({ transport, metrics: createMeter })
  return { stream, transport }
}

function Numbers({ stream }: { readonly stream: Measured }): ReactNode {
  const { events, eventsPerRead } = useStreamMetrics(stream)
  return `${events} events, ${eventsPerRead.p50 ?? 'no'} per read`
}

function Chat({ stream }: { readonly stream: Measured }): ReactNode {
  return <p>{useMessage(stream, 'm1')?.text.length}</p>
}

function Page({ stream }: { readonly stream: Measured }): ReactNode {
  const counted = (name: keyof typeof commits, node: ReactNode): ReactNode => (
    <Profiler id={name} onRender={() => commits[name]++}>
      {node}
    </Profiler>
  )
  return (
    <StrictMode>
      {counted('numbers', <Numbers stream={stream} />)}
      {counted('chat', <Chat stream={stream} />)}
    </StrictMode>
  )
}

it('shows what the meter knows, and renders its caller alone', async () => {
  const { stream, transport } = open()
  stream.connect()
  await connected(transport)
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  root.render(<Page stream={stream} />)
  await shows('0 events, no per read')
  transport.send(delta('a'), delta('b'))
  await shows('0 events, no per read2')
  const before = { ...commits }
  const { renders } = stream.metrics.snapshot()
  vi.advanceTimersByTime(250)
  await shows('2 events, 2 per read2')
  expect(commits).toEqual({ ...before, numbers: before.numbers + 1 })
  expect(stream.metrics.snapshot().renders).toBe(renders)
  stream.close()
})

it('looks at most four times a second, however fast the stream is', async () => {
  const { stream, transport } = open()
  stream.connect()
  await connected(transport)
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  root.render(<Page stream={stream} />)
  await shows('0 events, no per read')
  const before = commits.numbers
  for (let index = 0; index < 40; index++) {
    transport.send(...Array.from({ length: 10 }, () => delta('x')))
    await new Promise(requestAnimationFrame)
    vi.advanceTimersByTime(25)
  }
  await shows('400 events, 10 per read400')
  expect(commits.numbers - before).toBeLessThanOrEqual(4)
  expect(commits.numbers).toBeGreaterThan(before)
  stream.close()
})

async function frames(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await new Promise(requestAnimationFrame)
}

it('rests with the stream, and leaves nothing behind', async () => {
  const { stream, transport } = open()
  stream.connect()
  await connected(transport)
  // The last change that there will be.
  await vi.waitFor(() => expect(stream.store.getState().connection).toBe('open'))
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  root.render(<Page stream={stream} />)
  await shows('0 events, no per read')
  const mounted = commits.numbers
  // The effect that begins to look runs after the commit.
  while (vi.getTimerCount() === 0) await frames(1)
  vi.advanceTimersByTime(20_000)
  // All looks of that time are one commit, which a busy machine may make late.
  while (commits.numbers === mounted) await frames(1)
  const rested = commits.numbers
  vi.advanceTimersByTime(60_000)
  await frames(5)
  expect(commits.numbers).toBe(rested)
  root.render(null)
  await shows('')
  await cleanedUp()
  expect(vi.getTimerCount()).toBe(0)
  stream.close()
})

it('shows another stream at once', async () => {
  const one = open()
  const other = open()
  other.stream.connect()
  await connected(other.transport)
  other.transport.send(delta('a'))
  await vi.waitFor(() => expect(other.stream.metrics.snapshot().events).toBe(1))
  root.render(<Numbers stream={one.stream} />)
  await shows('0 events, no per read')
  root.render(<Numbers stream={other.stream} />)
  await shows('1 events, 1 per read')
  other.stream.close()
})
