// `npm run chaos`: every nemesis with many seeds. Progress goes to stderr, one table to stdout, and with --json one
// line of JSON after it. A history that breaks a promise is shown with the command that runs it again.
import type { Failure, RoundResult } from './round.ts'
import { NEMESES } from './nemeses.ts'
import type { Nemesis } from './nemesis.ts'
import { createRandom } from './random.ts'
import { runRound } from './round.ts'
import { startWorld } from './world.ts'
import { integerFrom, oneOf } from '../../src/cli/flags/flag-checks.ts'
import { JSON_FLAG, readToolFlags } from '../support/tool-flags.ts'

const FAULTS = NEMESES.map(({ name }) => name)
const namesIn = (text: string): string[] => text.split(',').filter(Boolean)

function checkFaults(value: string, label: string): void {
  for (const name of namesIn(value)) oneOf(FAULTS)(name, label)
}

const flags = readToolFlags(
  'chaos',
  'Every fault, with many seeds, against real relays and a real Redis.',
  {
    seeds: { value: 'N', default: '2', help: 'rounds of each fault', check: integerFrom(1, 1e6) },
    seed: { value: 'SEED', default: '1', help: 'the first of them', check: integerFrom(0, 1e9) },
    streams: {
      value: 'N',
      default: '12',
      help: 'histories of a round',
      check: integerFrom(1, 1000),
    },
    only: { value: 'NAME,…', help: `some of ${FAULTS.join(', ')}`, check: checkFaults },
    ...JSON_FLAG,
  },
)

const say = (line: string): void => void process.stderr.write(`${line}\n`)
const print = (line: string): void => void process.stdout.write(`${line}\n`)

// Observations shown before the one that broke a promise.
const BEFORE = 6

interface Row extends RoundResult {
  readonly name: string
}

async function main(): Promise<number> {
  const first = flags.integer('seed')
  const seeds = Array.from({ length: flags.integer('seeds') }, (_, at) => first + at)
  const names = namesIn(flags.text('only') ?? '')
  const chosen = NEMESES.filter(({ name }) => names.length === 0 || names.includes(name))
  const started = performance.now()
  const rows: Row[] = []
  for (const seed of seeds) for (const nemesis of chosen) rows.push(await attempt(nemesis, seed))
  print(
    tableOf(
      chosen.map(({ name }) =>
        total(
          name,
          rows.filter((row) => row.name === name),
        ),
      ),
    ),
  )
  const all = total('all', rows)
  const seconds = Math.round((performance.now() - started) / 1000)
  print(`${all.histories} histories in ${seconds} s, ${all.failures.length} broke a promise`)
  if (flags.on('json')) print(jsonOf(all, seconds, seeds, chosen))
  return all.failures.length === 0 ? 0 : 1
}

async function attempt(nemesis: Nemesis, seed: number): Promise<Row> {
  const world = await startWorld(nemesis.kind, createRandom(`${seed}/${nemesis.name}/wire`))
  try {
    const streams = flags.integer('streams')
    const way = world.tracking ? 'tracking' : 'doorbells'
    const result = await runRound({ world, nemesis, seed, streams, short: false })
    say(
      `${nemesis.name}, seed ${seed}, by ${way}: ${result.histories} histories, ${result.failures.length} bad, ${(result.recoveryMs / 1000).toFixed(1)} s`,
    )
    for (const failure of result.failures) tell(failure, nemesis, seed)
    if (result.failures.length > 0) say(world.fleet.logs())
    return { name: nemesis.name, ...result }
  } finally {
    await world.stop()
  }
}

function tell({ log, viewers, violations }: Failure, { name }: Nemesis, seed: number): void {
  say(`  ${log.id} (${log.layout}, ${log.written.length} events):`)
  for (const { rule, viewer, detail, at } of violations.slice(0, 8)) {
    say(`    ${rule}: ${viewer}: ${detail}`)
    if (at === null) continue
    const { observed = [] } = viewers.find(({ name }) => name === viewer) ?? {}
    for (const one of observed.slice(Math.max(0, at - BEFORE), at + 1))
      say(`      ${JSON.stringify(one).slice(0, 200)}`)
  }
  say(
    `  again: npm run chaos -- --only ${name} --seed ${seed} --seeds 1 --streams ${flags.text('streams')}`,
  )
}

function total(name: string, rows: readonly Row[]): Row {
  const sum = (of: (row: Row) => number): number => rows.reduce((all, row) => all + of(row), 0)
  return {
    name,
    histories: sum((row) => row.histories),
    viewers: sum((row) => row.viewers),
    deliveries: sum((row) => row.deliveries),
    gaps: sum((row) => row.gaps),
    connections: sum((row) => row.connections),
    recoveryMs: Math.max(...rows.map((row) => row.recoveryMs)),
    failures: rows.flatMap((row) => row.failures),
  }
}

function tableOf(rows: readonly Row[]): string {
  const head = [
    'fault',
    'histories',
    'viewers',
    'deliveries',
    'connections',
    'gaps',
    'slowest end',
    'bad',
  ]
  const lines = rows.map((row) => [
    row.name,
    ...[row.histories, row.viewers, row.deliveries, row.connections, row.gaps].map(String),
    `${(row.recoveryMs / 1000).toFixed(1)} s`,
    String(row.failures.length),
  ])
  const widths = head.map((name, at) =>
    Math.max(...[head, ...lines].map((line) => (line[at] ?? name).length)),
  )
  return [head, ...lines]
    .map((line) =>
      line
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function jsonOf(
  all: Row,
  seconds: number,
  seeds: readonly number[],
  chosen: readonly Nemesis[],
): string {
  const { histories, viewers, deliveries, connections, gaps, recoveryMs } = all
  const failures = all.failures.map(({ log, violations }) => ({ id: log.id, violations }))
  const faults = chosen.map(({ name }) => name)
  return JSON.stringify({
    histories,
    viewers,
    deliveries,
    connections,
    gaps,
    recoveryMs,
    seconds,
    seeds,
    faults,
    failures,
  })
}

process.exit(await main())
