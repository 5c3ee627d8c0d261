import { describe, expect, it } from 'vitest'
import { createAgentStream } from '../../src/index.ts'
import { createMeter } from '../../src/metrics/index.ts'
import { createManualClock } from '../../src/testing/manual-clock.ts'
import { fakeTransport } from '../../src/testing/fake-transport.ts'

const delta = (text: string): object => ({
  type: 'TEXT_MESSAGE_CONTENT',
  messageId: 'm',
  delta: text,
})

async function setUp(schedule: 'adaptive' | 'immediate' = 'adaptive') {
  const clock = createManualClock()
  const transport = fakeTransport()
  const stream = createAgentStream({ transport, clock, schedule, metrics: createMeter })
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

  it('takes over a meter that was made elsewhere', async () => {
    const clock = createManualClock()
    const meter = createMeter({ clock })
    const stream = createAgentStream({ transport: fakeTransport(), clock, metrics: meter })
    expect(stream.metrics).toBe(meter)
  })
})
