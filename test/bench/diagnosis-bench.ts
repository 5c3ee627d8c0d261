// `npm run bench:diagnosis`: faults put into a real page with a real relay and a real Redis, and what the verdict was. What
// the flags do: docs/diagnosis.md.
import { appendFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { type Section, writeSection } from './diagnosis-page.ts'
import { armsOf, pairsOf, type PlannedRun, runsOf } from './diagnosis-plan.ts'
import { diagnosisOf, outcomeOf, readRecords, type RunRecord } from './diagnosis-records.ts'
import { settle } from './diagnosis-note.ts'
import { sweep } from './diagnosis-sweep.ts'
import { isRight, type Outcome, tablesOf, tallyOf } from './diagnosis-tally.ts'
import { type DiagnosisWorld, startWorld } from './diagnosis-world.ts'
import { integerFrom } from '../../src/cli/flags/flag-checks.ts'
import { JSON_FLAG, readToolFlags } from '../support/tool-flags.ts'

// In the names of two faults that are played together.
const AT_ONCE = 'at once'

const flags = readToolFlags(
  'bench:diagnosis',
  'Faults put into a real page, relay and Redis, and what the verdicts were.',
  {
    seeds: {
      value: 'N',
      default: '1',
      help: 'strengths of each fault',
      check: integerFrom(1, 1000),
    },
    first: { value: 'SEED', default: '1', help: 'the first of them', check: integerFrom(1, 1e6) },
    only: { value: 'NAME', help: 'faults with this in their names', check: checkName },
    arm: { value: 'NAME', help: 'page, worker, websocket, no timing, throttled; with every seed' },
    seconds: { value: 'N', default: '9', help: 'length of a run', check: integerFrom(3, 60) },
    sweep: { help: 'in place of the matrix: the smallest strength of each fault that is found' },
    note: { help: 'in place of the matrix: the field note, once right and once wrong' },
    out: { value: 'FILE', help: 'keeps what was measured, as NDJSON' },
    replay: { value: 'FILE', help: 'judges what was kept again, without a browser' },
    write: { help: 'writes the tables to docs/diagnosis-matrix.md' },
    verbose: { help: 'shows the snapshot of each wrong verdict' },
    ...JSON_FLAG,
  },
)
function checkName(text: string, label: string): void {
  if (text.includes(AT_ONCE)) return
  const names = [...new Set(runsOf(1).flatMap(({ name, fault }) => [name, fault.name]))]
  if (names.some((name) => name.includes(text))) return
  throw new Error(`${label} must be in one of ${names.join(', ')}, or "${AT_ONCE}"; got "${text}"`)
}

const only = flags.text('only') ?? ''
const wantedArm = flags.text('arm') ?? ''
// From here on two faults at once are played as well.
const WHOLE = 10
const seconds = flags.integer('seconds')
const say = (line: string): void => void process.stdout.write(`${line}\n`)

function planned(): readonly PlannedRun[] {
  const first = flags.integer('first')
  const count = flags.integer('seeds')
  const seeds = Array.from({ length: count }, (_, index) => first + index)
  const runs = [
    ...seeds.flatMap(runsOf),
    // Once is enough, unless they are what is asked for.
    ...(wantedArm === '' ? [first] : seeds).flatMap(armsOf),
    ...(count >= WHOLE || only.includes(AT_ONCE) ? pairsOf(first) : []),
  ]
  const isWanted = ({ name, fault, arm }: PlannedRun): boolean =>
    [name, fault.name].some((one) => one.includes(only)) && arm.includes(wantedArm)
  return runs.filter(isWanted)
}

async function record(world: DiagnosisWorld, run: PlannedRun): Promise<RunRecord> {
  const { name, fault, layout, arm, seed, strength } = run
  const { snapshots } = await world.play(run, seconds)
  const { right, isKnowable } = fault
  const [load = 0] = loadavg()
  const put = { name, fault: fault.name, layout, arm, seed, strength }
  const out = flags.text('out')
  const done: RunRecord = { ...put, right, isKnowable, load, snapshots }
  if (out !== undefined) appendFileSync(out, `${JSON.stringify(done)}\n`)
  return done
}

function tell(done: RunRecord): Outcome {
  const outcome = outcomeOf(done)
  const diagnosis = diagnosisOf(done)
  const { kind, confidence, share, note = '' } = diagnosis.verdict
  const mark = isRight(outcome) ? '✓' : '✗'
  const where = `${done.fault}, ${done.layout}, ${done.arm}, seed ${done.seed}`
  say(`${mark} ${where}: ${kind} ${share.toFixed(2)}, confidence ${confidence.toFixed(2)} ${note}`)
  if (flags.on('verbose') && mark === '✗') {
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
  if (flags.on('write')) writeSection(section, body)
  say(body)
}

const began = performance.now()
if (flags.on('sweep')) {
  const table = await inWorld((world) => sweep(world, only, seconds, say))
  show('The smallest that is found', table)
} else if (flags.on('note')) {
  show('The field note', await inWorld((world) => settle(world, seconds)))
} else {
  const kept = flags.text('replay')
  const outcomes = kept === undefined ? await inWorld(playAll) : readRecords(kept).map(tell)
  show('The matrix', tablesOf(outcomes))
  if (flags.on('json')) say(JSON.stringify(tallyOf(outcomes)))
}
process.stderr.write(`took ${Math.round((performance.now() - began) / 1000)} s\n`)
