// One verdict from all findings: the first of them, in words.
import { isHarmless } from './finding.ts'
import type { CheckId, Finding } from './finding.ts'

/** The verdict: a check's id, or `healthy`. */
export interface Verdict {
  readonly code: CheckId | 'healthy'
  readonly text: string
}

const TROUBLE: Readonly<Record<CheckId, string>> = {
  'round-trip': 'Redis is far away',
  'connect-time': 'new connections take long',
  server: 'the server does not tell enough to judge it',
  'eviction-policy': 'Redis may drop live runs, or refuse to take the next event',
  memory: 'memory runs short',
  persistence: 'a restart would lose runs',
  load: 'the server is busy with something else',
  'slow-log': 'slow commands hold everybody up',
  clients: 'connections run out',
  'output-buffer': 'a reader does not take what it is sent',
  keepalive: 'dead or quiet connections are dealt with badly',
  'run-ttl': 'runs stay too long, or too short',
  permissions: 'this user may not do or ask what is needed',
  'replica-reads': 'reads from here may be behind',
  'relay-commands': 'each command is paid for, and there are many',
  'chunk-size': 'chunks are tiny',
  'event-rate': 'events come faster than a page can render one by one',
  'event-gap': 'the text comes in jerks, before Redis has it',
  'time-to-first-chunk': 'the first text takes long, before Redis has it',
  'wire-overhead': 'the envelope outweighs the text',
  'range-read': 'the log is long, and reading all of it takes long',
  'terminal-event': 'the run never says that it is over',
  'writer-round-trips': 'the writer waits for Redis, chunk by chunk',
}

/** Judges findings that are sorted, worst first. */
export function judge(findings: readonly Finding[], hasStream: boolean): Verdict {
  const first = findings.find((finding) => !isHarmless(finding)) ?? findings[0]
  const poor = findings.filter(({ rating }) => rating === 'poor').length
  const unknown = findings.filter(({ rating }) => rating.startsWith('not-')).length
  const blind = unknown === 0 ? '' : ` ${unknown} of ${findings.length} checks have no answer.`
  if (first === undefined || isHarmless(first)) {
    const more = hasStream ? '' : ' --stream ID looks at a run as well.'
    const but = first?.rating === 'needs-work' ? ` But ${TROUBLE[first.id]}.` : ''
    return { code: 'healthy', text: `Nothing here slows streams down.${but}${blind}${more}` }
  }
  const what = TROUBLE[first.id]
  const value = first.value === null ? '' : ` (${first.value}${first.unit && ` ${first.unit}`})`
  const how =
    poor > 0
      ? `${poor === 1 ? 'One check is' : `${poor} checks are`} poor.`
      : first.rating === 'needs-work'
        ? 'Nothing is poor.'
        : 'Nothing that could be seen is poor.'
  return {
    code: first.id,
    text: `${what.charAt(0).toUpperCase()}${what.slice(1)}${value}. ${how}${blind}`,
  }
}
