// Findings of checks that got no answer: not allowed, or not reported, and never a guess.
import type { CheckId, Finding } from './finding.ts'
import type { Missing, ServerFacts } from './server-facts.ts'

/** A finding that says why there is none. */
export function unanswered(id: CheckId, { rating, said }: Missing): Finding {
  return { id, value: null, unit: '', rating, why: `${said.replace(/\.$/, '')}.`, advice: '' }
}

/** Why a check of the server has no facts. */
export function reasonOf(id: CheckId, { noInfo, noConfig, slowLog }: ServerFacts): Missing {
  if (id === 'keepalive' && noConfig !== null) return noConfig
  if (id === 'slow-log' && slowLog.kind !== 'answered') {
    return { rating: slowLog.kind, said: slowLog.said }
  }
  return noInfo ?? { rating: 'not-reported', said: 'This server leaves it out of INFO.' }
}
