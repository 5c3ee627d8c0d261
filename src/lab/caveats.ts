// What the sentences of a result do not say, or say with a reservation.
import { placed } from './compare.ts'
import type { Findings } from './result.ts'
import { percent } from './words.ts'

/** Of runs that are not whole. */
export function cutWords({ factors }: Findings): readonly string[] {
  const runs = factors.flatMap(({ arms }) => arms.flatMap(({ rounds }) => rounds))
  const cut = runs.filter(({ complete }) => !complete).length
  if (cut === 0) return []
  return [
    `${cut} of ${runs.length} runs were cut because they would not end, or lost events: what they cost is a lower bound.`,
  ]
}

/** Of a recording that has no pace. */
export function paceWords({ played }: Findings): readonly string[] {
  if (played.paced) return []
  return [
    'All that was played came at once by its own times, as what is read after it was written: capacity cannot be told, ' +
      'and what small chunks cost is that of a burst.',
  ]
}

/** Of chance, and of what cost is. */
export function doubtWords({ factors, pairs, chance, costBy }: Findings): readonly string[] {
  const late = factors.flatMap((factor) => (factor.name === 'source' ? placed(factor) : []))
  const compared = factors.reduce((sum, { effects }) => sum + effects.length, late.length)
  if (compared === 0) return []
  const byChance = percent({ median: chance, min: chance, max: chance })
  return [
    `An effect is told only where all ${pairs} pairs agree; by chance alone they do so in ${byChance} of cases, ` +
      `which of ${compared} comparisons would be ${(compared * chance).toFixed(1)}. ${COSTS[costBy]}`,
  ]
}

const COSTS: Readonly<Record<Findings['costBy'], string>> = {
  probe: 'Cost is all that the main thread did.',
  stages: 'Cost is what the stream’s own stages took, from receiving to paint.',
}
