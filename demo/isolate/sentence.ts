// The result in one plain sentence: measured medians with their ranges, and no effect without its proof.
import type { Comparison } from './arm-cost.ts'
import { excludesOne, type Spread } from './spread.ts'

/** What was measured from one source. */
export interface SourceResult extends Comparison {
  readonly source: 'worker' | 'relay'
  readonly pairs: number
}

/** Says, source by source, how long the main thread is busy, what of it is script, and what batching removes. */
export function sentenceOf(results: readonly SourceResult[]): string {
  const clauses = results.map(clauseOf)
  if (clauses.length === 0) return 'Nothing was measured.'
  const text = clauses.join('; ')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

function clauseOf(result: SourceResult): string {
  const { source, pairs, immediateMs, busyShare, scriptShare, batchedRatio } = result
  const busy = `${percent(busyShare)} of the run (${immediateMs.toFixed(0)} ms)`
  const script = `${percent(scriptShare)} of it JavaScript`
  return (
    `from the ${source === 'worker' ? 'Worker' : 'relay'}, one render per event keeps the main thread busy ` +
    `${busy}, ${script}, and ${effectOf(batchedRatio, pairs)}`
  )
}

function effectOf(ratio: Spread | null, pairs: number): string {
  if (ratio === null) return 'what batching changes could not be measured'
  if (!excludesOne(ratio)) {
    const range = `${ratio.min.toFixed(2)} to ${ratio.max.toFixed(2)}`
    return `batching has no effect that ${pairs} pairs can show (${range} times the cost)`
  }
  const saved = { median: 1 - ratio.median, min: 1 - ratio.max, max: 1 - ratio.min }
  if (saved.median > 0) return `batching removes ${percent(saved)} of it`
  return `batching adds ${percent({ median: -saved.median, min: -saved.max, max: -saved.min })} to it`
}

// "71 % (68–74)"; without the range where rounding makes it a single number.
function percent({ median, min, max }: Spread): string {
  const [middle, low, high] = [median, min, max].map((part) => Math.round(part * 100))
  return low === high ? `${middle} %` : `${middle} % (${low}–${high})`
}
