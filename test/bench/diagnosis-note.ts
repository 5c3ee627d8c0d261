// The question of docs/field-note.md, settled both ways: a run in which tiny chunks rendered one by one are the trouble and
// one in which a writer that awaits is. Each with its verdict, and what following it changed against what was predicted.
import type { MeterSnapshot } from '../../src/metrics/index.ts'
import type { LabFactorName, LabProgress } from 'framewise/metrics'
import { reportOf } from '../lab/lab-report.ts'
import { startLab } from '../lab/lab-rig.ts'
import { FAULTS, type InjectedFault } from './diagnosis-faults.ts'
import { diagnosisOf } from './diagnosis-records.ts'
import type { DiagnosisWorld } from './diagnosis-world.ts'
import type { DiagnosedResult, DiagnosedRun } from './page/diagnosed.tsx'
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
// Long enough that a writer that awaits gets some chunks across.
const LAB_RUN_MS = 1500
const LAB_FACTORS: readonly LabFactorName[] = ['client', 'schedule', 'source']
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

/** Plays both, in pairs, and gives a table in Markdown, and below it what the lab makes of each. */
export async function settle(world: DiagnosisWorld, seconds: number): Promise<string> {
  const rows: string[] = []
  const recordings: (readonly [name: string, recording: string])[] = []
  for (const story of STORIES) {
    const { fault } = story
    rows.push(...(await rowsOf(world, story, seconds)))
    const { recording } = await play(world, fault, seconds, true)
    if (recording !== null) recordings.push([fault.name, recording])
  }
  const head =
    '| put in | verdict | gain predicted | done | cost before → after | gain | by predicted |'
  const labs = await inLab(recordings)
  return [head, '|---|---|---|---|---|---|---|', ...rows, ...labs].join('\n')
}

// What a page alone can tell of it: its first seconds, recorded, one factor changed at a time.
async function inLab(
  recordings: readonly (readonly [name: string, recording: string])[],
): Promise<readonly string[]> {
  const onProgress = ({ done, total, factor, arm }: LabProgress): void =>
    void process.stderr.write(`lab ${done + 1}/${total} ${factor}: ${arm}\n`)
  const lab = await startLab({ redis: undefined, onProgress })
  const given = { factors: [...LAB_FACTORS], runMs: LAB_RUN_MS, short: false } as const
  const lines: string[] = []
  try {
    for (const [name, recording] of recordings) {
      const result = await lab.run({ ...given, recording, pairs: undefined, speed: undefined })
      lines.push('', `[The lab](lab.md) of “${name}”:`, '', '```', reportOf(result), '```')
    }
  } finally {
    await lab.stop()
  }
  return lines
}

async function rowsOf(world: DiagnosisWorld, story: Story, seconds: number): Promise<string[]> {
  const before: number[] = []
  const remedied: number[] = []
  const othered: number[] = []
  const predicted: number[] = []
  const kinds = new Set<string>()
  let unit = ''
  for (let pair = 0; pair < PAIRS; pair++) {
    const first = await play(world, story.fault, seconds)
    const { verdict } = diagnosisOf(first)
    kinds.add(`${verdict.kind} ${verdict.confidence.toFixed(2)}`)
    unit = verdict.gain?.unit ?? unit
    predicted.push(verdict.gain?.value ?? NaN)
    before.push(costOf(story, first))
    remedied.push(costOf(story, await play(world, story.remedy, seconds)))
    othered.push(costOf(story, await play(world, story.other, seconds)))
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

async function play(
  world: DiagnosisWorld,
  fault: InjectedFault,
  seconds: number,
  isRecorded = false,
): Promise<DiagnosedResult> {
  const run = {
    name: fault.name,
    fault: { ...fault, page: () => ({ ...fault.page?.(1), isRecorded }) },
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
