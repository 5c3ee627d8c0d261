import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  CHOICES,
  DEFAULT_SETTINGS,
  LIMITS,
  readSettings,
  type Settings,
  shownPanels,
  toQuery,
} from '../../demo/settings.ts'

const read = (query: string): ReturnType<typeof readSettings> =>
  readSettings(new URLSearchParams(query))

const within = ([min, max]: readonly [number, number]): fc.Arbitrary<number> =>
  fc.integer({ min, max })

const settings: fc.Arbitrary<Settings> = fc.record({
  rate: within(LIMITS.rate),
  chunk: within(LIMITS.chunk),
  events: within(LIMITS.events),
  seed: within(LIMITS.seed),
  renderer: fc.constantFrom(...CHOICES.renderer),
  transport: fc.constantFrom(...CHOICES.transport),
  source: fc.constantFrom(...CHOICES.source),
  panels: fc.constantFrom(...CHOICES.panels),
  autostart: fc.boolean(),
})

describe('readSettings', () => {
  it('takes every control from the address', () => {
    const query =
      'rate=500&chunk=8&events=5000&renderer=plain&transport=ws&source=worker&panels=raw&autostart=1&seed=7'
    expect(read(query)).toEqual({
      settings: {
        rate: 500,
        chunk: 8,
        events: 5000,
        seed: 7,
        renderer: 'plain',
        transport: 'ws',
        source: 'worker',
        panels: 'raw',
        autostart: true,
      },
      notices: [],
    })
  })

  it('has a default for everything, and says nothing about what is missing', () => {
    expect(read('')).toEqual({ settings: DEFAULT_SETTINGS, notices: [] })
  })

  it('clamps numbers and tells every one', () => {
    const { settings: taken, notices } = read('rate=99999&chunk=0&events=7.6&seed=-1')
    expect(taken).toMatchObject({ rate: 10_000, chunk: 1, events: 8, seed: 0 })
    expect(notices.map((notice) => notice.split(' ')[0])).toEqual([
      'rate',
      'chunk',
      'events',
      'seed',
    ])
  })

  it('puts the default in place of what is no number or no choice, and names what is allowed', () => {
    const { settings: taken, notices } = read('rate=fast&events=&renderer=html&source=kafka')
    expect(taken).toEqual(DEFAULT_SETTINGS)
    expect(notices).toHaveLength(4)
    expect(notices[2]).toContain('markdown, plain')
    expect(notices[3]).toContain('kafka')
  })

  it('makes a valid run of any address', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...Object.keys(DEFAULT_SETTINGS)), fc.string()),
        (query) => {
          const { settings: taken } = readSettings(new URLSearchParams(query))
          for (const [name, [min, max]] of Object.entries(LIMITS)) {
            const value = taken[name as keyof typeof LIMITS]
            expect(Number.isInteger(value) && value >= min && value <= max).toBe(true)
          }
          for (const [name, words] of Object.entries(CHOICES)) {
            expect(words).toContain(taken[name as keyof typeof CHOICES])
          }
        },
      ),
    )
  })

  it('reads back what toQuery wrote, without a notice', () => {
    fc.assert(
      fc.property(settings, (written) => {
        expect(read(toQuery(written))).toEqual({ settings: written, notices: [] })
      }),
    )
  })
})

describe('shownPanels', () => {
  it('gives both in their order, or the one', () => {
    expect(shownPanels({ panels: 'both' })).toEqual(['raw', 'batched'])
    expect(shownPanels({ panels: 'batched' })).toEqual(['batched'])
  })
})
