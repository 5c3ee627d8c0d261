// Stages from samples: what the numbers of one stage must keep among themselves.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createLedger } from '../../../src/metrics/meter/ledger.ts'
import { createSamples } from '../../../src/metrics/samples.ts'
import { createServerStamps } from '../../../src/metrics/stamps/server-stamps.ts'
import { stagesOf } from '../../../src/metrics/meter/stages.ts'

const WINDOW_MS = 5000
const OFFSET = { offsetMs: 0, boundMs: 1, storeOffsetMs: null, storeBoundMs: null }
const times = fc.array(fc.double({ min: 0, max: 500, noNaN: true }), { minLength: 1 })

it('keeps percentiles of the network in their order, however late the page was', () => {
  fc.assert(
    fc.property(times, times, (transits, lags) => {
      const stamps = createServerStamps(
        WINDOW_MS,
        () => null,
        () => OFFSET,
      )
      for (const ms of transits) stamps.network.add(1, ms)
      const lag = createSamples(WINDOW_MS, 512)
      for (const ms of lags) lag.add(1, ms)
      const { network } = stagesOf({
        journey: createLedger(WINDOW_MS).journey,
        whole: 0,
        stamps,
        offset: OFFSET,
        now: 2,
        windowMs: WINDOW_MS,
        events: 1,
        lag: lag.spread(2),
        busyShare: null,
      }).stages
      const { min, p50, p95, p99, max } = network ?? {}
      const told = [0, min, p50, p95, p99, max].map(Number)
      expect(told).toEqual(told.toSorted((one, other) => one - other))
    }),
  )
})
