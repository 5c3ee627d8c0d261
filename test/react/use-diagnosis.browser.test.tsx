// The hook of the verdict, counted in renders: at most four times a second, and nobody else.
import { Profiler, type ReactNode, StrictMode } from 'react'
import { afterEach, expect, it, vi } from 'vitest'
import { type AgentStream, createAgentStream } from 'framewise'
import { createMeter, type DiagnoseOptions, type MeterSnapshot } from 'framewise/metrics'
import { useDiagnosis, useMessage } from 'framewise/react'
import { fakeTransport, type FakeTransport } from 'framewise/testing'
import { aSnapshot, stage } from '../metrics/a-snapshot.ts'
import { cleanedUp, connected, delta, element, root } from './page.ts'

type Measured = AgentStream<undefined, MeterSnapshot>

// Not `vi.waitFor`: it moves fake timers on while it waits.
async function shows(text: string): Promise<void> {
  for (let frame = 0; frame < 300 && element.textContent !== text; frame++) {
    await new Promise(requestAnimationFrame)
  }
  expect(element.textContent).toBe(text)
}

const commits = { verdict: 0, chat: 0 }
afterEach(() => {
  vi.useRealTimers()
  Object.assign(commits, { verdict: 0, chat: 0 })
})

// A page in a test is young: every event counts here, and nothing but the count of them decides.
const EARLY: DiagnoseOptions = { thresholds: { windowMs: 0, events: 1e6 } }

function open(): { stream: Measured; transport: FakeTransport } {
  const transport = fakeTransport()
  return { stream: createAgentStream({ transport, metrics: createMeter }), transport }
}

function Verdict({ stream }: { readonly stream: Measured }): ReactNode {
  const { verdict } = useDiagnosis(stream, EARLY)
  return `${verdict.kind}: ${(verdict.evidence[0]?.value ?? 0) > 0 ? 'some' : 'no'} events`
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
      {counted('verdict', <Verdict stream={stream} />)}
      {counted('chat', <Chat stream={stream} />)}
    </StrictMode>
  )
}

async function begin(): Promise<ReturnType<typeof open>> {
  const opened = open()
  opened.stream.connect()
  await connected(opened.transport)
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  root.render(<Page stream={opened.stream} />)
  await shows('unknown: no events')
  return opened
}

// The meter has a rate once its first event is a quarter of a second old.
async function aged(stream: Measured): Promise<void> {
  while (stream.metrics.snapshot().eventsPerSecond === null) {
    await new Promise(requestAnimationFrame)
  }
}

it('shows the verdict, and renders its caller alone', async () => {
  const { stream, transport } = await begin()
  transport.send(delta('a'), delta('b'))
  await shows('unknown: no events2')
  await aged(stream)
  const before = { ...commits }
  const { renders } = stream.metrics.snapshot()
  vi.advanceTimersByTime(250)
  await shows('unknown: some events2')
  expect(commits).toEqual({ ...before, verdict: before.verdict + 1 })
  expect(stream.metrics.snapshot().renders).toBe(renders)
  stream.close()
})

it('looks at most four times a second, however fast the stream is', async () => {
  const { stream, transport } = await begin()
  const before = commits.verdict
  for (let index = 0; index < 40; index++) {
    transport.send(...Array.from({ length: 10 }, () => delta('x')))
    await new Promise(requestAnimationFrame)
    vi.advanceTimersByTime(25)
  }
  await shows('unknown: some events400')
  expect(commits.verdict - before).toBeLessThanOrEqual(4)
  expect(commits.verdict).toBeGreaterThan(before)
  stream.close()
})

it('leaves nothing behind', async () => {
  const { stream } = await begin()
  root.render(null)
  await shows('')
  await cleanedUp()
  expect(vi.getTimerCount()).toBe(0)
  stream.close()
})

it('holds on to a verdict of the same stream, and to none of another', async () => {
  let share = 0.9
  let at = 10_000
  let looks = 0
  const fake = (): Measured => {
    const { stream } = open()
    const snapshot = (): MeterSnapshot => aSnapshot({ at, stages: { react: stage(5, share) } })
    return { ...stream, metrics: { ...stream.metrics, snapshot } }
  }
  function Kind({ stream }: { readonly stream: Measured }): ReactNode {
    const { kind } = useDiagnosis(stream).verdict
    looks++
    return kind
  }
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  root.render(<Kind stream={fake()} />)
  await shows('render-bound')
  // What is shown may be a little older than the effect that looks again.
  await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1))
  share = 0.1
  at += 1000
  const before = looks
  vi.advanceTimersByTime(250)
  for (let frame = 0; frame < 300 && looks === before; frame++) {
    await new Promise(requestAnimationFrame)
  }
  // One window of something else is not believed; another stream is looked at anew.
  expect(looks).toBeGreaterThan(before)
  await shows('render-bound')
  root.render(<Kind stream={fake()} />)
  await shows('healthy')
})
