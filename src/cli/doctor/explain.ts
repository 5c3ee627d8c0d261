// Which finding another one explains: a symptom is shown after its cause, and never as poor, so that what is named first
// is what to change.
import { worst, worstFirst } from './finding.ts'
import type { CheckId, Finding } from './finding.ts'

interface Rule {
  readonly id: CheckId
  readonly because: CheckId
  /** Whether it does, when neither is good. */
  readonly when?: (symptom: Finding, cause: Finding) => boolean
}

const isPoor = (finding: Finding): boolean => finding.rating === 'poor'
// A new connection is a few round trips: TCP, TLS, login, the first command.
const FEW_TRIPS = 8

const RULES: readonly Rule[] = [
  {
    id: 'connect-time',
    because: 'round-trip',
    when: (connect, trip) => Number(connect.value) < FEW_TRIPS * Number(trip.value),
  },
  // What makes a distance hurt is the writer that waits for it.
  { id: 'round-trip', because: 'writer-round-trips', when: (_, writer) => isPoor(writer) },
  { id: 'event-gap', because: 'writer-round-trips', when: (_, writer) => isPoor(writer) },
  { id: 'memory', because: 'eviction-policy' },
  { id: 'memory', because: 'run-ttl', when: (_, ttl) => isPoor(ttl) },
  { id: 'event-rate', because: 'chunk-size' },
  { id: 'wire-overhead', because: 'chunk-size' },
  { id: 'range-read', because: 'chunk-size', when: (_, chunk) => isPoor(chunk) },
]

/** Names the cause of each symptom, and sorts worst first. */
export function explained(findings: readonly Finding[]): Finding[] {
  const byId = new Map(findings.map((finding) => [finding.id, finding]))
  return worstFirst(
    findings.map((finding) => {
      const because = finding.rating === 'good' ? undefined : causeOf(finding, byId)
      if (because === undefined) return finding
      return { ...finding, because, rating: isPoor(finding) ? 'needs-work' : finding.rating }
    }),
  )
}

function causeOf(finding: Finding, byId: ReadonlyMap<CheckId, Finding>): CheckId | undefined {
  return rulesFor(finding).find(({ because, when = () => true }) => {
    const cause = byId.get(because)
    // Nothing is explained by what is better than itself.
    const shown = isPoor(finding) ? 'needs-work' : finding.rating
    if (cause === undefined || cause.rating === 'good') return false
    return worst(cause.rating, shown) === cause.rating && when(finding, cause)
  })?.because
}

function rulesFor({ id, rating }: Finding): readonly Rule[] {
  if (rating === 'not-allowed') return id === 'permissions' ? [] : [{ id, because: 'permissions' }]
  if (rating === 'not-reported') return OF_INFO.includes(id) ? [{ id, because: 'server' }] : []
  return RULES.filter((rule) => rule.id === id)
}

const OF_INFO: readonly CheckId[] = [
  'eviction-policy',
  'memory',
  'persistence',
  'load',
  'slow-log',
  'clients',
  'output-buffer',
  'keepalive',
  'replica-reads',
]
