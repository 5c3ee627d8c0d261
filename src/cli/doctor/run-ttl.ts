// How long runs stay: none is a leak, a day is a day's memory, and one that is shorter than a run loses its beginning.
import { bytesText, timeText } from './finding.ts'
import type { Finding, Rating } from './finding.ts'
import type { FoundRuns, Run } from './runs.ts'

const HOUR_MS = 3_600_000
const LONG_MS = 6 * HOUR_MS

/** Rates the time that runs have left. */
export function rateRunTtl({ runs, seen, isComplete, isRefused }: FoundRuns): Finding {
  const base = { id: 'run-ttl', unit: '' } as const
  const isUntold = runs.length > 0 && runs.every(({ ttlMs }) => ttlMs === null)
  if (isUntold || (isRefused && runs.length === 0)) {
    const why = `This user may not ${isUntold ? 'ask for times left (PTTL)' : 'look for runs (SCAN)'}.`
    return { ...base, value: null, rating: 'not-allowed', why, advice: '' }
  }
  if (runs.length === 0) {
    const why = isComplete
      ? 'No run lies in this Redis under these names (--keys gives others).'
      : 'No run was found within the bounds of the search; --stream names one.'
    return { ...base, value: null, rating: 'not-reported', why, advice: '' }
  }
  const trouble = troubleOf(runs)
  const of = `${runs.length} of ${isComplete ? '' : 'at least '}${seen} runs were looked at`
  const bytes = runs.map((run) => run.bytes).filter((held) => held !== null)
  const held = bytes.reduce((sum, size) => sum + size, 0)
  const memory =
    bytes.length === 0
      ? ''
      : `; they hold ${bytesText(held)}, all of them about ${bytesText((held / bytes.length) * seen)}`
  return {
    ...base,
    value: shownTtl(runs),
    rating: trouble.rating,
    why: `${of}${memory}. ${trouble.why}`,
    advice: trouble.advice,
  }
}

interface Trouble {
  readonly rating: Rating
  readonly why: string
  readonly advice: string
}

function troubleOf(runs: readonly Run[]): Trouble {
  const ttls = knownTtls(runs)
  const forever = runs.filter(({ ttlMs }) => ttlMs === Infinity)
  const longest = Math.max(0, ...runs.map(({ lastedMs }) => lastedMs ?? 0))
  const short = runs.filter(({ ended, ttlMs }) => !ended && ttlMs !== null && ttlMs < longest)
  const setTtl = 'Set the TTL with the first write and renew it while the run goes on (1 h)'
  if (short.length > 0) {
    return {
      rating: 'poor',
      why: `${short.length} live runs have less time left than the longest run took (${timeText(longest)}): they vanish in the middle.`,
      advice: `${setTtl}: no live run expires any more.`,
    }
  }
  if (forever.some(({ ended }) => ended) || forever.length === runs.length) {
    return {
      rating: 'poor',
      why: `${forever.length} have no TTL and stay for ever: memory only grows.`,
      advice: `${setTtl}: what is held falls to the runs of the last hour.`,
    }
  }
  if (forever.length > 0) {
    return {
      rating: 'needs-work',
      why: `${forever.length} live runs have no TTL, those that ended have: it is set at the end only, and a worker that dies leaves its run for ever.`,
      advice: `${setTtl}: a dead worker’s run goes after an hour.`,
    }
  }
  const most = Math.max(...ttls)
  if (most > LONG_MS) {
    return {
      rating: 'needs-work',
      why: `Up to ${timeText(most)} are left: that is ${Math.round(most / HOUR_MS)} times the memory of 1 h, for viewers that come back long after. Speed does not change with it.`,
      advice: '1 h is enough to resume; what is to be kept belongs into a database.',
    }
  }
  return { rating: 'good', why: 'All have a TTL, and none too short.', advice: '' }
}

// Of those that have one.
const knownTtls = (runs: readonly Run[]): number[] =>
  runs.map(({ ttlMs }) => ttlMs ?? Infinity).filter(Number.isFinite)

function shownTtl(runs: readonly Run[]): string {
  const ttls = knownTtls(runs)
  const forever = runs.filter(({ ttlMs }) => ttlMs === Infinity).length
  if (ttls.length === 0) return 'none'
  const [least, most] = [timeText(Math.min(...ttls)), timeText(Math.max(...ttls))]
  const range = least === most ? least : `${least} to ${most}`
  return forever === 0 ? range : `${range}, ${forever} without`
}
