// What a check says: a measured value, how good that is, why it matters for streams, and what to do. Plain data, which
// the table, the JSON and the verdict are made from.

/** How good something is, or why nobody can say. */
export type Rating = 'good' | 'needs-work' | 'poor' | 'not-allowed' | 'not-reported'

/** All checks, in the order that ties are shown in. */
export const CHECK_IDS = [
  'round-trip',
  'connect-time',
  'server',
  'eviction-policy',
  'memory',
  'persistence',
  'load',
  'slow-log',
  'clients',
  'output-buffer',
  'keepalive',
  'run-ttl',
  'permissions',
  'replica-reads',
  'relay-commands',
  'chunk-size',
  'event-rate',
  'event-gap',
  'time-to-first-chunk',
  'wire-overhead',
  'range-read',
  'terminal-event',
  'writer-round-trips',
] as const

/** Names a check. */
export type CheckId = (typeof CHECK_IDS)[number]

/** What one check found. */
export interface Finding {
  readonly id: CheckId
  /** The measured value, or null where there is none. */
  readonly value: number | string | null
  /** Of the value; empty for a word. */
  readonly unit: string
  readonly rating: Rating
  /** The check that explains this one. */
  readonly because?: CheckId | undefined
  readonly why: string
  /** What to do; empty when there is nothing. */
  readonly advice: string
}

/** Low is good: below `good`, and poor from `poor` on. */
export function rateLow(value: number, good: number, poor: number): Rating {
  if (value < good) return 'good'
  return value < poor ? 'needs-work' : 'poor'
}

const SEVERITY: readonly Rating[] = ['poor', 'needs-work', 'not-allowed', 'not-reported', 'good']

/** The worse of some ratings. */
export function worst(...ratings: readonly Rating[]): Rating {
  return SEVERITY.find((rating) => ratings.includes(rating)) ?? 'good'
}

/** True for what slows nobody down: what a restart would lose, and what a finished run or a list cannot tell. */
export function isHarmless({ id, rating }: Finding): boolean {
  if (rating === 'good' || id === 'persistence') return true
  const ofStream = CHECK_IDS.indexOf(id) >= CHECK_IDS.indexOf('chunk-size') || id === 'run-ttl'
  return rating === 'not-reported' && ofStream
}

/**
 * Worst first; what slows nobody down behind what does, and what another check explains after what stands for itself;
 * ties in the order of the checks.
 */
export function worstFirst(findings: readonly Finding[]): Finding[] {
  const key = (finding: Finding): number => {
    const { id, rating, because } = finding
    const group = rating === 'good' ? 2 : Number(isHarmless(finding))
    const place = SEVERITY.indexOf(rating) * 1000 + (because === undefined ? 0 : 500)
    return group * 10_000 + place + CHECK_IDS.indexOf(id)
  }
  return findings.toSorted((a, b) => key(a) - key(b))
}

/** A number with as many digits as anybody reads. */
export function rounded(value: number): number {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return Number(value.toFixed(digits))
}

/** A number of bytes for people. */
export function bytesText(bytes: number): string {
  if (bytes < 1024) return `${Math.round(bytes)} B`
  if (bytes < 1024 ** 2) return `${rounded(bytes / 1024)} kB`
  return bytes < 1024 ** 3 ? `${rounded(bytes / 1024 ** 2)} MB` : `${rounded(bytes / 1024 ** 3)} GB`
}

/** A time for people. */
export function timeText(ms: number): string {
  if (ms < 1000) return `${rounded(ms)} ms`
  if (ms < 120_000) return `${rounded(ms / 1000)} s`
  return ms < 7_200_000 ? `${rounded(ms / 60_000)} min` : `${rounded(ms / 3_600_000)} h`
}

/** The value below which a share of them lies; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}
