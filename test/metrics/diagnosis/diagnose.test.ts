// What holds of every diagnosis: vetoes, steadiness, and that no number, however odd, makes it sure of what it cannot know.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diagnose } from '../../../src/metrics/diagnosis/diagnose.ts'
import {
  type MeterSnapshot,
  type Stage,
  STAGES,
  type StageName,
} from '../../../src/metrics/snapshot.ts'
import { thresholds } from '../../../src/metrics/diagnosis/thresholds.ts'
import {
  type Diagnosis,
  type Verdict,
  VERDICTS,
  type VerdictKind,
} from '../../../src/metrics/diagnosis/verdict.ts'
import { aSnapshot, longFrames, spread, stage } from '../a-snapshot.ts'

const slowNetwork = (source: 'inferred' | 'bounded'): Stage =>
  stage(250, 1, { p95: 600, source, boundMs: 2 })

describe('vetoes', () => {
  const late = {
    'tasks late': { loopLagMs: spread(20, { p95: 80, max: 600, count: 40 }) },
    'frames late': {
      frame: { droppedShare: 0.3 },
      loopLagMs: spread(20, { p95: 40, max: 600, count: 40 }),
    },
    'the thread in use': {
      busy: { ours: 0.3, foreign: 0.4 },
      loopLagMs: spread(20, { p95: 40, max: 600, count: 40 }),
    },
  }
  const network = (source: 'inferred' | 'bounded', more: object): Verdict | undefined =>
    diagnose(aSnapshot({ ...more, stages: { network: slowNetwork(source) } })).verdicts.find(
      ({ kind }) => kind === 'network-bound',
    )
  it.each(Object.entries(late))('never blames the network with %s, read in the page', (_, more) => {
    expect(network('inferred', more)).toBeUndefined()
    expect(network('bounded', more)).toBeDefined()
  })

  it.each(Object.entries(late))('blames it with %s for what no lateness explains', (_, more) => {
    const { p95, count } = more.loopLagMs
    const loopLagMs = spread(20, { p95: p95 ?? 0, max: 100, count })
    expect(network('inferred', { ...more, loopLagMs })?.confidence).toBeLessThan(0.75)
  })

  it('takes the worst loop lag out of a network that the page reads', () => {
    const stages = { network: stage(60, 1, { min: 50, p95: 180, source: 'inferred', boundMs: 2 }) }
    const lag = (max: number) => spread(1, { p95: 10, max, count: 40 })
    expect(diagnose(aSnapshot({ stages, loopLagMs: lag(20) })).verdict.kind).toBe('network-bound')
    expect(diagnose(aSnapshot({ stages, loopLagMs: lag(150) })).verdict.kind).toBe('unknown')
  })

  it('sees no slowness in a network within its bound', () => {
    const stages = {
      network: stage(140, 1, { min: 130, p95: 150, source: 'bounded', boundMs: 90 }),
    }
    const serverClock = { offsetMs: 0, boundMs: 90, storeOffsetMs: 0, storeBoundMs: 1 }
    expect(diagnose(aSnapshot({ stages, serverClock })).verdict.kind).toBe('healthy')
  })

  it('sees no slowness in Redis within its bound', () => {
    const redis = (boundMs: number): Stage => stage(20, 1, { p95: 30, source: 'bounded', boundMs })
    expect(diagnose(aSnapshot({ stages: { redis: redis(25) } })).verdict.kind).toBe('healthy')
    expect(diagnose(aSnapshot({ stages: { redis: redis(1) } })).verdict.kind).toBe('redis-bound')
  })

  it('takes only changes of Redis where nobody compared its clock', () => {
    const redis = (min: number): Stage =>
      stage(5000, 1, { min, p95: 5040, source: 'inferred', boundMs: null })
    expect(diagnose(aSnapshot({ stages: { redis: redis(4999) } })).verdict.kind).toBe('redis-bound')
    expect(diagnose(aSnapshot({ stages: { redis: redis(5035) } })).verdict.kind).toBe('healthy')
  })

  it('blames the relay and not Redis where both are late', () => {
    const stages = {
      redis: stage(100, 1, { p95: 200, source: 'bounded', boundMs: 1 }),
      relay: stage(90, 1, { p95: 180 }),
    } as const
    const { verdicts } = diagnose(aSnapshot({ stages }))
    expect(verdicts[0]?.kind).toBe('relay-bound')
    expect(verdicts.map(({ kind }) => kind)).not.toContain('redis-bound')
  })

  it('weighs Redis by what a chunk takes on average, not by the haste of a burst', () => {
    const stages = { redis: stage(8, 1, { p95: 16, source: 'inferred' as const, boundMs: null }) }
    const gaps = { arrived: spread(4, { p95: 90, sum: 4800, count: 80, variation: 3 }) }
    const seen = aSnapshot({ stages, gaps, eventsPerSecond: 16 }, { place: 'suna-list' })
    expect(diagnose(seen).verdicts.map(({ kind }) => kind)).not.toContain('redis-bound')
  })

  it('takes few late reads of many for slow where they are felt, and is not sure of it', () => {
    const tail = (p95: number): Diagnosis =>
      diagnose(aSnapshot({ stages: { redis: stage(2, 0.3, { p95, boundMs: 1 }) } }))
    expect(tail(40).verdict.kind).toBe('healthy')
    expect(tail(160).verdict.kind).toBe('redis-bound')
    expect(tail(160).verdict.confidence).toBeLessThanOrEqual(0.55)
  })

  it('lets what is late here wait where the server is later by its own clock', () => {
    const late = {
      busy: { ours: 0.05, foreign: 0.34 },
      loopLagMs: spread(10, { p95: 55, count: 40 }),
      longFrames: longFrames(20, 1600),
    }
    const redis = stage(190, 0.95, { p95: 300, boundMs: 2 })
    expect(diagnose(aSnapshot({ ...late, stages: { redis } })).verdict.kind).toBe('redis-bound')
    expect(diagnose(aSnapshot(late)).verdict.kind).toBe('other-script-bound')
  })

  // What the parts of this stream take in scripts: 0.6 s of the window.
  const OURS_MS = 590
  const held = {
    busy: { ours: 0.17, foreign: 0.6 },
    loopLagMs: spread(40, { p95: 120, count: 40 }),
  }
  const sureWith = (longFrames: MeterSnapshot['longFrames'], more: object = {}): Verdict =>
    diagnose(aSnapshot({ ...held, longFrames, ...more })).verdict

  it('is sure of others’ work where the browser names scripts that are not this stream’s', () => {
    const { kind, confidence, note } = sureWith(longFrames(30, OURS_MS + 2400))
    expect([kind, note]).toEqual(['other-script-bound', undefined])
    expect(confidence).toBeGreaterThanOrEqual(0.8)
  })

  it.each([
    [0, 0],
    [OURS_MS, 2],
    // One script that was stopped in its middle is nobody's habit.
    [OURS_MS + 1700, 58],
  ])('is not sure of it with %i ms named: nobody may have had the processor', (scriptMs, part) => {
    const { kind, confidence, note } = sureWith(longFrames(30, scriptMs))
    expect(kind).toBe('other-script-bound')
    expect(confidence).toBeLessThan(0.75)
    expect(note).toContain(`named for ${part} % of it: perhaps other programs`)
  })

  it('puts others’ work that nobody is named for behind what is measured', () => {
    const kinds = (scriptMs: number): readonly VerdictKind[] =>
      diagnose(
        aSnapshot({
          stages: { react: stage(50, 0.33, { p95: 75, count: 40 }) },
          busy: { ours: 0.45, foreign: 0.45 },
          loopLagMs: spread(40, { p95: 120, count: 40 }),
          longFrames: longFrames(30, scriptMs),
        }),
      ).verdicts.map(({ kind }) => kind)
    expect(kinds(1700)).toEqual(['render-bound', 'other-script-bound'])
    expect(kinds(1700 + 2200)).toEqual(['other-script-bound', 'render-bound'])
  })

  it('is not sure of a page whose every stage costs several times its least: it may lack the processor', () => {
    const costing = (react: number, paint: number): Verdict =>
      diagnose(
        aSnapshot({
          stages: {
            react: stage(20, 0.6, { min: react, p95: 60 }),
            paint: stage(12, 0.3, { min: paint, p95: 40 }),
          },
          busy: { ours: 0.9, foreign: 0.02 },
        }),
      ).verdict
    const sure = costing(18, 2).confidence
    expect(sure).toBeGreaterThan(0.8)
    // Work that is uneven by itself leaves the rest as it is.
    expect(costing(2, 9).confidence).toBe(sure)
    expect(costing(2, 2)).toMatchObject({ kind: 'render-bound', confidence: 0.75 * sure })
    // Of clocks that tick in whole milliseconds nothing costs less than none.
    expect(costing(0, 9).confidence).toBe(sure)
  })

  it('is not sure of it in a browser that names no script at all', () => {
    const { kind, confidence } = sureWith(null)
    expect(kind).toBe('other-script-bound')
    expect(confidence).toBeLessThan(0.8)
    expect(confidence).toBeGreaterThan(0.7)
  })

  describe('of layout that an effect of React forces', () => {
    // Three fifths of the thread in React, half of it in what the browser calls forced layout.
    const forcing = (forcedLayoutMs: number, more: object = {}): Verdict =>
      diagnose(
        aSnapshot({
          stages: { react: stage(60, 0.6, { p95: 80, count: 50 }) },
          busy: { ours: 0.7, foreign: 0.02 },
          longFrames: longFrames(40, 3000, forcedLayoutMs),
          ...more,
        }),
      ).verdict

    it('is bound by paint where the browser tells that most of the work was layout', () => {
      const { kind, evidence } = forcing(2500)
      expect(kind).toBe('paint-bound')
      expect(evidence).toContainEqual({ name: 'forced layout', value: 0.5, unit: 'share' })
      expect(evidence[0]).toMatchObject({ name: 'paint, part of the thread' })
      expect(evidence[0]?.value).toBeCloseTo(0.56)
    })

    it('is bound by rendering where it does not, and names reads of layout in the advice', () => {
      for (const seen of [forcing(0), forcing(300), forcing(0, { longFrames: null })]) {
        expect(seen.kind).toBe('render-bound')
        expect(seen.advice).toContain('reads of layout in effects')
      }
    })

    it('takes none of React’s work for layout that another script forces', () => {
      const theirs = { longFrames: longFrames(40, 5000, 1900), busy: { ours: 0.6, foreign: 0.38 } }
      expect(forcing(1900, theirs).kind).toBe('render-bound')
    })

    it('takes layout that a script forces behind the stream, as one that follows its end, for paint', () => {
      const follower = {
        stages: { paint: stage(200, 0.4, { p95: 300, count: 20 }) },
        busy: { ours: 0.42, foreign: 0.56 },
        longFrames: longFrames(20, 2300, 2200),
        loopLagMs: spread(100, { p95: 300, count: 20 }),
      }
      expect(diagnose(aSnapshot(follower)).verdict.kind).toBe('paint-bound')
    })
  })

  it('takes reads that bring several chunks for no slow chunks', () => {
    const known = { place: 'suna-list', payload: false } as const
    const gathered = aSnapshot(
      { eventsPerSecond: 50, gaps: { arrived: spread(160, { p95: 165 }), produced: null } },
      known,
    )
    const redis = stage(155, 0.9, { p95: 160, boundMs: null, source: 'inferred' })
    const { verdict } = diagnose({ ...gathered, stages: { ...gathered.stages, redis } })
    expect(verdict.kind).toBe('redis-bound')
    expect(verdict.confidence).toBeGreaterThan(0.7)
  })

  it('never takes the deliberate wait for slowness', () => {
    const seen = aSnapshot({
      stages: { queue: stage(180, 1, { p95: 260 }) },
      arrivalToPaintMs: spread(195, { p95: 275 }),
    })
    expect(diagnose(seen).verdict.kind).toBe('healthy')
  })

  it('takes a thread that is late now and then for no trouble where chunks come seldom', () => {
    const page = { frame: { droppedShare: 0.17 }, loopLagMs: spread(1, { p95: 66, count: 38 }) }
    const others = { busy: { ours: 0.03, foreign: 0.22 }, ...page }
    const gaps = (p50: number) => {
      const some = spread(p50, { p95: 2 * p50, variation: 0.8, min: p50 / 3, count: 30 })
      return { gaps: { produced: some, arrived: some } }
    }
    expect(diagnose(aSnapshot({ ...others, ...gaps(300) })).verdict.kind).toBe('model-bound')
    expect(diagnose(aSnapshot({ ...others, ...gaps(30) })).verdict.kind).toBe('other-script-bound')
  })

  it('calls nothing healthy where a network that may be the page’s own delay is slow', () => {
    const stages = { network: slowNetwork('inferred') }
    const loopLagMs = spread(10, { p95: 40, max: 600, count: 40 })
    const seen = aSnapshot({ stages, loopLagMs, frame: { droppedShare: 0.12 } })
    const { kind, note } = diagnose(seen).verdict
    expect([kind, note]).toEqual(['unknown', expect.stringContaining('the network, or the page')])
  })

  it('calls nothing healthy where chunks come late that were made in time, and nobody measures the way', () => {
    const gaps = {
      produced: spread(20, { p95: 24 }),
      arrived: spread(160, { p95: 165, sum: 4800 }),
    }
    const { verdict } = diagnose(
      aSnapshot({ gaps, stages: { relay: null, network: null, redis: null } }),
    )
    expect(verdict.kind).toBe('unknown')
  })

  it('says nothing of a page that is hidden, however slow everything is', () => {
    const stages = { network: slowNetwork('bounded'), react: stage(50, 0.9) }
    const { verdict, verdicts } = diagnose(aSnapshot({ stages, hiddenShare: 0.3 }))
    expect(verdict).toMatchObject({ kind: 'unknown', note: 'The page could not be seen.' })
    expect(verdicts).toHaveLength(1)
  })

  it.each([
    ['young', { windowMs: 1500 }],
    ['with few events', { eventsPerSecond: 0.4 }],
  ])('says nothing of a stream that is %s', (_, change) => {
    const react = stage(50, 0.9)
    expect(diagnose(aSnapshot({ stages: { react } })).verdict.kind).toBe('render-bound')
    expect(diagnose(aSnapshot({ stages: { react }, ...change })).verdict.kind).toBe('unknown')
  })

  it('is not sure of stages that do not add up, and calls nothing healthy', () => {
    const react = stage(50, 0.9)
    const { verdict } = diagnose(aSnapshot({ stages: { react }, closing: 0.7 }))
    expect(verdict.confidence).toBeLessThan(0.5)
    expect(diagnose(aSnapshot({ closing: 0.7 })).verdict.kind).toBe('unknown')
  })

  it('calls a page healthy, and is not sure, whose stages share much of the thread while nothing is late', () => {
    const seen = (react: number, change: Parameters<typeof aSnapshot>[0] = {}): MeterSnapshot =>
      aSnapshot({
        stages: { react: stage(6, react), paint: stage(6, 0.16) },
        busy: { ours: react + 0.16 },
        ...change,
      })
    const { verdict } = diagnose(seen(0.3))
    expect(verdict.kind).toBe('healthy')
    expect(verdict.confidence).toBeLessThan(0.5)
    expect(diagnose(seen(0.35)).verdict.kind).toBe('healthy')
    expect(diagnose(seen(0.45)).verdict.kind).toBe('render-bound')
    const arrived = spread(110, { p95: 160 })
    for (const late of [{ gaps: { arrived } }, { frame: { droppedShare: 0.15 } }]) {
      expect(diagnose(seen(0.1, late)).verdict.kind).not.toBe('unknown')
      expect(diagnose(seen(0.19, { ...late, busy: { ours: 0.5 } })).verdict.kind).toBe('unknown')
    }
  })

  it('is less sure of a relay that a late page may keep waiting', () => {
    const stages = { relay: stage(120, 1, { p95: 300 }) }
    const sure = (seen: MeterSnapshot) =>
      diagnose(seen).verdicts.find(({ kind }) => kind === 'relay-bound')?.confidence ?? 0
    const alone = sure(aSnapshot({ stages }))
    const pressed = sure(aSnapshot({ stages, frame: { droppedShare: 0.4 } }))
    expect(pressed).toBeLessThan(alone)
    expect(pressed).toBeGreaterThan(0)
  })
})

describe('confidence', () => {
  const of = (seen: MeterSnapshot): number => diagnose(seen).verdict.confidence
  const rendering = (share: number, count = 90, source: Stage['source'] = 'exact'): MeterSnapshot =>
    aSnapshot({ stages: { react: stage(40, share, { count, source }) } })

  it('falls near a threshold, with few frames, with an inferred stage and with a second class', () => {
    const sure = of(rendering(0.8))
    expect(sure).toBeGreaterThan(0.8)
    expect(of(rendering(0.45))).toBeLessThan(sure)
    expect(of(rendering(0.8, 4))).toBeLessThan(sure)
    expect(of(rendering(0.8, 90, 'inferred'))).toBeLessThan(sure)
    const close = aSnapshot({ stages: { react: stage(40, 0.5), parse: stage(30, 0.45) } })
    expect(of(close)).toBeLessThan(of(rendering(0.5)))
  })

  it('falls with missing stamps, and tells which are missing', () => {
    const blind = diagnose(aSnapshot({}, { place: 'foreign' })).verdict
    expect(blind.confidence).toBeLessThan(of(aSnapshot()))
    expect(blind.missing).toContain('relay: no stamps of a relay, or none that is live')
  })

  it('tells a guess below 0.3 as unknown, with the guess', () => {
    const seen = aSnapshot({ stages: { react: stage(40, 0.41, { count: 1 }) }, closing: 2 })
    const { verdict, verdicts } = diagnose(seen)
    expect(verdict).toMatchObject({ kind: 'unknown', note: 'Perhaps render-bound.' })
    expect(verdicts[1]?.kind).toBe('render-bound')
  })
})

describe('hysteresis', () => {
  const calm = aSnapshot()
  const rendering = aSnapshot({ stages: { react: stage(50, 0.8) } })
  const run = (list: readonly MeterSnapshot[], stepMs = 1000): readonly Diagnosis[] => {
    const all: Diagnosis[] = []
    for (const [index, seen] of list.entries()) {
      all.push(diagnose({ ...seen, at: 10_000 + index * stepMs }, all.at(-1)))
    }
    return all
  }
  const kindsOf = (all: readonly Diagnosis[]): readonly VerdictKind[] =>
    all.map(({ verdict }) => verdict.kind)

  it('changes when another kind is first in three of four windows, and not before', () => {
    const all = run([calm, calm, rendering, rendering, calm, rendering])
    expect(kindsOf(all)).toEqual([...Array<VerdictKind>(5).fill('healthy'), 'render-bound'])
  })

  it('counts looks of one second as one window', () => {
    const all = run([calm, ...Array<MeterSnapshot>(13).fill(rendering)], 250)
    expect(kindsOf(all).lastIndexOf('healthy')).toBe(7)
    expect(kindsOf(all).at(-1)).toBe('render-bound')
  })

  it('holds a verdict that is no longer seen with half of its confidence', () => {
    const [first, second] = run([rendering, calm])
    expect(second?.verdict.kind).toBe('render-bound')
    expect(second?.verdict.confidence).toBeLessThanOrEqual((first?.verdict.confidence ?? 0) / 2)
  })

  it('fades a verdict once a window, however often one looks', () => {
    const all = run([rendering, calm, calm, calm, calm], 250)
    const [first = NaN, , , last = NaN, next] = all.map(({ verdict }) => verdict.confidence)
    expect(last).toBeCloseTo(first / 2)
    expect(next).toBeCloseTo(first / 4)
  })

  it('lets go of what is no longer seen, though nothing stays long enough to follow', () => {
    const modelled = aSnapshot({ stages: { relay: stage(120, 1, { p95: 300 }) } })
    const all = run([rendering, calm, modelled, calm, modelled, calm, modelled])
    expect(kindsOf(all).at(-1)).not.toBe('render-bound')
  })

  it('is unknown at once when the page is hidden, and holds on to nothing', () => {
    const all = run([rendering, { ...rendering, hiddenShare: 1 }, calm])
    expect(kindsOf(all)).toEqual(['render-bound', 'unknown', 'healthy'])
  })

  // So many in the window's five seconds: four are enough to begin with.
  const thin = (seen: MeterSnapshot, events: number): MeterSnapshot => ({
    ...seen,
    eventsPerSecond: events / 5,
  })

  it('stays with a verdict on half of the events that one takes, and is not sure of it', () => {
    const all = run([4, 3, 2, 3, 2, 4].map((events) => thin(rendering, events)))
    expect(kindsOf(all)).toEqual(Array<VerdictKind>(6).fill('render-bound'))
    const sure = all.map(({ verdict }) => verdict.confidence >= 0.8)
    expect(sure).toEqual([true, false, false, false, false, true])
  })

  it('lets no other verdict come of so few', () => {
    const few = thin(calm, 3)
    expect(kindsOf(run([few, few, few, few]))).toEqual(Array<VerdictKind>(4).fill('unknown'))
    const kinds = kindsOf(run([rendering, few, few, few, few]))
    expect(kinds).toEqual(['render-bound', 'render-bound', 'render-bound', 'unknown', 'unknown'])
  })

  it('is unknown at once on fewer than half', () => {
    const kinds = kindsOf(run([rendering, thin(rendering, 1), thin(rendering, 3), rendering]))
    expect(kinds).toEqual(['render-bound', 'unknown', 'unknown', 'render-bound'])
  })

  it('begins anew with another stream, whose clock is younger', () => {
    const before = diagnose({ ...rendering, at: 50_000 })
    expect(diagnose({ ...calm, at: 9000 }, before).verdict.kind).toBe('healthy')
  })

  it('never flips within two windows', () => {
    const faults = [
      calm,
      rendering,
      aSnapshot({ stages: { relay: stage(120, 1, { p95: 300 }) } }),
      aSnapshot({ stages: { parse: stage(20, 0.7) } }),
    ]
    const windows = fc.array(fc.nat(faults.length - 1), { minLength: 2, maxLength: 40 })
    const property = fc.property(windows, (list) => {
      const kinds = kindsOf(run(list.map((index) => faults[index] ?? calm)))
      const changes = kinds.flatMap((kind, at) => (at > 0 && kind !== kinds[at - 1] ? [at] : []))
      for (const [index, at] of changes.entries()) {
        expect(at - (changes[index - 1] ?? 0)).toBeGreaterThan(2)
      }
    })
    fc.assert(property, { numRuns: 300 })
  })
})

const NUMBERS = fc.oneof(
  fc.double(),
  fc.constantFrom(0, 1, -1, NaN, Infinity, -Infinity, Number.MAX_VALUE, Number.MIN_VALUE),
  fc.double({ min: 0, max: 1000, noNaN: true }),
)

// The shape of a snapshot with any number, null or nothing in the place of every leaf.
function anyOf(value: unknown): fc.Arbitrary<unknown> {
  const odd = fc.constantFrom<unknown>(null, undefined)
  if (typeof value === 'number' || value === null) return fc.oneof(NUMBERS, odd)
  if (Array.isArray(value)) return fc.oneof(fc.constant(value), odd)
  if (typeof value !== 'object' || value === undefined) return fc.oneof(fc.constant(value), odd)
  const fields = Object.entries(value).map(([name, one]) => [name, anyOf(one)] as const)
  return fc.oneof(
    { weight: 9, arbitrary: fc.record(Object.fromEntries(fields)) },
    { weight: 1, arbitrary: odd },
  )
}

const TEMPLATE = aSnapshot({}, { payload: true })
const ANY = anyOf(TEMPLATE) as fc.Arbitrary<MeterSnapshot>

function expectSound({ verdict, verdicts }: Diagnosis): void {
  expect(verdicts.length).toBeGreaterThan(0)
  for (const one of [verdict, ...verdicts]) {
    expect(VERDICTS).toContain(one.kind)
    for (const part of [one.share, one.confidence]) {
      expect(part).toBeGreaterThanOrEqual(0)
      expect(part).toBeLessThanOrEqual(1)
    }
    for (const { value, threshold = 0 } of one.evidence) {
      expect(Number.isFinite(value) && Number.isFinite(threshold)).toBe(true)
    }
    if (one.gain !== null) expect(one.gain.value).toBeGreaterThanOrEqual(0)
    if (one.gain !== null) expect(Number.isFinite(one.gain.value)).toBe(true)
  }
}

describe('any snapshot', () => {
  it('gets an answer of finite numbers', () => {
    const property = fc.property(ANY, fc.boolean(), (seen, lax) => {
      const none = { events: 0, windowMs: 0, hiddenShare: 1, stageShare: 0 }
      const options = lax ? { thresholds: none } : {}
      expectSound(diagnose(seen, undefined, options))
    })
    fc.assert(property, { numRuns: 3000 })
  })

  it.each([null, undefined, {}, [], 'x', 0, { stages: 7, gaps: '' }])('gets one of %j', (seen) => {
    const answer = diagnose(seen as unknown as MeterSnapshot)
    expectSound(answer)
    expect(answer.verdict.kind).toBe('unknown')
  })

  it('survives JSON, and so does what is handed in again', () => {
    const first = diagnose(TEMPLATE)
    const copy = JSON.parse(JSON.stringify(first)) as Diagnosis
    const next = { ...TEMPLATE, at: TEMPLATE.at + 1000 }
    expect(diagnose(next, copy)).toEqual(diagnose(next, first))
  })
})

const RESTS_ON: Readonly<Partial<Record<VerdictKind, readonly StageName[]>>> = {
  'chunking-bound': ['react'],
  'render-bound': ['react'],
  'paint-bound': ['paint'],
  'parse-bound': ['parse', 'reduce'],
  'redis-bound': ['redis'],
  'relay-bound': ['relay'],
  'network-bound': ['network'],
  'model-bound': ['model'],
}

// Snapshots in which things are as slow as they like, with every stage known.
const MS = fc.double({ min: 0, max: 600, noNaN: true })
const PART = fc.double({ min: 0, max: 1, noNaN: true })
const anyStage = (name: StageName): fc.Arbitrary<Stage> =>
  fc
    .record({ p50: MS, more: MS, share: PART, count: fc.integer({ min: 1, max: 300 }) })
    .map(({ p50, more, share, count }) => {
      const { source, boundMs } = TEMPLATE.stages[name] as Stage
      return stage(p50, share, { p95: p50 + more, count, source, boundMs })
    })
const STAGED = fc.record(
  Object.fromEntries(STAGES.map((name) => [name, anyStage(name)])) as Record<
    StageName,
    fc.Arbitrary<Stage>
  >,
)
const SLOW: fc.Arbitrary<MeterSnapshot> = fc
  .record({ stages: STAGED, foreign: PART, gap: MS, dropped: PART, lag: MS, renders: MS })
  .map(({ stages, foreign, gap, dropped, lag, renders }) => {
    const gaps = spread(gap, { p95: gap * 2, variation: 0.4 })
    const { react, parse, reduce, paint } = stages
    const ours = Math.min(1, react.share + parse.share + reduce.share + paint.share)
    return aSnapshot({
      stages,
      busy: { ours, foreign },
      gaps: { produced: gaps, arrived: gaps, producedBy: 'payload' },
      frame: { droppedShare: dropped },
      rendersPerSecond: renders,
      loopLagMs: spread(lag / 2, { p95: lag, count: 40 }),
    })
  })

describe('a sure verdict', () => {
  it('never rests on stages that are null', () => {
    const property = fc.property(SLOW, (seen) => {
      for (const kind of VERDICTS) {
        const gone = RESTS_ON[kind]?.map((name) => [name, null]) ?? []
        if (gone.length === 0 || kind === 'model-bound') continue
        const stages = { ...seen.stages, ...Object.fromEntries(gone) }
        const { verdicts } = diagnose({ ...seen, stages })
        const same = verdicts.filter((one) => one.kind === kind)
        for (const { confidence } of same) expect(confidence).toBeLessThan(0.8)
      }
    })
    fc.assert(property, { numRuns: 500 })
  })

  it('never rests on a stage that lies within its bound', () => {
    const property = fc.property(SLOW, fc.constantFrom('redis', 'network'), (seen, name) => {
      const values = seen.stages[name] as Stage
      // As a clock would leave it: neither its size nor its changes are beyond the bound.
      const bounded = { ...values, boundMs: (values.max ?? 0) + 1, min: values.p95 }
      const { verdicts } = diagnose({ ...seen, stages: { ...seen.stages, [name]: bounded } })
      const same = verdicts.find(({ kind }) => kind === `${name}-bound`)
      expect(same?.confidence ?? 0).toBeLessThan(0.8)
    })
    fc.assert(property, { numRuns: 500 })
  })

  it('is not shaken by another stage that takes less', () => {
    const scaled = (values: Stage, factor: number): Stage => {
      const times = ['sum', 'mean', 'min', 'p50', 'p95', 'p99', 'max', 'share'] as const
      const less = Object.fromEntries(times.map((name) => [name, (values[name] ?? 0) * factor]))
      return { ...values, ...less }
    }
    let held = 0
    const property = fc.property(SLOW, fc.constantFrom(...STAGES), PART, (seen, name, factor) => {
      const { verdict, verdicts } = diagnose(seen)
      const own = RESTS_ON[verdict.kind]
      // The wait is what lateness is reckoned without; of a model, its gaps are the stage.
      if (own === undefined || own.includes(name) || name === 'queue') return
      // With less of our own work the same lag is somebody else's.
      if ((seen.loopLagMs.p95 ?? 0) > thresholds.lagMs && PAGE.includes(name)) return
      const stages = { ...seen.stages, [name]: scaled(seen.stages[name] as Stage, factor) }
      const taken = seen.busy.ours - Math.min(1, oursOf(seen.stages))
      const ours = Math.min(1, oursOf(stages)) + taken
      const after = diagnose({ ...seen, stages, busy: { ...seen.busy, ours } })
      const same = after.verdicts.find(({ kind }) => kind === verdict.kind)
      const sure = verdict.confidence - 1e-9
      expect(same?.confidence ?? 0).toBeGreaterThanOrEqual(sure)
      if (after.verdict.kind === verdict.kind) return void held++
      // What is left weighs more; only what weighs more than the verdict may come before it, or one of the page's that
      // is no guess any more: these come first.
      const before = verdicts.find(({ kind }) => kind === after.verdict.kind)?.confidence ?? 1
      const wasGuess = PAGE_KINDS.includes(after.verdict.kind) && before < thresholds.confidence
      const least = wasGuess ? thresholds.confidence : sure
      expect(after.verdict.confidence).toBeGreaterThanOrEqual(least)
    })
    fc.assert(property, { numRuns: 3000 })
    expect(held).toBeGreaterThan(500)
  })
})

const PAGE: readonly StageName[] = ['parse', 'reduce', 'react', 'paint']
const PAGE_KINDS: readonly VerdictKind[] = [
  'render-bound',
  'paint-bound',
  'parse-bound',
  'other-script-bound',
]
const oursOf = ({ parse, reduce, react, paint }: MeterSnapshot['stages']): number =>
  [parse, reduce, react, paint].reduce((sum, one) => sum + (one?.share ?? 0), 0)

it('cannot be changed for everybody', () => {
  expect(Object.isFrozen(thresholds)).toBe(true)
})
