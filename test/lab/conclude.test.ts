import { describe, expect, it } from 'vitest'
import { armOf, effectsOf, sharesOf } from '../../src/lab/compare.ts'
import { conclude } from '../../src/lab/conclude.ts'
import { planLab } from '../../src/lab/plan.ts'
import type { Findings } from '../../src/lab/result.ts'
import { costOf, findingsOf } from './planted.ts'

const around = (value: number): number[] => [-2, -1, 0, 1, 2].map((off) => value * (1 + off / 100))

const LADDER = {
  'client: discard': around(10),
  'client: parse': around(30),
  'client: reduce': around(50),
  'client: plain': around(150),
  'client: markdown': around(500),
  'client: hidden': around(400),
}

const words = (findings: Findings): string => conclude(findings).join('\n')

describe('shares of the ladder', () => {
  it('make up the whole, pair by pair', () => {
    const { shares } = findingsOf(LADDER)
    const parts = Object.fromEntries(
      shares.map(({ hypothesis, share }) => [
        hypothesis,
        Math.round((share?.median ?? NaN) * 1000),
      ]),
    )
    const { painting, ...rungs } = parts
    expect(rungs).toEqual({
      receiving: 20,
      parsing: 40,
      reducing: 40,
      rendering: 200,
      markdown: 700,
    })
    expect(Object.values(rungs).reduce((sum, part) => sum + part, 0)).toBe(1000)
    expect(painting).toBe(200)
  })

  it('are null for a rung that is missing, and not shown when one pair is against it', () => {
    const arms = ['discard', 'parse', 'reduce'].map((name, at) =>
      armOf(name, [costOf(10 * (at + 1)), costOf(name === 'parse' ? 9 : 10 * (at + 1))]),
    )
    const shares = new Map(sharesOf({ arms }).map((share) => [share.hypothesis, share]))
    expect(shares.get('markdown')?.share).toBeNull()
    expect(shares.get('parsing')?.shown).toBe(false)
    expect(shares.get('receiving')?.shown).toBe(true)
  })
})

describe('the conclusion', () => {
  it('says what each hypothesis explains', () => {
    const text = words(findingsOf(LADDER))
    expect(text).toContain('busy 50 % (49 to 51) of the run (500 ms)')
    expect(text).toContain(
      'Of that, receiving the events 2 %, parsing them 4 %, merging and storing them one by one 4 %, ' +
        'rendering plain text per event 20 % and Markdown on top of it 70 %.',
    )
    expect(text).toContain('Hiding the view spares 20 %')
  })

  it('says so when nothing has an effect', () => {
    const noise = [90, 110, 95, 105, 100]
    const quiet = findingsOf({
      'schedule: adaptive': noise,
      'schedule: by hand': noise,
      'chunk: 1 char, immediate': noise,
      'chunk: 1 char, adaptive': noise,
      'source: redis': noise,
      'client: markdown': noise,
    })
    const text = words(quiet)
    expect(text).toContain(
      'Batching (adaptive) shows no effect in 5 pairs (1.00 times (0.90 to 1.10)',
    )
    expect(text).toContain('without batching no effect that 5 pairs can show')
    expect(text).toContain('From redis: no difference in cost to worker that 5 pairs can show')
    expect(text).toContain('No share that 5 pairs can show:')
    expect(text).not.toMatch(/removes|adds/)
    expect(quiet.factors.flatMap(({ effects }) => effects).filter(({ shown }) => shown)).toEqual([])
  })

  it('says what batching removes, or adds', () => {
    expect(words(findingsOf({ 'schedule: adaptive': around(30) }))).toContain(
      'Batching (adaptive) removes 70 % (69 to 71) of the cost of rendering once per event',
    )
    expect(words(findingsOf({ 'schedule: adaptive': around(130) }))).toContain(
      'Batching (adaptive) adds 30 % (27 to 33) to the cost of rendering once per event',
    )
  })

  it('tells chunks with batching from chunks without, and a slow source from an innocent one', () => {
    const text = words(
      findingsOf({ 'chunk: 1 char, immediate': around(800), 'source: redis': around(200) }),
    )
    expect(text).toContain(
      'chunks of 1 instead of 64 characters, at the same characters a second: ' +
        'without batching 8.00 times (7.84 to 8.16) the cost, batched no effect',
    )
    expect(text).toContain(
      'From redis: the main thread’s cost is 2.00 times (1.96 to 2.04) that from worker',
    )
    expect(text).toContain('that events come later, 5 pairs do not show (0.0 ms (0.0 to 0.0))')
  })

  it('tells a source that brings events late by every pair, and not by its median', () => {
    const late = (values: readonly number[]): string =>
      words(findingsOf({}, {}, { 'source: redis': values }))
    expect(late([13, 23, 33, 43, 53])).toContain('events come 30 ms (10.0 to 50.0) later (p95).')
    expect(late([0, 1, 1, 1, 2])).toContain('events come 2.0 ms (1.0 to 3.0) sooner (p95).')
    expect(late([13, 23, 33, 43, 2])).toContain('5 pairs do not show (20 ms (-1.0 to 40.0)).')
  })

  it('tells the capacity, and where it was not reached', () => {
    const speeds = { speed: 9, charsPerSecond: 41_230, atLeast: false, leastEventsPerSecond: 1032 }
    const capacity: Findings['capacity'] = [
      { ...speeds, schedule: 'adaptive', eventsPerSecond: 10_310 },
      { ...speeds, schedule: 'immediate', eventsPerSecond: 1031 },
    ]
    expect(words(findingsOf({}, { capacity }))).toContain(
      'batched 10,000 events/s (41,000 characters/s) and without batching 1,000 events/s (41,000 characters/s), 10.0 times as many.',
    )
    const overlapping = capacity.map((one) => ({ ...one, leastEventsPerSecond: 1031 }))
    expect(words(findingsOf({}, { capacity: overlapping }))).not.toContain('as many')
    const open = capacity.map((one) => ({ ...one, atLeast: true }))
    expect(words(findingsOf({}, { capacity: open }))).toContain('batched at least 10,000 events/s')
  })

  it('owns up to chance, and to runs that were cut', () => {
    const findings = findingsOf({})
    expect(words(findings)).toContain(
      'only where all 5 pairs agree; by chance alone they do so in 6 % of cases, which of 15 comparisons would be 0.9.',
    )
    expect(words(findings)).not.toContain('were cut')
    const [first, ...rest] = findings.factors
    const cut = first && {
      ...first,
      arms: [armOf('discard', [costOf(1, { complete: false }), costOf(1)]), ...first.arms.slice(1)],
    }
    expect(words({ ...findings, factors: cut ? [cut, ...rest] : [] })).toMatch(
      /^1 of \d+ runs were cut/,
    )
  })

  it('says of a recording without times what it cannot tell, and nothing of a pace', () => {
    const { played } = findingsOf({})
    expect(words(findingsOf({}))).not.toContain('at once')
    const text = words(findingsOf({}, { played: { ...played, ms: 0, paced: false } }))
    expect(text).toMatch(
      /^All that was played came at once by its own times, as what is read after it was written: capacity cannot be told/,
    )
    expect(text).toContain('chunks of 1 instead of 64 characters, all at once: without batching')
    expect(text).not.toContain('characters a second')
  })

  it('tells no effect that runs which were cut might undo, and why', () => {
    const cutTo = (ms: number): Findings => {
      const findings = findingsOf({})
      const arms = ['immediate', 'adaptive'].map((name) =>
        armOf(
          name,
          around(name === 'adaptive' ? ms : 100).map((busyMs) =>
            costOf(busyMs, { complete: name !== 'adaptive' }),
          ),
        ),
      )
      const plan = planLab({ factors: ['schedule'], sources: ['a'], view: 'none', short: true })
      const effects = plan.flatMap((factor) => effectsOf(factor.arms, arms))
      return { ...findings, factors: [{ name: 'schedule', arms, effects }] }
    }
    expect(words(cutTo(30))).toContain(
      'Batching (adaptive) shows no effect in cut runs (0.30 times the cost)',
    )
    expect(words(cutTo(200))).toContain('Batching (adaptive) adds')
  })

  it('has nothing to say of nothing', () => {
    expect(conclude(findingsOf({}, { factors: [], shares: [] }))).toEqual([])
  })
})
