// How fast events come and how evenly: from the entries' own times in a stream, from listening while a list grows.
import { quantile, rateLow, rounded, timeText } from './finding.ts'
import type { Finding } from './finding.ts'

/** What is known of the pace. */
export interface PaceFacts {
  /** Events in each second that had any. */
  readonly perSecond: readonly number[]
  /** Between two chunks, in ms. */
  readonly gapsMs: readonly number[]
  readonly firstChunkMs: number | null
  /** Where the times come from; null when there are none. */
  readonly source: 'entry ids' | 'listening' | null
}

const STAMP = 'write with a stamp (framewise/writer: stamp)'
const NO_TIMES = `A list keeps no times: look while the run goes on, or ${STAMP}.`
// What was heard began in the middle; an entry's time is known, and then there is no text to be found.
const NO_FIRST_CHUNK = {
  listening: `A list keeps no times, and listening began behind the first text: ${STAMP}.`,
  'entry ids': 'The first text is not there any more, or there is none.',
}

/** Rates the busiest second. */
export function rateEventRate({ perSecond, source }: PaceFacts): Finding {
  const base = { id: 'event-rate' } as const
  if (source === null || perSecond.length === 0) return noTimes(base.id)
  const peak = Math.max(...perSecond)
  const mean = perSecond.reduce((sum, count) => sum + count, 0) / perSecond.length
  const rating = rateLow(peak, 121, 1000)
  return {
    ...base,
    value: peak,
    unit: 'events/s at most',
    rating,
    why:
      `${rounded(mean)} on average, by ${source}. ` +
      (peak > 120
        ? 'That is more than two a frame: a page that renders each does nothing else.'
        : 'A page that renders each of them can keep up.'),
    advice:
      rating === 'good'
        ? ''
        : `Batch by frame in the browser (framewise does): at most 60 renders/s instead of ${peak}; or join chunks at the writer.`,
  }
}

/** Rates the time between chunks. */
export function rateEventGap({ gapsMs, source }: PaceFacts): Finding {
  const base = { id: 'event-gap' } as const
  if (source === null || gapsMs.length < 5) return noTimes(base.id)
  const [p50, p95] = [quantile(gapsMs, 0.5), quantile(gapsMs, 0.95)]
  // Whoever reads sees a pause: it may be the model's own, so that it is never poor by itself.
  const rating = p95 < 250 ? 'good' : 'needs-work'
  return {
    ...base,
    value: rounded(p50),
    unit: 'ms p50',
    rating,
    why:
      `p95 ${timeText(p95)}, between ${gapsMs.length + 1} chunks, by ${source}` +
      (rating === 'good'
        ? '.'
        : ': pauses that a reader sees. They are the model’s, or its writer’s; neither Redis nor the browser can make up for them.'),
    advice:
      rating === 'good'
        ? ''
        : 'See writer-round-trips. Where the writer does not wait, it is the model: a faster one, or smaller prompts.',
  }
}

/** Rates how long the first chunk took. */
export function rateFirstChunk({ firstChunkMs, source }: PaceFacts): Finding {
  const base = { id: 'time-to-first-chunk' } as const
  if (firstChunkMs === null) return noTimes(base.id, source ? NO_FIRST_CHUNK[source] : NO_TIMES)
  const rating = rateLow(firstChunkMs, 2000, 10_000)
  return {
    ...base,
    value: rounded(firstChunkMs),
    unit: 'ms',
    rating,
    why: 'From the run’s first event to its first text: setting up, the prompt, the model.',
    advice:
      rating === 'good'
        ? ''
        : 'Show what is done meanwhile (steps, tools), warm up what is set up for each run, cache the prompt.',
  }
}

const noTimes = (id: Finding['id'], why: string = NO_TIMES): Finding => ({
  id,
  value: null,
  unit: '',
  rating: 'not-reported',
  why,
  advice: '',
})
