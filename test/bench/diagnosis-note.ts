// The question of docs/field-note.md, settled both ways: a run in which tiny chunks rendered one by one are the trouble and
// one in which a writer that awaits is. Each with its verdict, and what following it changed against what was predicted.
import type { MeterSnapshot } from '../../src/metrics/index.ts'
import { FAULTS, type InjectedFault } from './diagnosis-faults.ts'
import { diagnosisOf } from './diagnosis-records.ts'
import type { DiagnosisWorld } from './diagnosis-world.ts'
import type { DiagnosedRun } from './page/diagnosed.tsx'
import { median } from './statistics.ts'

interface Story {
  readonly fault: InjectedFault
  /** What the verdict advises, and what it does not. */
  readonly remedy: InjectedFault
  readonly other: InjectedFault
  readonly words: readonly [remedy: string, other: string]
  /** What is to become less, in the unit of the gain. */
  readonly cost: (snapshot: MeterSnapshot) => number
}

const PAIRS = 3
const FAR_MS = 77.5

function fault(name: string, page: Partial<DiagnosedRun>): InjectedFault {
  const found = FAULTS.find((one) => one.name === name)
  if (found === undefined) throw new TypeError(`expected a fault, got ${name}`)
  return { ...found, page: () => page }
}

const oneByOne: Partial<DiagnosedRun> = { perEvent: true, renderMs: 1.2, stamped: true }
const perFrame: Partial<DiagnosedRun> = { ...oneByOne, perEvent: false }
// Its Redis is as far away, and nobody waits for it.
const tiny: InjectedFault = {
  ...fault('tiny chunks, rendered one by one', oneByOne),
  writerMs: () => FAR_MS,
}
const awaiting = fault('awaiting writer', oneByOne)
const batched = 'publish once a frame'

const STORIES: readonly Story[] = [
  {
    fault: tiny,
    remedy: { ...tiny, page: () => perFrame },
    other: { ...tiny, writerMs: () => 0 },
    words: [batched, 'a Redis next to the writer'],
    cost: ({ stages }) => 1000 * (stages.react?.share ?? 0),
  },
  {
    fault: awaiting,
    remedy: { ...awaiting, awaits: false },
    other: { ...awaiting, page: () => perFrame },
    words: ['a writer that does not await', batched],
    cost: ({ eventsPerSecond }) => 1000 / (eventsPerSecond ?? NaN),
  },
]

/** Plays both, in pairs, and gives a table in Markdown. */
export async function settle(world: DiagnosisWorld, seconds: number): Promise<string> {
  const rows: string[] = []
  for (const story of STORIES) rows.push(...(await rowsOf(world, story, seconds)))
  const head =
    '| put in | verdict | gain predicted | done | cost before → after | gain | by predicted |'
  return [head, '|---|---|---|---|---|---|---|', ...rows].join('\n')
}

async function rowsOf(world: DiagnosisWorld, story: Story, seconds: number): Promise<string[]> {
  const before: number[] = []
  const remedied: number[] = []
  const othered: number[] = []
  const predicted: number[] = []
  const kinds = new Set<string>()
  let unit = ''
  for (let pair = 0; pair < PAIRS; pair++) {
    const first = await snapshotsOf(world, story.fault, seconds)
    const { verdict } = diagnosisOf(first)
    kinds.add(`${verdict.kind} ${verdict.confidence.toFixed(2)}`)
    unit = verdict.gain?.unit ?? unit
    predicted.push(verdict.gain?.value ?? NaN)
    before.push(costOf(story, first))
    remedied.push(costOf(story, await snapshotsOf(world, story.remedy, seconds)))
    othered.push(costOf(story, await snapshotsOf(world, story.other, seconds)))
  }
  const was = median(before)
  const hoped = median(predicted)
  return [remedied, othered].map((after, index) => {
    const is = median(after)
    const costs = `${was.toFixed(0)} → ${is.toFixed(0)} ${unit}`
    const said = index === 0 ? [[...kinds].join(', '), `${hoped.toFixed(0)} ${unit}`] : ['', '']
    const share = index === 0 ? ((was - is) / hoped).toFixed(2) : '–'
    const cells = [
      story.fault.name,
      ...said,
      story.words[index],
      costs,
      (was - is).toFixed(0),
      share,
    ]
    return `| ${cells.join(' | ')} |`
  })
}

async function snapshotsOf(
  world: DiagnosisWorld,
  fault: InjectedFault,
  seconds: number,
): Promise<{ readonly snapshots: readonly MeterSnapshot[] }> {
  const run = {
    name: fault.name,
    fault,
    layout: 'stream',
    arm: 'page',
    seed: 1,
    strength: 1,
  } as const
  return world.play(run, seconds)
}

function costOf(
  { cost }: Story,
  { snapshots }: { readonly snapshots: readonly MeterSnapshot[] },
): number {
  const last = snapshots.at(-1)
  return last === undefined ? NaN : cost(last)
}
