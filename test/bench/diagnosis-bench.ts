// `npm run bench:diagnosis`: faults put into a real page with a real relay and a real Redis, and what the verdict was. What
// the flags do: docs/diagnosis.md.
import { appendFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { type Section, writeSection } from './diagnosis-page.ts'
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
    // Once is enough, unless they are what is asked for.
    ...(values.arm === '' ? [first] : seeds).flatMap(armsOf),
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

async function inWorld<T>(work: (world: DiagnosisWorld) => Promise<T>): Promise<T> {
  const world = await startWorld()
  try {
    return await work(world)
  } finally {
    await world.stop()
  }
}

async function playAll(world: DiagnosisWorld): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for (const run of planned()) outcomes.push(tell(await record(world, run)))
  return outcomes
}

function show(section: Section, body: string): void {
  if (values.write) writeSection(section, body)
  say(body)
}

const began = performance.now()
if (values.sweep) {
  const table = await inWorld((world) => sweep(world, values.only, seconds, say))
  show('The smallest that is found', table)
} else if (values.note) {
  show('The field note', await inWorld((world) => settle(world, seconds)))
} else {
  const kept = values.replay
  const outcomes = kept === undefined ? await inWorld(playAll) : readRecords(kept).map(tell)
  show('The matrix', tablesOf(outcomes))
  if (values.json) say(JSON.stringify(tallyOf(outcomes)))
}
process.stderr.write(`took ${Math.round((performance.now() - began) / 1000)} s\n`)
