import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createPrefix, type Sight } from '../../src/core/prefix.ts'

const log = fc.array(fc.string({ maxLength: 5 }), { maxLength: 300 })

function sights(prefix: ReturnType<typeof createPrefix>, payloads: readonly string[]): Sight[] {
  prefix.opened()
  return payloads.map((payload) => prefix.see(payload))
}

it('knows all that was seen again, after any number of replays that were cut', () => {
  fc.assert(
    fc.property(log, fc.array(fc.nat(300), { maxLength: 6 }), (payloads, cuts) => {
      const prefix = createPrefix()
      let seen = 0
      for (const cut of [...cuts, payloads.length]) {
        const replayed = payloads.slice(0, cut)
        const again = Math.min(seen, replayed.length)
        const got = sights(prefix, replayed)
        expect(got.slice(0, again)).toEqual(replayed.slice(0, again).map(() => 'again'))
        expect(got.slice(again)).toEqual(replayed.slice(again).map(() => 'new'))
        seen = Math.max(seen, replayed.length)
      }
    }),
  )
})

it('notices another log no later than at the place it has come to', () => {
  fc.assert(
    fc.property(log, fc.nat(), (payloads, at) => {
      fc.pre(payloads.length > 0)
      const place = at % payloads.length
      const prefix = createPrefix()
      sights(prefix, payloads)
      const other = payloads.with(place, `${payloads[place]}!`)
      expect(sights(prefix, other)).toContain('differs')
    }),
  )
})

it('notices it near where they part, however long the log is', () => {
  const payloads = Array.from({ length: 10_000 }, (_, index) => String(index))
  for (const place of [0, 1, 100, 5000]) {
    const prefix = createPrefix()
    sights(prefix, payloads)
    const noticed = sights(prefix, payloads.with(place, 'other')).indexOf('differs')
    expect(noticed).toBeGreaterThanOrEqual(place)
    expect(noticed - place).toBeLessThan(10_000 / 32)
  }
})

it('tells payloads that were cut elsewhere from the same text', () => {
  const prefix = createPrefix()
  sights(prefix, ['ab', 'c'])
  expect(sights(prefix, ['a', 'bc'])).toEqual(['differs', 'new'])
})
