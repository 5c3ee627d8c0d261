// Each fault as a meter would see it, in every layout it can happen in: right, or honestly unknown, never surely wrong.
import { describe, expect, it } from 'vitest'
import { diagnose } from '../../../src/metrics/diagnosis/diagnose.ts'
import type { WriterFacts } from '../../../src/metrics/diagnosis/facts.ts'
import type { MeterSnapshot, Stage } from '../../../src/metrics/snapshot.ts'
import type { VerdictKind } from '../../../src/metrics/diagnosis/verdict.ts'
import { aSnapshot, type Knowing, type Place, spread, stage } from '../a-snapshot.ts'

type Fault = (knowing: Knowing) => MeterSnapshot

const SERVED: readonly Place[] = ['suna-stream', 'suna-list']
const knowings = (places: readonly Place[], payload?: boolean): readonly Knowing[] =>
  places.flatMap((place) =>
    (payload === undefined ? [false, true] : [payload]).map((one) => ({ place, payload: one })),
  )

/** What is known, and what the app says of the stamps. */
type Told = Knowing & Pick<WriterFacts, 'stampedAt'>
/** With payload times that are said to be the model's. */
const told = (places: readonly Place[]): readonly Told[] =>
  places.map((place) => ({ place, payload: true, stampedAt: 'model' }))

/** Gaps of so many ms, as they are made and as they come. */
function paused(p50: number, p95: number, variation: number, min: number, knowing: Knowing) {
  const count = Math.min(300, Math.floor(5000 / p50))
  const gaps = spread(p50, { p95, variation, min, count, sum: 4800 })
  const known = aSnapshot({}, knowing).gaps.produced !== null
  return {
    eventsPerSecond: count / 5,
    charsPerEvent: 5,
    gaps: { arrived: gaps, produced: known ? gaps : null },
    busy: { ours: 0.04, foreign: 0.01 },
    frame: { droppedShare: 0 },
  }
}

const slowModel: Fault = (knowing) => aSnapshot(paused(300, 700, 0.6, 40, knowing), knowing)
const burstyModel: Fault = (knowing) => aSnapshot(paused(8, 450, 2.5, 0, knowing), knowing)
const evenModel: Fault = (knowing) => aSnapshot(paused(160, 170, 0.05, 152, knowing), knowing)

// The model makes a chunk every 20 ms, the writer brings one across every 155: what waits grows by 135 a chunk.
const awaitingWriter: Fault = (knowing) => {
  const arrived = spread(156, { p95: 165, variation: 0.05, min: 154, count: 31, sum: 4850 })
  const made = spread(20, { p95: 40, variation: 0.5, min: 5, count: 31, sum: 640 })
  const isStream = knowing.place === 'suna-stream'
  const write = stage(2200, 1, {
    min: 80,
    p95: 4200,
    source: 'inferred',
    boundMs: null,
    count: 31,
  })
  return aSnapshot(
    {
      ...paused(156, 165, 0.05, 154, knowing),
      gaps: { arrived, produced: knowing.payload ? made : isStream ? arrived : null },
      ...(knowing.payload && isStream ? { stages: { write } } : {}),
    },
    knowing,
  )
}

const one =
  (name: 'redis' | 'relay' | 'network', p50: number, p95: number): Fault =>
  (knowing) => {
    const { stages } = aSnapshot({}, knowing)
    return aSnapshot(
      { stages: { [name]: { ...stages[name], ...spread(p50, { p95 }) } as Stage } },
      knowing,
    )
  }

const jittery: Fault = (knowing) => {
  const network = aSnapshot({}, knowing).stages.network as Stage
  const values = spread(160, { min: 100, p95: 320, variation: 0.5 })
  return aSnapshot(
    {
      stages: { network: { ...network, ...values, boundMs: 100 } },
      serverClock: { offsetMs: 0, boundMs: 100, storeOffsetMs: 0, storeBoundMs: 0.2 },
    },
    knowing,
  )
}

const distant: Fault = (knowing) => {
  const network = aSnapshot({}, knowing).stages.network as Stage
  const values = spread(150, { min: 148, p95: 156, variation: 0.02 })
  return aSnapshot(
    {
      stages: { network: { ...network, ...values, boundMs: 150 } },
      serverClock: { offsetMs: 0, boundMs: 150, storeOffsetMs: 0, storeBoundMs: 0.2 },
    },
    knowing,
  )
}

const parsing: Fault = (knowing) =>
  aSnapshot(
    {
      stages: { parse: stage(9, 0.62, { p95: 14 }) },
      busy: { ours: 0.75, foreign: 0.05 },
      frame: { droppedShare: 0.2 },
      loopLagMs: spread(8, { p95: 20, count: 40 }),
    },
    knowing,
  )

const rendering: Fault = (knowing) =>
  aSnapshot(
    {
      stages: { react: stage(40, 0.66, { p95: 55, count: 90 }) },
      busy: { ours: 0.76, foreign: 0.04 },
      frame: { droppedShare: 0.6, perSecond: 22 },
      rendersPerSecond: 20,
      flushesPerSecond: 20,
      loopLagMs: spread(18, { p95: 52, count: 40 }),
      arrivalToPaintMs: spread(70, { p95: 140 }),
    },
    knowing,
  )

const layout: Fault = (knowing) =>
  aSnapshot(
    {
      stages: { paint: stage(35, 0.6, { p95: 50, count: 90 }) },
      busy: { ours: 0.72, foreign: 0.04 },
      frame: { droppedShare: 0.5, perSecond: 28 },
      rendersPerSecond: 20,
      loopLagMs: spread(14, { p95: 45, count: 40 }),
    },
    knowing,
  )

const perEvent: Fault = (knowing) =>
  aSnapshot(
    {
      eventsPerSecond: 500,
      charsPerEvent: 1,
      rendersPerSecond: 500,
      flushesPerSecond: 500,
      stages: { react: stage(1.2, 0.6, { count: 300 }) },
      gaps: {
        arrived: spread(2, { p95: 4, count: 2048 }),
      },
      busy: { ours: 0.72, foreign: 0.03 },
      frame: { droppedShare: 0.15, perSecond: 50 },
      loopLagMs: spread(6, { p95: 20, count: 40 }),
    },
    knowing,
  )

const otherScript: Fault = (knowing) =>
  aSnapshot(
    {
      busy: { ours: 0.15, foreign: 0.6 },
      loopLagMs: spread(60, { p95: 130, count: 38 }),
      frame: { droppedShare: 0.6, perSecond: 24 },
      longFrames: { count: 20, blockingMs: 1500, longestMs: 150, scriptMs: 0, forcedLayoutMs: 0 },
    },
    knowing,
  )

const hidden: Fault = (knowing) => aSnapshot({ hiddenShare: 0.9 }, knowing)
const none: Fault = (knowing) => aSnapshot({}, knowing)

const ALL: readonly Place[] = [...SERVED, 'foreign']
const TABLE: readonly [string, Fault, readonly Told[], readonly VerdictKind[], number][] = [
  ['a slow model', slowModel, told(ALL), ['model-bound'], 0.8],
  ['a slow model, no payload times', slowModel, knowings(SERVED, false), ['model-bound'], 0.5],
  ['a slow model, no stamps', slowModel, knowings(['foreign'], false), ['unknown'], 0],
  ['a bursty model', burstyModel, told(SERVED), ['model-bound'], 0.8],
  ['a bursty model, no payload times', burstyModel, knowings(SERVED, false), ['model-bound'], 0.5],
  ['an awaiting writer', awaitingWriter, knowings(SERVED, true), ['write-bound'], 0.6],
  ['an awaiting writer, no payload times', awaitingWriter, knowings(SERVED, false), ['unknown'], 0],
  ['a model as even as round trips', evenModel, told(SERVED), ['model-bound'], 0.8],
  ['the same, no payload times', evenModel, knowings(SERVED, false), ['unknown'], 0],
  ['slow reads of Redis', one('redis', 90, 150), knowings(SERVED), ['redis-bound'], 0.6],
  ['an overloaded relay', one('relay', 120, 260), knowings(SERVED), ['relay-bound'], 0.8],
  ['a network with jitter', jittery, knowings(SERVED), ['network-bound'], 0.6],
  ['a distant relay', distant, knowings(SERVED), ['network-bound'], 0.5],
  ['a buffering proxy', one('network', 300, 900), knowings(SERVED), ['network-bound'], 0.7],
  ['heavy parsing', parsing, knowings(ALL), ['parse-bound'], 0.8],
  ['heavy React render', rendering, knowings(ALL), ['render-bound'], 0.8],
  ['heavy layout', layout, knowings(ALL), ['paint-bound'], 0.6],
  [
    'tiny chunks, rendered one by one',
    perEvent,
    knowings(ALL),
    ['chunking-bound', 'render-bound'],
    0.8,
  ],
  ['other work of the main thread', otherScript, knowings(ALL), ['other-script-bound'], 0.8],
  ['a hidden tab', hidden, knowings(ALL), ['unknown', 'healthy'], 0],
  ['nothing', none, knowings(SERVED), ['healthy'], 0.8],
  ['nothing, no stamps', none, knowings(['foreign']), ['healthy'], 0.6],
]

describe.each(TABLE)('of %s', (_, fault, where, kinds, confidence) => {
  it.each(where)('tells it in $place, payload times: $payload', ({ stampedAt, ...knowing }) => {
    const { verdict } = diagnose(fault(knowing), undefined, { writer: { stampedAt } })
    expect(kinds).toContain(verdict.kind)
    expect(verdict.confidence).toBeGreaterThanOrEqual(confidence)
  })
})

describe('a verdict', () => {
  it('carries evidence, one piece of advice and a gain that can be checked', () => {
    const { verdict } = diagnose(perEvent({}))
    expect(verdict.kind).toBe('chunking-bound')
    expect(verdict.evidence[0]).toEqual({
      name: 'renders per frame',
      value: 10,
      unit: '×',
      threshold: 1.5,
    })
    // Nine of ten renders, of 0.6 of the thread.
    expect(verdict.gain).toMatchObject({ unit: 'ms/s', value: expect.closeTo(540, 6) })
    expect(verdict.advice).not.toBe('')
  })

  it('says what a chunk gains when its write is no longer awaited', () => {
    const { verdict } = diagnose(awaitingWriter({ place: 'suna-stream', payload: true }))
    // 31 chunks came in 4.85 s and were made in 0.64.
    expect(verdict.gain).toMatchObject({ unit: 'ms/chunk', value: expect.closeTo(135.8, 1) })
  })

  it('brings a probe in Node and Python where model and writer look alike', () => {
    const { verdict } = diagnose(awaitingWriter({ place: 'suna-stream' }))
    expect(verdict.note).toContain('model or writer')
    expect(verdict.experiment).toContain('@redis/client')
    expect(verdict.experiment).toContain('import os, time, redis')
    expect(verdict.missing).toHaveLength(1)
  })

  it('takes the writer’s own round trip for a floor, and is never sure of it', () => {
    const seen = awaitingWriter({ place: 'suna-list' })
    const { verdict } = diagnose(seen, undefined, { writer: { rttMs: 77, roundTrips: 2 } })
    expect(verdict.kind).toBe('write-bound')
    expect(verdict.confidence).toBeLessThan(0.8)
    expect(verdict.gain).toMatchObject({ value: 154, unit: 'ms/chunk' })
    const near = diagnose(seen, undefined, { writer: { rttMs: 0.4 } })
    expect(near.verdict.kind).toBe('unknown')
  })

  it('doubts payload times that a loop of awaited writes would make', () => {
    const knowing: Knowing = { place: 'suna-stream', payload: true }
    const write = stage(78, 0.5, { min: 77, p95: 82, source: 'inferred', boundMs: null })
    const seen = aSnapshot({ ...paused(156, 165, 0.05, 154, knowing), stages: { write } }, knowing)
    const { verdict } = diagnose(seen)
    expect(verdict).toMatchObject({ kind: 'model-bound', note: expect.stringContaining('loop') })
    expect(verdict.confidence).toBeLessThan(0.6)
    const inLoop = diagnose(seen, undefined, { writer: { stampedAt: 'write' } })
    expect(inLoop.verdict.kind).toBe('unknown')
  })

  it.each([slowModel, burstyModel, evenModel])(
    'is sure of a model only where something tells when chunks were written, or that they were stamped before',
    (fault) => {
      const verdictIn = (place: Place, writer: WriterFacts = {}) =>
        diagnose(fault({ place, payload: true }), undefined, { writer }).verdict
      for (const place of ['suna-list', 'foreign'] as const) {
        const doubted = verdictIn(place)
        expect(doubted).toMatchObject({ kind: 'model-bound', note: expect.stringContaining('Say') })
        expect(doubted.confidence).toBeLessThanOrEqual(0.75)
        expect(doubted.experiment).toContain('round trip')
        expect(verdictIn(place, { stampedAt: 'model' }).confidence).toBeGreaterThan(0.75)
      }
      expect(verdictIn('suna-stream').note).toBeUndefined()
      expect(verdictIn('suna-stream').confidence).toBeGreaterThan(0.8)
    },
  )

  it('is healthy with a note where renders are wasted', () => {
    const { verdict } = diagnose(aSnapshot({ rendersPerSecond: 180 }))
    expect(verdict).toMatchObject({
      kind: 'healthy',
      note: 'It wastes: 3.1 renders for each frame.',
    })
    expect(verdict.gain?.value).toBeCloseTo((1 - 59 / 180) * 90, 6)
  })

  it('names both where two things are the matter', () => {
    const { stages, ...rest } = rendering({})
    const { verdicts } = diagnose({
      ...rest,
      stages: { ...stages, relay: stage(200, 1, { p95: 400 }) },
    })
    expect(verdicts.map(({ kind }) => kind)).toEqual(['render-bound', 'relay-bound'])
  })

  it('replaces single thresholds', () => {
    const seen = aSnapshot({ busy: { ours: 0.3 }, stages: { react: stage(4, 0.25) } })
    expect(diagnose(seen).verdict.kind).toBe('healthy')
    const strict = diagnose(seen, undefined, { thresholds: { stageShare: 0.2 } })
    expect(strict.verdict.kind).toBe('render-bound')
  })
})
