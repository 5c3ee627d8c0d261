// The meter in a real page: its stages against a clock of the test's own, what it leaves behind, and what it never grows.
import type { ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import { expect, it, vi } from 'vitest'
import { cdp, userEvent } from 'vitest/browser'
import { createAgentStream } from 'framewise'
import { createMeter, type Meter } from 'framewise/metrics'
import { useAgentStream } from 'framewise/react'
import { fakeTransport } from 'framewise/testing'
import { browserClock } from '../../../src/frame/browser-clock.ts'

const delta = (text: string): object => ({
  type: 'TEXT_MESSAGE_CONTENT',
  messageId: 'm',
  delta: text,
})
const nextFrame = (): Promise<number> => new Promise(requestAnimationFrame)

const spin = (ms: number): void => {
  const until = performance.now() + ms
  while (performance.now() < until);
}

/** Sends an event and gives the time until the frame that shows it was rendered, measured from outside. */
async function sendAndWatch(send: () => void, isShown: () => boolean): Promise<number> {
  const sentAt = performance.now()
  send()
  return new Promise((resolve) => {
    const look = (): void => {
      if (!isShown()) return void requestAnimationFrame(look)
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = () => resolve(performance.now() - sentAt)
      port2.postMessage(null)
    }
    requestAnimationFrame(look)
  })
}

it('closes against a clock of our own, with reduce, React and foreign scripts told apart', async () => {
  const transport = fakeTransport()
  const element = document.body.appendChild(document.createElement('div'))
  const root = createRoot(element)
  // Flushed in a task, and never in the middle of a frame: else the test would look too early.
  const stream = createAgentStream({
    transport,
    schedule: 'immediate',
    metrics: createMeter,
    initialState: 0,
    reduce(state, events) {
      spin(3)
      return state + events.length
    },
  })
  function Slow(): ReactNode {
    const { state } = useAgentStream(stream)
    spin(6)
    return <b>{state}</b>
  }
  root.render(<Slow />)
  stream.connect()
  await vi.waitFor(() => expect(transport.connected).toBe(true))
  await nextFrame()
  let whole = 0
  for (let index = 1; index <= 40; index++) {
    whole += await sendAndWatch(
      () => transport.send(delta('x')),
      () => element.textContent === String(index),
    )
  }
  // The meter's own message may come after the test's.
  await nextFrame()
  await nextFrame()
  const { stages, closing, freshness, fineClock, frame } = stream.metrics.snapshot()
  expect(closing).toBeGreaterThan(0.95)
  expect(closing).toBeLessThan(1.05)
  // The test's own look comes with the same frame: both measured the same forty ways.
  expect(freshness.oldest.count).toBe(40)
  expect(freshness.oldest.sum / whole).toBeGreaterThan(0.9)
  expect(freshness.oldest.sum / whole).toBeLessThan(1.05)
  expect(stages.reduce?.p50).toBeGreaterThanOrEqual(2.9)
  expect(stages.react?.p50).toBeGreaterThanOrEqual(5.9)
  expect(stages.react?.p50 ?? 0).toBeGreaterThan(stages.reduce?.p50 ?? 0)
  expect(stages.reduce?.source).toBe(fineClock ? 'exact' : 'bounded')
  expect(frame.intervalMs).toBeGreaterThan(5)
  stream.close()
  root.unmount()
  element.remove()
})

it('tells foreign scripts from our own waiting', async () => {
  const transport = fakeTransport()
  const stream = createAgentStream({ transport, metrics: createMeter })
  stream.connect()
  await vi.waitFor(() => expect(transport.connected).toBe(true))
  for (let index = 0; index < 40; index++) {
    transport.send(delta('x'))
    // Between what came and the frame that is to show it.
    if (index > 5) setTimeout(() => spin(60))
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  const { busy, stages, loopLagMs } = stream.metrics.snapshot()
  expect(busy.foreign ?? 0).toBeGreaterThan(busy.ours)
  expect(loopLagMs.p95 ?? 0).toBeGreaterThan(20)
  expect(stages.other?.share ?? 0).toBeGreaterThan(stages.reduce?.share ?? 1)
  stream.close()
})

it('knows nothing of long frames and input where the browser does not tell', async () => {
  vi.stubGlobal('PerformanceObserver', undefined)
  const meter = createMeter({ clock: browserClock() })
  meter.connection('open')
  expect(meter.snapshot()).toMatchObject({ longFrames: null, interactions: null })
  meter.connection('closed')
  vi.unstubAllGlobals()
  const supported = createMeter({ clock: browserClock() })
  expect(supported.snapshot()).toMatchObject({
    longFrames: { count: 0, blockingMs: 0 },
    interactions: { count: 0, p95: null },
  })
})

it('takes a click for one interaction, however many of its events come late', async () => {
  const meter = createMeter({ clock: browserClock() })
  meter.connection('open')
  const late: string[] = []
  const watch = new PerformanceObserver((list) =>
    late.push(...list.getEntries().map(({ name }) => name)),
  )
  watch.observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit)
  const button = document.body.appendChild(document.createElement('button'))
  button.textContent = 'Late'
  for (const type of ['pointerdown', 'pointerup', 'click']) {
    button.addEventListener(type, () => spin(40))
  }
  await userEvent.click(button)
  await vi.waitFor(() => expect(late).toEqual(expect.arrayContaining(['pointerdown', 'click'])))
  expect(meter.snapshot().interactions).toMatchObject({ count: 1 })
  watch.disconnect()
  meter.connection('closed')
  button.remove()
})

// The part of the DevTools protocol that is needed; Playwright's own types are not those of a page.
const session = cdp() as unknown as {
  send(method: 'HeapProfiler.collectGarbage'): Promise<void>
  send(method: 'Runtime.getHeapUsage'): Promise<{ readonly usedSize: number }>
}

const EVENTS = 10_000_000
const PER_READ = 20

/** Ten million events, as fast as the page takes them: reads, flushes, frames and commits, on a clock that hurries. */
function hurry(meter: Meter, tick: (ms: number) => number, reads: number): void {
  const frames = [{ event: 'message', id: 'S-1800000000000-0', data: '{}' }]
  for (let read = 0; read < reads; read++) {
    const at = tick(4)
    meter.read({ at, frames }, tick(0.05), PER_READ, 4 * PER_READ)
    if (read % 4 === 3) {
      meter.flushed(4 * PER_READ, tick(0.1), tick(0.3), tick(0.5))
      meter.rendered()
      meter.painted(tick(2), 1)
    }
  }
}

it(`holds ${EVENTS.toLocaleString('en')} events in the same memory, and leaves no entry behind`, async () => {
  const real = browserClock()
  let now = 0
  const tick = (ms: number): number => (now += ms)
  // Nothing but numbers: whatever is asked for later never comes.
  const clock = { ...real, now: () => now, setTimer: () => () => {}, requestFrame: () => () => {} }
  const meter = createMeter({ clock })
  meter.connection('open')
  const heap = async (): Promise<number> => {
    await session.send('HeapProfiler.collectGarbage')
    return (await session.send('Runtime.getHeapUsage')).usedSize
  }
  hurry(meter, tick, 50_000)
  const before = await heap()
  const entries = performance.getEntries().length
  hurry(meter, tick, EVENTS / PER_READ)
  expect(performance.getEntries().length).toBe(entries)
  const after = await heap()
  expect(meter.snapshot().events).toBe(EVENTS + 50_000 * PER_READ)
  expect(meter.snapshot().closing).toBeCloseTo(1, 2)
  expect(after - before).toBeLessThan(200_000)
  meter.connection('closed')
}, 60_000)
