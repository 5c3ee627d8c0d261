// A trace of a real stream on a manual clock: begun and ended at any time, bounded, and of no cost to the meter.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCounts } from '../../../src/core/tap.ts'
import { createMeter } from '../../../src/metrics/meter/meter.ts'
import type { SpanName } from '../../../src/metrics/export/spans.ts'
import { traceStream } from '../../../src/metrics/export/trace-stream.ts'
import { control, delta, setUpStream, started } from '../../set-up-stream.ts'
import { aTraceable } from './a-traceable.ts'

describe('traceStream', () => {
  it('sees what a stream does from then on, until it is stopped', async () => {
    const { clock, transport, stream } = setUpStream({ metrics: createMeter } as object)
    stream.connect()
    await clock.settle()
    transport.send(started())
    await clock.advance(100)
    const trace = traceStream(stream)
    transport.send(delta('a'), delta('b'))
    await clock.advance(100)
    trace.stop()
    const { flushes } = trace.snapshot()
    transport.send(delta('c'))
    await clock.advance(100)
    const names = trace.records().map((one) => (one.kind === 'span' ? one.name : one.kind))
    expect(names).toEqual(['connection', 'parse', 'queue', 'flush', 'reduce', 'react', 'paint'])
    expect(trace.records()[0]).toMatchObject({ status: 'open', atMs: 100 })
    expect(trace.records()[3]).toMatchObject({ events: 2, backlog: 0 })
    expect(trace.protocol).toBe('ag-ui')
    // What is known in the end is what was known when it was stopped.
    expect(stream.metrics.snapshot().flushes).toBeGreaterThan(flushes)
    expect(trace.snapshot().flushes).toBe(flushes)
  })

  it('begins with what waits already', async () => {
    const { clock, transport, stream } = setUpStream({ schedule: { throttle: 500 } })
    stream.connect()
    await clock.settle()
    transport.send(started())
    await clock.settle()
    transport.send(delta('a'), delta('b'), delta('c'))
    await clock.settle()
    const trace = traceStream(stream)
    transport.send(delta('d'))
    await clock.advance(1000)
    const backlogs = trace
      .records()
      .flatMap((one) =>
        one.kind === 'span' && (one.name === 'parse' || one.name === 'flush')
          ? [[one.name, one.backlog]]
          : [],
      )
    expect(backlogs).toEqual([
      ['parse', 4],
      ['flush', 0],
    ])
  })

  it('tells the wait of every event that came since, and of no other', () => {
    const { stream, tell } = aTraceable(() => ({ ...createCounts().snapshot(), backlog: 40 }))
    const trace = traceStream(stream)
    tell((tap) => {
      tap.read({ at: 5, frames: [] }, 6, 3, 3)
      tap.flushed(30, 10, 11, 12)
      tap.flushed(13, 15, 16, 17)
      for (let at = 20; at < 320; at += 20) {
        tap.read({ at, frames: [] }, at + 1, 2, 2)
        tap.flushed(1, at + 10, at + 10, at + 10)
        tap.flushed(1, at + 12, at + 12, at + 12)
      }
    })
    const waits = trace
      .records()
      .flatMap((one) =>
        one.kind === 'span' && one.name === 'queue' ? [[one.startMs, one.ms, one.events]] : [],
      )
    expect(waits.slice(0, 3)).toEqual([
      [5, 10, 3],
      [20, 10, 1],
      [30, 12, 1],
    ])
    expect(waits).toHaveLength(1 + 15 * 2)
  })

  it.each(['immediate', 'adaptive', { throttle: 90 }] as const)(
    'loses no wait on %s, whenever it begins',
    (schedule) =>
      fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(fc.nat(40), fc.nat(60)), { minLength: 1, maxLength: 30 }),
          fc.nat(30),
          async (bursts, begins) => {
            const { clock, transport, stream } = setUpStream({ schedule })
            stream.connect()
            await clock.settle()
            const burst = async ([count, ms]: readonly [number, number]): Promise<void> => {
              transport.send(...Array.from({ length: count }, () => delta('x')))
              await clock.advance(ms)
            }
            for (const one of bursts.slice(0, begins)) await burst(one)
            const trace = traceStream(stream)
            for (const one of bursts.slice(begins)) await burst(one)
            await clock.advance(10_000)
            expect(stream.metrics.snapshot().backlog).toBe(0)
            const events = (name: SpanName): number =>
              trace
                .records()
                .reduce(
                  (sum, one) => sum + (one.kind === 'span' && one.name === name ? one.events : 0),
                  0,
                )
            expect(events('queue')).toBe(events('parse'))
          },
        ),
        { numRuns: 40 },
      ),
  )

  it('takes what is caught up with for old, also where it begins in the middle of that', async () => {
    const { clock, transport, stream } = setUpStream({ metrics: createMeter } as object)
    stream.connect()
    await clock.settle()
    transport.send(control('hello', {}), delta('a', 'S-1000-0'))
    await clock.settle()
    const trace = traceStream(stream)
    const stamps = { n: 1, readStartMs: 5000, readEndMs: 5001, sentMs: 5002, rttMs: 1 }
    transport.send(control('timing', stamps), delta('b', 'S-1001-0'))
    await clock.settle()
    transport.send(control('caught-up', {}), control('timing', stamps), delta('c', 'S-5000-0'))
    await clock.settle()
    const entries = trace.records().flatMap((one) => (one.kind === 'write' ? [one.entryMs] : []))
    expect(entries).toEqual([null, 5000])
  })

  it('forgets the oldest of what it has no room for, and says how much', () => {
    const { stream, tell } = aTraceable()
    const trace = traceStream(stream, { capacity: 10 })
    for (let at = 0; at < 100; at++) tell((tap) => tap.painted(at, 0))
    expect(trace.size).toBe(10)
    expect(trace.forgotten).toBe(91)
    const spans = trace.records().filter(({ kind }) => kind === 'span')
    expect(spans.map((one) => one.kind === 'span' && one.endMs)).toEqual([
      90, 91, 92, 93, 94, 95, 96, 97, 98, 99,
    ])
  })

  it('still knows the state of the wire once it has forgotten when that began', async () => {
    const { stream, clock, tell } = aTraceable()
    const trace = traceStream(stream, { capacity: 10 })
    const states = (): unknown =>
      trace.records().flatMap((one) => (one.kind === 'connection' ? [[one.atMs, one.status]] : []))
    tell((tap) => tap.connection('connecting'))
    tell((tap) => tap.connection('open'))
    for (let at = 0; at < 8; at++) tell((tap) => tap.painted(at, 0))
    expect(states()).toEqual([
      [0, 'connecting'],
      [0, 'open'],
    ])
    for (let at = 100; at < 200; at++) tell((tap) => tap.painted(at, 1))
    expect(trace.records()[0]).toEqual({ kind: 'connection', atMs: 189, status: 'open' })
    expect(trace.records()).toHaveLength(11)
    await clock.advance(210)
    tell((tap) => tap.connection('reconnecting'))
    expect(states()).toEqual([
      [190, 'open'],
      [210, 'reconnecting'],
    ])
    for (let at = 300; at < 309; at++) tell((tap) => tap.painted(at, 1))
    expect(states()).toEqual([[210, 'reconnecting']])
  })

  it('leaves nobody listening once it was stopped', () => {
    const { stream, taps } = aTraceable()
    const trace = traceStream(stream)
    expect(taps.size).toBe(1)
    trace.stop()
    trace.stop()
    expect(taps.size).toBe(0)
  })

  it.each([0, -1, 1.5, NaN])('refuses a capacity of %s', (capacity) => {
    expect(() => traceStream(aTraceable().stream, { capacity })).toThrow(TypeError)
  })
})
