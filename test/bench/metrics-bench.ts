// `npm run bench:metrics`: what the meter costs. The same stream with and without, in one page, arm after arm and the
// other way round; script time of the main thread, read from outside. And what an inspector adds. `--short` for a quick look.
import { type BenchPage, startBench } from './bench-rig.ts'
import type { MeteredRun } from './page/metered.tsx'
import { median } from './statistics.ts'
import { JSON_FLAG, readToolFlags, SHORT_FLAG } from '../support/tool-flags.ts'

/** Numbers of the arms. */
export type Arms = Readonly<Record<MeteredRun['metrics'], number>>

/** One load's result. */
export interface MetricsLine {
  readonly what: string
  /** Script with a meter by script without, pair by pair. */
  readonly on: readonly number[]
  /** The same, with four snapshots a second. */
  readonly read: readonly number[]
  /** All of the main thread's tasks, paint among them, with an inspector by the same with a meter. */
  readonly panel: readonly number[]
  /** The script alone. */
  readonly panelScript: readonly number[]
  readonly scriptMs: Arms
  /** Of each arm its quietest run: what a busy machine disturbs least. */
  readonly leastMs: Arms
  /** What the arms were shown, how often they published, and what was left in the page's timeline. */
  readonly chars: Arms
  readonly flushes: Arms
  readonly entries: Arms
}

const TARGET = 1.03
const LOADS = [
  { name: '480 events a second, Markdown', eventsPerFrame: 8, look: 'markdown' },
  { name: '480 events a second, plain text', eventsPerFrame: 8, look: 'plain' },
  { name: '6,000 events a second, plain text', eventsPerFrame: 100, look: 'plain' },
] as const
const ARMS = ['off', 'on', 'read', 'panel'] as const
type Field = 'script' | 'task' | 'chars' | 'flushes' | 'entries'

interface Effort {
  /** Pairs that are not counted, in front. */
  readonly warm: number
  readonly pairs: number
  readonly frames: number
}

async function compare(
  bench: BenchPage,
  { name, eventsPerFrame, look }: (typeof LOADS)[number],
  { warm, pairs, frames }: Effort,
): Promise<MetricsLine> {
  const rounds: Record<(typeof ARMS)[number], Record<Field, number>>[] = []
  for (let pair = -warm; pair < pairs; pair++) {
    const round = {} as (typeof rounds)[number]
    for (const arm of pair % 2 === 0 ? ARMS : ARMS.toReversed()) {
      const run: MeteredRun = { metrics: arm, eventsPerFrame, look }
      await bench.heap()
      const metered = await bench.bench.evaluateHandle((page, run) => page.metered(run), run)
      const play = (count: number): Promise<void> =>
        metered.evaluate((stream, count) => stream.play(count), count)
      // A collection forgets compiled code: what is measured is a stream that is under way.
      await play(frames / 2)
      const { ms } = await bench.spent(() => play(frames))
      const result = await metered.evaluate((stream) => stream.end())
      await metered.dispose()
      round[arm] = { script: ms.script, task: ms.task, ...result }
    }
    if (pair >= 0) rounds.push(round)
  }
  const all = (field: Field, pick: (values: number[]) => number = median): Arms => {
    const of = (arm: (typeof ARMS)[number]): number =>
      pick(rounds.map((round) => round[arm][field]))
    return { off: of('off'), on: of('on'), read: of('read'), panel: of('panel') }
  }
  return {
    what: name,
    on: rounds.map(({ on, off }) => on.script / off.script),
    read: rounds.map(({ read, off }) => read.script / off.script),
    panel: rounds.map(({ panel, on }) => panel.task / on.task),
    panelScript: rounds.map(({ panel, on }) => panel.script / on.script),
    scriptMs: all('script'),
    leastMs: all('script', (values) => Math.min(...values)),
    chars: all('chars'),
    flushes: all('flushes'),
    entries: all('entries'),
  }
}

const flags = readToolFlags(
  'bench:metrics',
  'What the meter costs: the same stream with and without.',
  {
    ...SHORT_FLAG,
    ...JSON_FLAG,
    only: { value: 'LOAD', help: 'loads with this in their names' },
  },
)
const effort = flags.on('short')
  ? { warm: 0, pairs: 1, frames: 60 }
  : { warm: 1, pairs: 9, frames: 240 }
const rig = await startBench()
const lines: MetricsLine[] = []
try {
  const bench = await rig.open(undefined, 'threadTicks')
  for (const load of LOADS) {
    if (load.name.includes(flags.text('only') ?? '')) lines.push(await compare(bench, load, effort))
  }
} finally {
  await rig.stop()
}
if (flags.on('json')) process.stdout.write(`${JSON.stringify(lines)}\n`)
else {
  const print = (mark: string, words: string, ratios: readonly number[], aim = ''): void => {
    const range = `${Math.min(...ratios).toFixed(3)} to ${Math.max(...ratios).toFixed(3)}`
    process.stdout.write(
      `${mark} ${words} × ${median(ratios).toFixed(3)}${aim}, ${range} in ${ratios.length} pairs\n`,
    )
  }
  for (const { what, on, read, panel, panelScript, scriptMs, leastMs } of lines) {
    const mark = median(on) <= TARGET ? '✓' : '✗'
    print(mark, `${what}: script with a meter`, on, ` (≤ ${TARGET})`)
    print(' ', '  and with four snapshots a second', read)
    print(' ', '  with an inspector, by a meter alone: script', panelScript)
    print(' ', '  and all tasks, its paint among them', panel)
    const words = (ms: Arms): string => ARMS.map((arm) => `${arm} ${ms[arm].toFixed(0)}`).join(', ')
    process.stdout.write(
      `    ms of script: ${words(scriptMs)}; of the quietest runs: ${words(leastMs)}\n`,
    )
  }
}
