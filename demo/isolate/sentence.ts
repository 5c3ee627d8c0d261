// The result in one plain sentence: measured medians with their ranges, and no effect without its proof.
import type { Comparison } from './arm-cost.ts'
import { excludesOne, type Spread } from './spread.ts'

/** What was measured from one source. */
export interface SourceResult extends Comparison {
  readonly source: 'worker' | 'relay'
  readonly pairs: number
}

/** Says how much of the cost is JavaScript and how much batching removes, source by source. */
export function sentenceOf(results: readonly SourceResult[]): string {
  const clauses = results.map(clauseOf)
  if (clauses.length === 0) return 'Nothing was measured.'
  const text = clauses.join('; ')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

function clauseOf({ source, pairs, immediateMs, scriptShare, batchedRatio }: SourceResult): string {
  const cost = `${immediateMs.toFixed(0)} ms of main thread`
  const script = `${percent(scriptShare)} of it JavaScript`
  return (
    `from the ${source === 'worker' ? 'Worker' : 'relay'}, one render per event costs ${cost}, ` +
    `${script}, and ${effectOf(batchedRatio, pairs)}`
  )
}

function effectOf(ratio: Spread | null, pairs: number): string {
  if (ratio === null) return 'what batching changes could not be measured'
  if (!excludesOne(ratio)) {
    const range = `${ratio.min.toFixed(2)} to ${ratio.max.toFixed(2)}`
    return `batching has no effect that ${pairs} pairs can show (${range} times the cost)`
  }
  const saved = { median: 1 - ratio.median, min: 1 - ratio.max, max: 1 - ratio.min }
  if (saved.median > 0) return `batching removes ${percent(saved)}`
  return `batching adds ${percent({ median: -saved.median, min: -saved.max, max: -saved.min })}`
}

// "71 % (68–74)"; without the range where rounding makes it a single number.
function percent({ median, min, max }: Spread): string {
  const [middle, low, high] = [median, min, max].map((part) => Math.round(part * 100))
  return low === high ? `${middle} %` : `${middle} % (${low}–${high})`
}
