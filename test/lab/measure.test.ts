import { describe, expect, it } from 'vitest'
import { measureCapacities } from '../../src/lab/measure.ts'
import type { Track } from '../../src/lab/track.ts'
import { createManualClock } from '../../src/testing/manual-clock.ts'
import { replay } from '../../src/transport/replay.ts'
import { delta, trackOf } from './a-track.ts'

/** So many pieces of text, and the end of the run: each `everyMs` after the one before. */
const textOf = (pieces: number, everyMs: number): Track =>
  trackOf([
    ...Array.from({ length: pieces }, (_, at) => ({ t: at * everyMs, event: delta('a', 'x') })),
    { t: pieces * everyMs, event: { type: 'RUN_FINISHED' } as const },
  ])

/** Searches on a clock on which the client takes no time at all; what each run was to last, in ms, is kept. */
async function capacities(track: Track) {
  const clock = createManualClock()
  const spans: number[] = []
  const found = measureCapacities(
    {
      sources: {
        page(recording) {
          spans.push(recording.events.at(-1)?.t ?? 0)
          return { transport: replay(recording) }
        },
      },
      stage: undefined,
      renderers: undefined,
      cost: undefined,
      clock,
      signal: new AbortController().signal,
    },
    {
      track,
      view: 'none',
      effort: { maxEvents: 200, refinements: 1, searches: 1 },
      tell: () => {},
    },
  )
  await clock.advance(20_000)
  return { found: await found, spans }
}

describe('the capacity of a recording', () => {
  it('is not searched for where all of it comes at once: there is no pace to multiply', async () => {
    expect(await capacities(textOf(300, 0))).toEqual({ found: [], spans: [] })
    expect(await capacities(textOf(300, 0.3))).toEqual({ found: [], spans: [] })
  })

  it('is that of its own pace', async () => {
    const { found, spans } = await capacities(textOf(50, 10))
    expect(new Set(spans)).toEqual(new Set([500]))
    expect(found.map(({ schedule }) => schedule)).toEqual(['adaptive', 'immediate'])
    for (const { speed, atLeast, eventsPerSecond, charsPerSecond } of found) {
      expect([speed, atLeast]).toEqual([expect.closeTo(200 / 51), true])
      expect(eventsPerSecond).toBeCloseTo((speed * 51) / 0.5)
      expect(charsPerSecond).toBeCloseTo((speed * 50) / 0.5)
    }
  })

  it('is searched for in longer runs where it is short, so that little of a run is what drains after it', async () => {
    const { found, spans } = await capacities(textOf(15, 10))
    expect(new Set(spans)).toEqual(new Set([450]))
    expect(found[0]?.eventsPerSecond).toBeCloseTo((found[0]?.speed ?? NaN) * (46 / 0.45))
  })
})
