// How much text an event brings, and how many bytes it takes to bring it.
import { quantile, rateLow, rounded } from './finding.ts'
import type { Finding } from './finding.ts'
import type { StreamFacts } from './stream-facts.ts'

const NO_TEXT = 'None of the events looked at brings text that a protocol of this package knows.'

/** Rates the median chunk. */
export function rateChunkSize({ chunks, protocol, events }: StreamFacts): Finding {
  const base = { id: 'chunk-size' } as const
  const sizes = chunks.map(({ chars }) => chars)
  if (sizes.length === 0) {
    return { ...base, value: null, unit: '', rating: 'not-reported', why: NO_TEXT, advice: '' }
  }
  const [p5, p50, p95] = [0.05, 0.5, 0.95].map((share) => quantile(sizes, share)) as [
    number,
    number,
    number,
  ]
  const rating = p50 >= 8 ? 'good' : p50 >= 4 ? 'needs-work' : 'poor'
  const fewer = rounded(20 / p50)
  return {
    ...base,
    value: p50,
    unit: 'characters, median',
    rating,
    why:
      `p5 ${p5}, p95 ${p95}, of ${sizes.length} chunks in ${events} events (${protocol}). Each chunk costs a write, a ` +
      'read, an envelope, a parse and, where nothing batches, a render.',
    advice:
      rating === 'good'
        ? ''
        : `Join chunks at the writer for 20 ms (framewise/writer: coalesce); at 20 characters a chunk there are ${fewer} ` +
          'times fewer events, and the first one is as early as before. In the browser, batch by frame.',
  }
}

/** Rates what is sent around the text. */
export function rateWireOverhead({ chunks, chunkBytes, chars }: StreamFacts): Finding {
  const base = { id: 'wire-overhead' } as const
  if (chars === 0) {
    return { ...base, value: null, unit: '', rating: 'not-reported', why: NO_TEXT, advice: '' }
  }
  const perChar = chunkBytes / chars
  const rating = rateLow(perChar, 50, 200)
  return {
    ...base,
    value: rounded(perChar),
    unit: 'bytes/character',
    rating,
    why: `${rounded(chunkBytes / chunks.length)} bytes a chunk. All of it goes over the wire to every viewer, and is parsed there.`,
    advice:
      rating === 'good'
        ? ''
        : `Larger chunks share one envelope: at 20 characters each, about ${rounded(chunkBytes / chunks.length / 20)} bytes a character.`,
  }
}
