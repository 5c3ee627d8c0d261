// The smallest strength of each fault that is found: from 1 it is halved until the verdict is another.
import { SWEPT } from './diagnosis-plan.ts'
import { diagnosisOf } from './diagnosis-records.ts'
import type { DiagnosisWorld } from './diagnosis-world.ts'

const LEAST = 1 / 64
const SEED = 1

/**
 * Plays it, and gives a table in Markdown.
 * @param only part of the names of the faults to play
 */
export async function sweep(
  world: DiagnosisWorld,
  only: string,
  seconds: number,
  say: (line: string) => void,
): Promise<string> {
  const rows: string[] = []
  for (const fault of SWEPT.filter(({ name }) => name.includes(only))) {
    let found: number | null = null
    let after = '–'
    for (let strength = 1; strength >= LEAST; strength /= 2) {
      const [layout] = fault.layouts
      if (layout === undefined) break
      const run = { name: fault.name, fault, layout, arm: 'page', seed: SEED, strength } as const
      const { verdict } = diagnosisOf(await world.play(run, seconds))
      say(`  ${fault.name} × ${strength}: ${verdict.kind}, ${verdict.confidence.toFixed(2)}`)
      after = verdict.kind
      if (!fault.right.includes(verdict.kind)) break
      found = strength
    }
    const least = found === null ? 'not at 1' : (fault.told?.(found) ?? '')
    rows.push(`| ${fault.name} | ${least} | ${after} |`)
  }
  return [
    '| fault | smallest that was found | half of that is called |',
    '|---|---|---|',
    ...rows,
  ].join('\n')
}
