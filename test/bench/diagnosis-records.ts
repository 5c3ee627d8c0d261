// One line for each run of the bench of verdicts: what was put in, what was said, and the snapshots it was said by, so that
// other rules can be tried on the same runs.
import { readFileSync } from 'node:fs'
import { diagnose, type Diagnosis, type MeterSnapshot } from '../../src/metrics/index.ts'
import type { Arm } from './diagnosis-plan.ts'
import type { Layout } from './diagnosis-faults.ts'
import type { Outcome } from './diagnosis-tally.ts'

/** One run. */
export interface RunRecord extends Omit<Outcome, 'kind' | 'confidence'> {
  readonly fault: string
  readonly layout: Layout
  readonly arm: Arm
  readonly seed: number
  readonly strength: number
  /** Load of the machine when it ended, over a minute. */
  readonly load: number
  readonly snapshots: readonly MeterSnapshot[]
}

/** What the present rules say, looking once a second. */
export function diagnosisOf({ snapshots }: Pick<RunRecord, 'snapshots'>): Diagnosis {
  let last: Diagnosis | undefined
  for (const snapshot of snapshots) last = diagnose(snapshot, last)
  if (last === undefined) throw new RangeError('expected a snapshot, got none')
  return last
}

/** What a run came to by the present rules. */
export function outcomeOf(record: RunRecord): Outcome {
  const { name, right, isKnowable } = record
  const { kind, confidence } = diagnosisOf(record).verdict
  return { name, right, isKnowable, kind, confidence }
}

/** Reads what `--out` wrote. */
export function readRecords(path: string): readonly RunRecord[] {
  const lines = readFileSync(path, 'utf8').split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as RunRecord)
}
