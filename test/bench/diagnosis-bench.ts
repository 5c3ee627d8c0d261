// `npm run bench:diagnosis`: faults put into a real page with a real relay and a real Redis, and what the verdict was. What
// the flags do: docs/diagnosis.md.
import { appendFileSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { armsOf, pairsOf, type PlannedRun, runsOf } from './diagnosis-plan.ts'
import { diagnosisOf, outcomeOf, readRecords, type RunRecord } from './diagnosis-records.ts'
import { settle } from './diagnosis-note.ts'
import { sweep } from './diagnosis-sweep.ts'
import { isRight, type Outcome, tablesOf, tallyOf } from './diagnosis-tally.ts'
import { type DiagnosisWorld, startWorld } from './diagnosis-world.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1' },
    first: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    seconds: { type: 'string', default: '9' },
    arm: { type: 'string', default: '' },
    sweep: { type: 'boolean', default: false },
    note: { type: 'boolean', default: false },
    out: { type: 'string' },
    replay: { type: 'string' },
    write: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
})
const MATRIX = fileURLToPath(new URL('../../docs/diagnosis-matrix.md', import.meta.url))
// From here on two faults at once are played as well.
const WHOLE = 10
const seconds = Number(values.seconds)
const say = (line: string): void => void process.stdout.write(`${line}\n`)

function planned(): readonly PlannedRun[] {
  const first = Number(values.first)
  const count = Number(values.seeds)
  const seeds = Array.from({ length: count }, (_, index) => first + index)
  const runs = [
    ...seeds.flatMap(runsOf),
    ...armsOf(first),
    ...(count >= WHOLE || values.only.includes('at once') ? pairsOf(first) : []),
  ]
  const isWanted = ({ name, fault, arm }: PlannedRun): boolean =>
    [name, fault.name].some((one) => one.includes(values.only)) && arm.includes(values.arm)
  return runs.filter(isWanted)
}

async function record(world: DiagnosisWorld, run: PlannedRun): Promise<RunRecord> {
  const { name, fault, layout, arm, seed, strength } = run
  const { snapshots } = await world.play(run, seconds)
  const { right, isKnowable } = fault
  const [load = 0] = loadavg()
  const put = { name, fault: fault.name, layout, arm, seed, strength }
  const done: RunRecord = { ...put, right, isKnowable, load, snapshots }
  if (values.out !== undefined) appendFileSync(values.out, `${JSON.stringify(done)}\n`)
  return done
}

function tell(done: RunRecord): Outcome {
  const outcome = outcomeOf(done)
  const diagnosis = diagnosisOf(done)
  const { kind, confidence, share, note = '' } = diagnosis.verdict
  const mark = isRight(outcome) ? '✓' : '✗'
  const where = `${done.fault}, ${done.layout}, ${done.arm}, seed ${done.seed}`
  say(`${mark} ${where}: ${kind} ${share.toFixed(2)}, confidence ${confidence.toFixed(2)} ${note}`)
  if (values.verbose && mark === '✗') {
    say(JSON.stringify({ diagnosis, snapshot: done.snapshots.at(-1) }))
  }
  return outcome
}

async function playAll(): Promise<readonly Outcome[]> {
  const world = await startWorld()
  const outcomes: Outcome[] = []
  try {
    if (values.sweep) say(await sweep(world, values.only, seconds, say))
    else if (values.note) say(await settle(world, seconds))
    else for (const run of planned()) outcomes.push(tell(await record(world, run)))
  } finally {
    await world.stop()
  }
  return outcomes
}

const began = performance.now()
const outcomes =
  values.replay === undefined ? await playAll() : readRecords(values.replay).map(tell)
const tables = tablesOf(outcomes)
const head =
  '# Whether the verdicts are right\n\nMeasured on a machine of two cores; see [what a stream is bound by](diagnosis.md).\n'
if (values.write) writeFileSync(MATRIX, `${head}\n${tables}\n`)
say(tables)
say(`took ${Math.round((performance.now() - began) / 1000)} s`)
if (values.json) say(JSON.stringify(tallyOf(outcomes)))
