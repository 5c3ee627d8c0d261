// `npm run bench:observe`: what `observe()` costs a page that does not use the SDK. The same application with and
// without, arm after arm and the other way round; script time of the main thread, read from outside. `--short` for a quick look.
import { type BenchPage, startBench } from './bench-rig.ts'
import { type ObserveSource, startObserveSource } from './observe-source.ts'
import type { WatchedResult, WatchedRun } from './page/watched.tsx'
import { median } from './statistics.ts'
import { JSON_FLAG, readToolFlags, SHORT_FLAG } from '../support/tool-flags.ts'

/** One application at one rate. */
export interface ObserveLine {
  readonly what: string
  /** Script of the page with the watching by script without, pair by pair. */
  readonly script: readonly number[]
  /** The same of all the main thread's tasks. */
  readonly task: readonly number[]
  /** What the watching adds to an event, pair by pair, in µs of all tasks. */
  readonly perEventUs: readonly number[]
  readonly plain: WatchedResult
  readonly watched: WatchedResult
}

const KINDS = ['EventSource', 'fetch', 'WebSocket'] as const
const LOADS = [
  { name: '60 events a second', eventsPerTick: 1 },
  { name: '500 events a second', eventsPerTick: 8 },
] as const
const ARMS = ['plain', 'watched'] as const

interface Effort {
  /** Pairs that are not counted, in front. */
  readonly warm: number
  readonly pairs: number
  readonly ticks: number
}

async function compare(
  bench: BenchPage,
  source: ObserveSource,
  kind: (typeof KINDS)[number],
  { name, eventsPerTick }: (typeof LOADS)[number],
  { warm, pairs, ticks }: Effort,
): Promise<ObserveLine> {
  const url = source.url(kind === 'WebSocket' ? 'ws' : 'sse', eventsPerTick)
  const events = ticks * eventsPerTick
  const play = async (run: WatchedRun) => {
    await bench.heap()
    const app = await bench.bench.evaluateHandle((page, run) => page.watched(run), run)
    const until = (count: number): Promise<void> =>
      app.evaluate((app, count) => app.until(count), count)
    await until(events / 2)
    const { ms } = await bench.spent(() => until(events * 1.5))
    const result = await app.evaluate((app) => app.end())
    await app.dispose()
    return { ...ms, result }
  }
  const rounds: Record<(typeof ARMS)[number], Awaited<ReturnType<typeof play>>>[] = []
  for (let pair = -warm; pair < pairs; pair++) {
    const round = {} as (typeof rounds)[number]
    for (const arm of pair % 2 === 0 ? ARMS : ARMS.toReversed()) {
      round[arm] = await play({ kind, url, isWatched: arm === 'watched' })
    }
    if (pair >= 0) rounds.push(round)
  }
  const [first] = rounds
  if (first === undefined) throw new RangeError('expected a pair, got none')
  return {
    what: `${kind}, ${name}`,
    script: rounds.map(({ plain, watched }) => watched.script / plain.script),
    task: rounds.map(({ plain, watched }) => watched.task / plain.task),
    perEventUs: rounds.map(({ plain, watched }) => ((watched.task - plain.task) / events) * 1000),
    plain: first.plain.result,
    watched: first.watched.result,
  }
}

const flags = readToolFlags('bench:observe', 'What observe() costs a page without the SDK.', {
  ...SHORT_FLAG,
  ...JSON_FLAG,
  only: { value: 'WORDS', help: 'applications and rates with this in their names' },
})
const effort = flags.on('short')
  ? { warm: 0, pairs: 1, ticks: 40 }
  : { warm: 1, pairs: 7, ticks: 240 }
const source = await startObserveSource()
const rig = await startBench()
const lines: ObserveLine[] = []
try {
  const bench = await rig.open(undefined, 'threadTicks')
  for (const kind of KINDS) {
    for (const load of LOADS) {
      if (!`${kind}, ${load.name}`.includes(flags.text('only') ?? '')) continue
      lines.push(await compare(bench, source, kind, load, effort))
    }
  }
} finally {
  source.stop()
  await rig.stop()
}
if (flags.on('json')) process.stdout.write(`${JSON.stringify(lines)}\n`)
else {
  const range = (values: readonly number[], digits: number): string => {
    const [least, most] = [Math.min(...values), Math.max(...values)].map((one) =>
      one.toFixed(digits),
    )
    return `${median(values).toFixed(digits)} (${least} to ${most})`
  }
  for (const { what, script, task, perEventUs } of lines) {
    process.stdout.write(
      `${what}: script × ${range(script, 2)}, all tasks × ${range(task, 2)}, ${range(perEventUs, 0)} µs an event; ${script.length} pairs\n`,
    )
  }
}
