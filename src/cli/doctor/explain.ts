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
  const { id, rating } = finding
  const permissions = byId.get('permissions')
  if (rating === 'not-allowed' && id !== 'permissions' && permissions?.rating !== 'good') {
    return 'permissions'
  }
  const server = byId.get('server')
  if (rating === 'not-reported' && isOfInfo(id) && server?.rating === 'not-reported')
    return 'server'
  if (worst(rating, 'needs-work') !== rating && rating !== 'needs-work') return undefined
  return RULES.find(({ id: symptom, because, when = () => true }) => {
    const cause = byId.get(because)
    if (symptom !== id || cause === undefined) return false
    return ['poor', 'needs-work'].includes(cause.rating) && when(finding, cause)
  })?.because
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
const isOfInfo = (id: CheckId): boolean => OF_INFO.includes(id)
