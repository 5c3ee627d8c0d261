import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createAgentStream } from '../../../src/index.ts'
import { createMeter, diagnose, type MeterOptions } from '../../../src/metrics/index.ts'
import { createManualClock } from '../../../src/testing/manual-clock.ts'
import { fakeTransport } from '../../../src/testing/fake-transport.ts'

const delta = (text: string): object => ({
  type: 'TEXT_MESSAGE_CONTENT',
  messageId: 'm',
  delta: text,
})

async function setUp(schedule: 'adaptive' | 'immediate' = 'adaptive') {
  const clock = createManualClock()
  const transport = fakeTransport()
  const start = async (): Promise<undefined> => undefined
  const stream = createAgentStream({ transport, clock, schedule, start, metrics: createMeter })
  stream.connect()
  await clock.advance(100)
  return { clock, transport, stream, snapshot: () => stream.metrics.snapshot() }
}

describe('createMeter', () => {
  it('knows nothing before anything happened', async () => {
    const { snapshot } = await setUp()
    expect(snapshot()).toMatchObject({
      events: 0,
      eventsPerSecond: null,
      charsPerEvent: null,
      arrivalToPaintMs: { p50: null, p95: null },
      renders: 0,
      rendersPerSecond: null,
    })
  })

  it('measures rates of a steady stream', async () => {
    const { clock, transport, snapshot } = await setUp()
    for (let index = 0; index < 400; index++) {
      transport.send(delta('abcd'))
      await clock.advance(5)
    }
    const seen = snapshot()
    expect(seen).toMatchObject({ events: 400, chars: 1600, charsPerEvent: 4, backlog: 0 })
    expect(seen.eventsPerSecond).toBeCloseTo(200, 0)
    expect(seen.flushesPerSecond).toBeGreaterThan(50)
    expect(seen.flushesPerSecond).toBeLessThan(66)
  })

  it('measures freshness from arrival to the frame that shows it', async () => {
    const { clock, transport, snapshot } = await setUp()
    for (let index = 0; index < 200; index++) {
      transport.send(delta('x'))
      await clock.advance(10)
    }
    const { p50, p95 } = snapshot().arrivalToPaintMs
    expect(p50).toBeGreaterThan(0)
    expect(p95).toBeLessThanOrEqual(2 * (1000 / 60))
  })

  it('counts frames that were dropped while the stream was alive, and none of its rest', async () => {
    const { clock, transport, snapshot } = await setUp()
    for (let index = 0; index < 60; index++) {
      transport.send(delta('x'))
      await clock.advance(10)
    }
    await clock.advance(60_000)
    expect(snapshot().droppedFrames).toBe(0)
    expect(snapshot().frames).toBeGreaterThan(30)
    expect(clock.pendingFrames).toBe(0)
  })

  it('counts the backlog of a stream that is published one by one', async () => {
    const { clock, transport, stream, snapshot } = await setUp('immediate')
    let during = 0
    const unsubscribe = stream.store.subscribe(() => {
      during = Math.max(during, snapshot().backlog)
    })
    transport.send(...Array.from({ length: 100 }, () => delta('x')))
    await clock.settle()
    unsubscribe()
    expect(during).toBeGreaterThanOrEqual(99)
    expect(snapshot().backlog).toBe(0)
  })

  it('leaves hidden time out of freshness and cost', async () => {
    const { clock, transport, snapshot } = await setUp()
    clock.setHidden(true)
    for (let index = 0; index < 100; index++) {
      transport.send(delta('x'))
      await clock.advance(100)
    }
    clock.setHidden(false)
    await clock.advance(50)
    transport.send(delta('seen'))
    await clock.advance(50)
    expect(snapshot()).toMatchObject({ events: 101, backlog: 0 })
    expect(snapshot().arrivalToPaintMs.p95).toBeLessThanOrEqual(200)
  })

  it('counts one render of a commit, however many components tell of it', async () => {
    const { clock, transport, stream, snapshot } = await setUp()
    const before = snapshot().flushes
    stream.store.subscribe(() => {
      for (let component = 0; component < 3; component++) stream.metrics.rendered()
    })
    for (let index = 0; index < 40; index++) {
      transport.send(delta('x'))
      await clock.advance(50)
    }
    const { renders, flushes } = snapshot()
    expect(renders).toBe(flushes - before)
    stream.metrics.rendered(5)
    expect(snapshot().renders).toBe(renders + 5)
  })

  it('is young again with the next answer', async () => {
    const { clock, transport, snapshot } = await setUp()
    for (let answer = 0; answer < 2; answer++) {
      await clock.advance(30_000)
      for (let index = 0; index < 80; index++) {
        transport.send(delta('x'))
        await clock.advance(10)
      }
      expect(snapshot().windowMs).toBeLessThan(1000)
      expect(snapshot().eventsPerSecond).toBeGreaterThan(90)
    }
  })

  it('takes an hour of sleep for no lateness of the page, nor for a pause that anybody saw', async () => {
    const { clock, transport, snapshot } = await setUp()
    const play = async (): Promise<void> => {
      for (let index = 0; index < 200; index++) {
        transport.send(delta('x'))
        await clock.advance(10)
      }
    }
    await play()
    // Seen again before a timer fires.
    clock.onLifecycle((change) => change === 'wake' && clock.setHidden(false))
    clock.setHidden(true)
    await clock.freeze(3_600_000)
    await play()
    const { loopLagMs, droppedFrames, freshness, hiddenShare } = snapshot()
    expect(loopLagMs.max).toBeLessThan(100)
    expect(droppedFrames).toBe(0)
    expect(freshness.longestPauseMs).toBeLessThan(1000)
    expect(hiddenShare).toBeLessThan(1)
  })

  describe('of a thread that was held up for longer than the window', () => {
    type See = (list: { getEntries(): readonly object[] }) => void
    const play = async (scriptMs: number | null) => {
      let tell: See = () => {}
      class Observer {
        static readonly supportedEntryTypes = ['long-animation-frame']
        constructor(see: See) {
          tell = see
        }
        observe(): void {}
        disconnect(): void {}
      }
      vi.stubGlobal('document', {})
      vi.stubGlobal('PerformanceObserver', scriptMs === null ? undefined : Observer)
      onTestFinished(() => void vi.unstubAllGlobals())
      const manual = createManualClock()
      let heldMs = 0
      const clock = { ...manual, now: () => manual.now() + heldMs }
      const transport = fakeTransport()
      const stream = createAgentStream({ transport, clock, metrics: createMeter })
      stream.connect()
      await manual.advance(50)
      const run = async (ms: number): Promise<void> => {
        for (let at = 0; at < ms; at += 10) {
          transport.send(delta('abcdefgh'.repeat(4)))
          await manual.advance(10)
        }
      }
      await run(9000)
      const first = diagnose(stream.metrics.snapshot())
      heldMs = 5600
      await run(100)
      const scripts = [{ duration: scriptMs, forcedStyleAndLayoutDuration: 0 }]
      tell({ getEntries: () => [{ duration: 5600, blockingDuration: 5550, scripts }] })
      await run(300)
      const snapshot = stream.metrics.snapshot()
      return { snapshot, first: first.verdict, last: diagnose(snapshot, first).verdict }
    }

    it.each([
      ['a browser names no scripts', null],
      ['none of them was at work', 12],
    ])('says so, and throws no verdict away, where %s', async (_, scriptMs) => {
      const { snapshot, first, last } = await play(scriptMs)
      expect(snapshot).toMatchObject({ windowMs: 5000, hiddenShare: 0 })
      expect(snapshot.lostMs).toBeGreaterThan(5000)
      expect(snapshot.loopLagMs.max).toBeLessThan(100)
      expect(first.kind).not.toBe('unknown')
      expect(last).toBe(first)
      const { kind, note } = diagnose(snapshot).verdict
      expect(kind).toBe('unknown')
      expect(note).toBe('The page stood still for 6 s: asleep, in a debugger, or a script.')
    })

    it('calls it busy where the browser names a script', async () => {
      const { snapshot } = await play(5550)
      expect(snapshot).toMatchObject({ windowMs: 5000, hiddenShare: 0, lostMs: 0 })
      expect(snapshot.loopLagMs.max).toBeGreaterThan(5000)
      expect(snapshot.busy.foreign).toBeGreaterThan(0.9)
    })
  })

  it('keeps the numbers of a finished run, its last frame included, until the next one', async () => {
    const { clock, transport, stream, snapshot } = await setUp()
    const play = async (): Promise<void> => {
      for (let index = 0; index < 300; index++) {
        transport.send(delta('abcd'))
        await clock.advance(10)
      }
    }
    await play()
    transport.send({ type: 'RUN_FINISHED', threadId: 't', runId: 'r' })
    transport.end()
    await clock.advance(100)
    const end = snapshot()
    expect(stream.store.getState()).toMatchObject({ status: 'finished', connection: 'closed' })
    expect(end).toMatchObject({ events: 301, backlog: 0 })
    expect(end.arrivalToPaintMs.count).toBe(301)
    expect(end.eventsPerSecond).toBeCloseTo(100, -1)
    expect(clock.now() - end.at).toBeLessThanOrEqual(100)
    await clock.advance(3_600_000)
    expect(snapshot()).toEqual(end)
    // The next run is young, as the first one was.
    await stream.start('and then?')
    await clock.advance(100)
    expect(snapshot()).toMatchObject({ at: clock.now(), events: 301, eventsPerSecond: 0 })
    await play()
    expect(snapshot().windowMs).toBeLessThanOrEqual(3000)
  })

  it('counts nothing into a finished run that comes long after it', async () => {
    const clock = createManualClock()
    const meter = createMeter({ clock })
    meter.connection('open')
    meter.read({ at: 0, frames: [] }, 1, 2, 8)
    meter.flushed(2, 2, 3, 4)
    meter.connection('closed')
    await clock.advance(1000)
    meter.painted(900, 800)
    const end = meter.snapshot()
    expect(end).toMatchObject({ at: 900, arrivalToPaintMs: { count: 1, max: 900 } })
    await clock.advance(60_000)
    // The application puts its own history in place, in a page that nobody looked at meanwhile.
    meter.flushed(0, 60_000, 60_001, 60_002)
    meter.painted(60_010, 5)
    expect(meter.snapshot()).toEqual({ ...end, flushes: 2 })
  })

  it('takes the work on its last events for its own, however long that is', async () => {
    const clock = createManualClock()
    const meter = createMeter({ clock })
    meter.connection('open')
    meter.read({ at: 0, frames: [] }, 1, 90, 900)
    meter.connection('closed')
    await clock.advance(7300)
    meter.flushed(90, 10, 20, 7210)
    meter.painted(7230, 10)
    await clock.advance(60_000)
    const { at, windowMs, stages } = meter.snapshot()
    expect({ at, windowMs }).toEqual({ at: 7230, windowMs: 5000 })
    expect(stages.react).toMatchObject({ count: 1, max: 7190, share: 1 })
  })

  it('lets no payload time of the application hurt the stream', async () => {
    const clock = createManualClock()
    const transport = fakeTransport()
    const payloadTime = ({ data }: { readonly data: string }): number | null =>
      (JSON.parse(data) as { timestamp?: number }).timestamp ?? null
    const metrics = (given: MeterOptions) => createMeter({ ...given, payloadTime })
    const stream = createAgentStream({ transport, clock, metrics })
    stream.connect()
    await clock.advance(100)
    transport.send({ event: 'message', id: '1', data: 'not json' }, delta('b'))
    transport.send({ type: 'RUN_FINISHED', threadId: 't', runId: 'r' })
    await clock.advance(100)
    expect(stream.store.getState().status).toBe('finished')
  })

  it('takes over a meter that was made elsewhere', async () => {
    const clock = createManualClock()
    const meter = createMeter({ clock })
    const stream = createAgentStream({ transport: fakeTransport(), clock, metrics: meter })
    expect(stream.metrics).toBe(meter)
  })
})

describe('the snapshot', () => {
  it('closes over a stream whose every part costs something', async () => {
    const manual = createManualClock()
    // Every look at the clock costs: so that decoding, reducing and rendering take time.
    let spent = 0
    const clock = { ...manual, now: () => manual.now() + (spent += 0.4) }
    const transport = fakeTransport()
    const stream = createAgentStream({ transport, clock, metrics: createMeter })
    stream.connect()
    await manual.advance(100)
    for (let index = 0; index < 200; index++) {
      transport.send(delta('abcd'), delta('efgh'))
      await manual.advance(7)
    }
    const { stages, closing, arrivalToPaintMs, freshness } = stream.metrics.snapshot()
    expect(closing).toBeGreaterThan(0.95)
    expect(closing).toBeLessThan(1.05)
    for (const name of ['parse', 'queue', 'reduce', 'react', 'paint'] as const) {
      expect(stages[name]?.mean).toBeGreaterThan(0)
    }
    const named = ['parse', 'queue', 'reduce', 'react', 'paint', 'other'] as const
    const sum = named.reduce((total, name) => total + (stages[name]?.mean ?? 0), 0)
    expect(sum).toBeCloseTo(freshness.oldest.mean ?? NaN, 6)
    expect(arrivalToPaintMs.count).toBe(200)
    stream.close()
  })

  it('tells bursts, gaps and a growing backlog', async () => {
    const { clock, transport, snapshot } = await setUp()
    for (let index = 0; index < 50; index++) {
      transport.send(delta('a'), delta('b'), delta('c'))
      await clock.advance(40)
    }
    expect(snapshot()).toMatchObject({
      eventsPerRead: { count: 50, min: 3, max: 3, variation: 0 },
      gaps: { producedBy: null, produced: null, arrived: { count: 49, min: 40, max: 40 } },
      waiting: { oldestMs: 0 },
      hiddenShare: 0,
      resumes: 0,
      losses: 0,
    })
  })

  it('tells a backlog that grows', async () => {
    const clock = createManualClock()
    const meter = createMeter({ clock })
    for (let step = 0; step < 300; step++) {
      const at = clock.now()
      meter.read({ at, frames: [] }, at, 2, 8)
      if (step % 10 === 0) meter.flushed(10, at, at, at)
      await clock.advance(10)
    }
    const { backlog, waiting } = meter.snapshot()
    expect(backlog).toBe(300)
    expect(waiting.slope).toBeCloseTo(100, -1)
    expect(waiting.oldestMs).toBe(1500)
  })

  it('measures how late tasks come, and whose fault it is', async () => {
    const manual = createManualClock()
    const transport = fakeTransport()
    const stream = createAgentStream({ transport, clock: manual, metrics: createMeter })
    stream.connect()
    await manual.advance(50)
    expect(stream.metrics.snapshot().loopLagMs.count).toBe(0)
    for (let index = 0; index < 40; index++) {
      transport.send(delta('x'))
      await manual.advance(50)
    }
    const { loopLagMs, busy } = stream.metrics.snapshot()
    expect(loopLagMs.count).toBeGreaterThan(10)
    expect(loopLagMs.count).toBeLessThanOrEqual(20)
    expect(loopLagMs.max).toBe(0)
    expect(busy).toEqual({ ours: 0, foreign: 0 })
    stream.close()
  })

  it('rests when the stream does: nothing is asked for, nothing watches', async () => {
    const { clock, transport, stream } = await setUp()
    const timers = vi.spyOn(clock, 'setTimer')
    transport.send(delta('x'))
    await clock.advance(10_000)
    timers.mockClear()
    await clock.advance(50_000)
    // Those of a connection that watches its silence are not the meter's.
    expect(timers.mock.calls.filter(([, ms]) => ms < 15_000)).toEqual([])
    expect(clock.pendingFrames).toBe(0)
    stream.close()
  })

  it('counts connections after the first and losses, and no stamps as events', async () => {
    const { clock, transport, snapshot } = await setUp()
    const relays = (name: string, data: object) => ({
      event: `relay.${name}`,
      id: undefined,
      data: JSON.stringify(data),
    })
    transport.send(relays('hello', {}), relays('timing', { n: 1 }))
    transport.send({ event: 'message', id: 'S-1-0', data: JSON.stringify(delta('x')) })
    await clock.advance(50)
    transport.cut()
    await clock.advance(30_000)
    transport.send(relays('gap', { reason: 'trimmed', from: null, to: null }))
    await clock.advance(50)
    expect(snapshot()).toMatchObject({ events: 1, unknown: 0, malformed: 0, resumes: 1, losses: 1 })
  })
})
