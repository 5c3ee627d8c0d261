// How far away Redis is: sequential PINGs, the first ones dropped, and how long a new connection takes.
import type { Asker } from './asker.ts'
import { quantile, rateLow, rounded } from './finding.ts'
import type { Finding } from './finding.ts'
import { missing } from './server-facts.ts'
import type { Missing } from './server-facts.ts'

/** Times of round trips in ms, or why there are none. */
export type RoundTrips =
  | { readonly samples: readonly number[] }
  | { readonly samples: null; readonly missing: Missing }

const WARM_UP = 5
const MOST = 100
const LEAST = 20
const ENOUGH_MS = 3000

/** Measures one PING after the other: up to 100 within three seconds, at least 20 whatever it takes. */
export async function measureRoundTrips(asker: Asker): Promise<RoundTrips> {
  for (let n = 0; n < WARM_UP; n++) {
    const refused = missing(await asker.ask('PING'))
    if (refused !== null) return { samples: null, missing: refused }
  }
  const samples: number[] = []
  const begun = performance.now()
  while (
    samples.length < LEAST ||
    (samples.length < MOST && performance.now() - begun < ENOUGH_MS)
  ) {
    const sent = performance.now()
    await asker.ask('PING')
    samples.push(performance.now() - sent)
  }
  return { samples }
}

/** Rates the distance. */
export function rateRoundTrip(samples: readonly number[]): Finding {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => quantile(samples, share)) as [
    number,
    number,
    number,
  ]
  const perSecond = 1000 / p50
  const rating = rateLow(p50, 5, 50)
  return {
    id: 'round-trip',
    value: rounded(p50),
    unit: 'ms p50',
    rating,
    why:
      `p95 ${rounded(p95)} ms, p99 ${rounded(p99)} ms of ${samples.length}. A writer that awaits each command gets ` +
      `${rounded(perSecond)} commands/s here; with RPUSH and PUBLISH, ${rounded(perSecond / 2)} chunks/s. Each event ` +
      `is ${rounded(p50 / 2)} ms late at the reader, however few there are.`,
    advice:
      rating === 'good'
        ? ''
        : 'Run writer, relay and Redis in one region. Where that cannot be, do not await Redis in the model’s loop ' +
          `(framewise/writer, or a pipeline): not ${rounded(perSecond / 2)} chunks/s any more but what the model ` +
          `gives, as 3 became 272 of 300 at 155 ms; moving Redis near takes ${rounded(p50)} ms off every round trip.`,
  }
}

/** Rates what a new connection costs. */
export function rateConnect(tookMs: readonly number[], isTls: boolean): Finding {
  const best = Math.min(...tookMs)
  const rating = rateLow(best, 100, 1000)
  return {
    id: 'connect-time',
    value: rounded(best),
    unit: 'ms',
    rating,
    why:
      `From nothing to the first answer${isTls ? ', TLS included' : ', without TLS'}, the better of ${tookMs.length}. ` +
      'A reader that opens a connection for each viewer, or a pool that has run dry, waits this long first.',
    advice:
      rating === 'good'
        ? ''
        : 'Keep connections open and share them: the relay needs two for any number of viewers.',
  }
}
