// The trace file: by the format's rules whatever was traced, and with what was traced in the right place.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Frame } from '../../../src/core/protocol.ts'
import type { Tap } from '../../../src/core/tap.ts'
import {
  type ChromeTrace,
  type ChromeTraceEvent,
  toChromeTrace,
} from '../../../src/metrics/export/chrome-trace.ts'
import { traceStream } from '../../../src/metrics/export/trace-stream.ts'
import { aSnapshot } from '../a-snapshot.ts'
import { aTraceable } from './a-traceable.ts'
import { faultsOf } from './trace-rules.ts'

const frame = (event: string, data: unknown, id?: string): Frame => ({
  event,
  id,
  data: JSON.stringify(data),
})
const timing = (stamps: Partial<Record<string, number>>): Frame =>
  frame('relay.timing', { n: 1, readStartMs: 0, readEndMs: 0, sentMs: 0, rttMs: 1, ...stamps })

const spansOf = ({ traceEvents }: ChromeTrace): readonly ChromeTraceEvent[] =>
  traceEvents.filter(({ ph }) => ph === 'X')

/** Name of the thread of each span, the span, and its times in ms of the stream's clock. */
function placed(trace: ChromeTrace): readonly (readonly [string, string, number, number])[] {
  const origin = trace.otherData['originMs'] as number
  const nameOf = (span: ChromeTraceEvent): string => {
    const named = trace.traceEvents.find(
      ({ name, pid, tid }) => name === 'thread_name' && pid === span.pid && tid === span.tid,
    )
    return String(named?.args['name'])
  }
  const ms = (us: number): number => Math.round((us / 1000 + origin) * 1000) / 1000
  return spansOf(trace).map((span) => [
    nameOf(span),
    span.name,
    ms(span.ts),
    ms(span.ts + (span.dur ?? 0)),
  ])
}

const of = (trace: ChromeTrace, ...names: string[]) =>
  placed(trace).filter(([, name]) => names.includes(name))

describe('toChromeTrace', () => {
  it('places parse, queue, flush and paint by the page’s clock', () => {
    const { stream, tell } = aTraceable()
    const trace = traceStream(stream)
    tell((tap) => {
      tap.read({ at: 100, frames: [] }, 100.5, 2, 8)
      tap.read({ at: 104, frames: [] }, 104.25, 1, 4)
      tap.flushed(3, 110, 112, 117)
      tap.painted(125, 6)
    })
    const file = toChromeTrace(trace)
    expect(faultsOf(file)).toEqual([])
    expect(placed(file).filter(([track]) => track !== 'connection')).toEqual([
      ['parse', 'parse', 100, 100.5],
      ['queue (our own wait)', 'queue', 100, 110],
      ['parse', 'parse', 104, 104.25],
      ['flush: reduce, react', 'flush', 110, 117],
      ['flush: reduce, react', 'reduce', 110, 112],
      ['flush: reduce, react', 'react', 112, 117],
      ['paint: style, layout, paint', 'paint', 119, 125],
    ])
    expect(spansOf(file).find(({ name }) => name === 'flush')?.args).toEqual({ events: 3 })
  })

  it('tells how long the oldest waited, also where several flushes share the wait', () => {
    const { stream, tell } = aTraceable()
    const trace = traceStream(stream)
    tell((tap) => {
      tap.read({ at: 10, frames: [] }, 11, 3, 3)
      for (const at of [20, 30, 40]) tap.flushed(1, at, at + 1, at + 2)
    })
    const waits = spansOf(toChromeTrace(trace)).filter(({ name }) => name === 'queue')
    expect(of(toChromeTrace(trace), 'queue').map(([, , from, to]) => [from, to])).toEqual([
      [10, 20],
      [20, 30],
      [30, 40],
    ])
    expect(waits.map(({ args }) => args['oldestWaitedMs'])).toEqual([10, 20, 30])
  })

  it('gives a Worker’s reading and the wait for the page tracks of their own', () => {
    const { stream, tell } = aTraceable()
    const trace = traceStream(stream)
    const worker = { parsedAt: 52, takenAt: 80 }
    const frames = [timing({ readStartMs: 40, readEndMs: 40, sentMs: 40 })]
    tell((tap) => tap.read({ at: 50, frames, worker }, 81, 1, 1))
    expect(of(toChromeTrace(trace), 'network').map(([track]) => track)).toEqual(['network'])
    expect(of(toChromeTrace(trace), 'worker', 'handover', 'parse')).toEqual([
      ['worker', 'worker', 50, 52],
      ['handover (the page was busy)', 'handover', 52, 80],
      ['parse', 'parse', 80, 81],
    ])
  })

  it('places the relay’s stamps by its clock, and says how far that may be off', () => {
    const serverClock = { offsetMs: 1e12, boundMs: 1.5, storeOffsetMs: 4, storeBoundMs: 0.5 }
    const { stream, tell } = aTraceable(() => aSnapshot({ serverClock }))
    const trace = traceStream(stream)
    const at = (ms: number): number => 1e12 + ms
    const stamps = { n: 2, readStartMs: at(90), readEndMs: at(101), sentMs: at(102), rttMs: 11 }
    const frames = [timing(stamps), frame('message', {}, `S-${at(100) + 4}-0`)]
    tell((tap) => tap.read({ at: 107, frames }, 107.5, 1, 1))
    const list = [
      timing({ ...stamps, readStartMs: at(110), readEndMs: at(111), sentMs: at(111.5) }),
    ]
    tell((tap) => tap.read({ at: 113, frames: list }, 113, 0, 0))
    const file = toChromeTrace(trace)
    expect(faultsOf(file)).toEqual([])
    expect(of(file, 'redis', 'relay', 'network')).toEqual([
      ['redis', 'redis', 100, 101],
      ['relay', 'relay', 101, 102],
      ['network, and waiting for the page', 'network', 102, 107],
      ['redis', 'redis', 110, 111],
      ['relay', 'relay', 111, 111.5],
      ['network, and waiting for the page', 'network', 111.5, 113],
    ])
    const names = file.traceEvents.filter(({ name }) => name === 'process_name')
    expect(names.map(({ args }) => args['name'])).toEqual([
      'page: stream https://relay.example/v1/streams/run-1/events',
      'relay (its clock ± 1.5 ms)',
    ])
    expect(file.otherData['relayClockBoundMs']).toBe(1.5)
  })

  it('takes what was in the log before for old, not for slow', () => {
    const { stream, tell } = aTraceable(() => aSnapshot({}))
    const trace = traceStream(stream)
    const write = [
      timing({ readStartMs: 50, readEndMs: 51, sentMs: 52 }),
      frame('message', {}, 'S-1-0'),
    ]
    const old = [frame('relay.hello', {}), ...write, frame('relay.caught-up', {})]
    tell((tap) => tap.read({ at: 60, frames: old }, 60, 1, 1))
    tell((tap) => tap.read({ at: 70, frames: write }, 70, 1, 1))
    const [offset] = [aSnapshot({}).serverClock?.offsetMs ?? 0]
    expect(of(toChromeTrace(trace), 'redis').map(([, , from]) => from + offset)).toEqual([1, 50])
  })

  it('takes the fastest write for the clock where nobody asked the relay for it', () => {
    const { stream, tell } = aTraceable()
    const trace = traceStream(stream)
    const write = (sentMs: number): Frame[] => [
      timing({ readEndMs: sentMs, sentMs, readStartMs: sentMs }),
    ]
    tell((tap) => {
      tap.read({ at: 10, frames: write(5003) }, 10, 0, 0)
      tap.read({ at: 20, frames: write(5018) }, 20, 0, 0)
    })
    const file = toChromeTrace(trace)
    expect(of(file, 'network').map(([, , from, to]) => [from, to])).toEqual([
      [5, 10],
      [20, 20],
    ])
    expect(file.otherData['relayClockBoundMs']).toBe(null)
  })

  it('puts writes that are on their way together side by side', () => {
    const { stream, tell } = aTraceable(() => aSnapshot({}))
    const trace = traceStream(stream)
    for (let index = 0; index < 20; index++) {
      const sentMs = index * 2
      const frames = [timing({ readStartMs: sentMs, readEndMs: sentMs, sentMs })]
      const at = 100 + index
      tell((tap) => tap.read({ at, frames }, at, 0, 0))
    }
    const file = toChromeTrace(trace)
    expect(faultsOf(file)).toEqual([])
    const lanes = new Set(of(file, 'network').map(([track]) => track))
    expect([...lanes]).toEqual([
      'network, and waiting for the page',
      ...['2', '3', '4', '5', '6'].map((lane) => `network ${lane}`),
    ])
  })

  it('counts events, flushes and what waits, in steps of a tenth of a second', () => {
    const { stream, tell } = aTraceable()
    const trace = traceStream(stream)
    tell((tap) => {
      tap.read({ at: 1010, frames: [] }, 1010, 30, 30)
      tap.read({ at: 1020, frames: [] }, 1020, 20, 20)
      tap.flushed(40, 1030, 1030, 1031)
      tap.flushed(0, 1040, 1040, 1041)
      tap.flushed(10, 1210, 1211, 1212)
    })
    const values = toChromeTrace(trace).traceEvents.filter(({ ph }) => ph === 'C')
    const series = (name: string): unknown =>
      values.filter((event) => event.name === name).map(({ args }) => args[name])
    expect(series('events/s')).toEqual([500, 0, 0, 0])
    expect(series('flushes/s')).toEqual([10, 0, 10, 0])
    expect(series('backlog')).toEqual([10, 10, 0, 0])
  })

  it('takes the verdict and the numbers along, and no secret of the address', () => {
    const snapshot = aSnapshot({ flushes: 77 })
    const { stream, tell } = aTraceable(() => snapshot)
    const trace = traceStream(stream)
    tell((tap) => tap.flushed(1, 1, 2, 3))
    const { otherData } = toChromeTrace(trace)
    expect(otherData).toMatchObject({ protocol: 'ag-ui', snapshot: { flushes: 77 } })
    expect(otherData['verdict']).toMatchObject({ kind: 'healthy' })
    expect(JSON.stringify(toChromeTrace(trace))).not.toContain('secret')
    const plain = traceStream(aTraceable().stream)
    expect(toChromeTrace(plain).otherData['verdict']).toBe(undefined)
  })

  it('shows how long the wire was in which state', async () => {
    const { stream, clock, tell } = aTraceable()
    const trace = traceStream(stream)
    await clock.advance(10)
    tell((tap) => tap.connection('connecting'))
    await clock.advance(25)
    tell((tap) => tap.connection('open'))
    tell((tap) => tap.read({ at: 60, frames: [] }, 61, 1, 1))
    const states = placed(toChromeTrace(trace)).filter(([track]) => track === 'connection')
    expect(states.map(([, ...rest]) => rest)).toEqual([
      ['idle', 0, 10],
      ['connecting', 10, 35],
      ['open', 35, 61],
    ])
  })

  it('makes a file of nothing', () => {
    const trace = traceStream(aTraceable().stream, { capacity: 1 })
    trace.stop()
    expect(faultsOf(toChromeTrace(trace))).toEqual([])
  })
})

// Whatever comes in whatever order: also what no pipeline would tell.
// Doubles would be drawn next to 0, most of them.
const ms = fc.integer({ min: 0, max: 60_000 }).map((us) => us / 1000)
const count = fc.integer({ min: 0, max: 9 })
type Step = (tap: Tap, now: number) => number
const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(ms, ms, count, fc.boolean()).map(([decode, late, events, isWorker]): Step => {
    return (tap, now) => {
      const worker = isWorker ? { parsedAt: now + late / 2, takenAt: now + late } : undefined
      const taken = worker?.takenAt ?? now
      tap.read({ at: now, frames: [], worker }, taken + decode, events, events)
      return taken + decode
    }
  }),
  fc.tuple(ms, ms, ms, ms).map(([wait, read, sent, transit]): Step => {
    return (tap, now) => {
      const sentMs = 1e12 + now - transit
      const stamps = { sentMs, readEndMs: sentMs - sent, readStartMs: sentMs - sent - read }
      const entry = frame('message', {}, `S-${Math.round(stamps.readEndMs - wait)}-1`)
      tap.read({ at: now, frames: [timing({ n: 1, ...stamps }), entry] }, now + 0.1, 1, 1)
      return now + 0.1
    }
  }),
  fc.tuple(ms, ms, count, fc.boolean()).map(([reduce, react, events, isLate]): Step => {
    return (tap, now) => {
      tap.flushed(events, now, now + reduce, now + reduce + react)
      // A commit that is told late lets the next flush begin before it.
      return isLate ? now + reduce / 2 : now + reduce + react
    }
  }),
  ms.map(
    (paint): Step =>
      (tap, now) => (tap.painted(now, paint), now),
  ),
  fc.constantFrom('open' as const, 'reconnecting' as const, 'closed' as const).map(
    (status): Step =>
      (tap, now) => (tap.connection(status), now),
  ),
)

describe('whatever was traced', () => {
  it('makes a file by the format’s rules, of every capacity and with any clock', () => {
    const clocks = fc.option(fc.record({ offsetMs: fc.constant(1e12), boundMs: ms }))
    fc.assert(
      fc.property(
        fc.array(fc.tuple(ms, steps), { maxLength: 60 }),
        fc.integer({ min: 1, max: 80 }),
        clocks,
        (told, capacity, known) => {
          const serverClock = known && { ...known, storeOffsetMs: null, storeBoundMs: null }
          const { stream, tell } = aTraceable(() => aSnapshot({ serverClock }))
          const trace = traceStream(stream, { capacity })
          let now = 1000
          for (const [gap, step] of told) tell((tap) => (now = step(tap, now + gap)))
          const file = toChromeTrace(trace)
          expect(faultsOf(file)).toEqual([])
          expect(trace.size).toBeLessThanOrEqual(capacity)
          // Nothing is lost on the way to the file: a span each, three for a write, one for a state.
          const wanted = trace
            .records()
            .reduce((sum, { kind }) => sum + (kind === 'write' ? 3 : 1), 0)
          expect(spansOf(file)).toHaveLength(wanted)
        },
      ),
      { numRuns: 300 },
    )
  })
})
