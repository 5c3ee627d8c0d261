// `npm run bench:text`: what a flush costs at 1 MB and at 10 kB of text, what catching up costs beside loops written
// by hand, and whether an hour of stream leaves anything behind. Ratios within one run; `--short` for a quick look.
import type { BenchLine } from './bench-line.ts'
import { type BenchPage, type BenchRig, startBench } from './bench-rig.ts'
import type { CatchUpArm } from './page/catch-up.ts'
import type { Look } from './page/chat.tsx'
import { median, slope } from './statistics.ts'
import { oneOf } from '../../src/cli/flags/flag-checks.ts'
import { JSON_FLAG, readToolFlags, SHORT_FLAG } from '../support/tool-flags.ts'

const SHORT = { rounds: 4, flushes: 25, catchUps: 2, events: 20_000, soaked: 150_000, samples: 6 }
const LONG = {
  rounds: 11,
  flushes: 60,
  catchUps: 5,
  events: 100_000,
  soaked: 1_800_000,
  samples: 36,
}
type Effort = typeof SHORT

async function flushCost(rig: BenchRig, look: Look, effort: Effort): Promise<BenchLine> {
  const small = await rig.open()
  const large = await rig.open()
  const largeText = await show(large, look, 1_000_000)
  const costs: { small: number; large: number }[] = []
  for (let round = 0; round <= effort.rounds; round++) {
    // Anew each time: at 10 kB what a round adds is not little.
    const smallText = await show(small, look, 10_000)
    const arms = [
      { name: 'small', page: small, text: smallText },
      { name: 'large', page: large, text: largeText },
    ] as const
    const cost = { small: 0, large: 0 }
    for (const { name, page, text } of round % 2 === 0 ? arms : arms.toReversed()) {
      const { ms } = await page.spent(() => text.evaluate((one, n) => one.grow(n), effort.flushes))
      cost[name] = ms.task / effort.flushes
    }
    // The first round warms up.
    if (round > 0) costs.push(cost)
    await smallText.evaluate((one) => one.close())
  }
  await small.close()
  await large.close()
  const ratios = costs.map(({ small, large }) => large / small)
  const [smallMs, largeMs] = [costs.map((cost) => cost.small), costs.map((cost) => cost.large)]
  return {
    what: `flush at 1 MB ÷ at 10 kB, ${look}`,
    measured: median(ratios),
    target: 1.3,
    unit: '×',
    detail: `${median(largeMs).toFixed(2)} ms ÷ ${median(smallMs).toFixed(2)} ms of main thread, ${range(ratios)}`,
  }
}

const show = (page: BenchPage, look: Look, chars: number) =>
  page.bench.evaluateHandle((bench, [look, chars]) => bench.growing(look, chars), [
    look,
    chars,
  ] as const)

async function catchUp(rig: BenchRig, effort: Effort): Promise<BenchLine[]> {
  const bench = await rig.open()
  await bench.bench.evaluate((page, events) => page.prepareCatchUp(events), effort.events)
  const arms: readonly CatchUpArm[] = ['append', 'frame', 'parse', 'framewise']
  const rounds: Record<CatchUpArm, { ms: number; script: number; longest: number }>[] = []
  for (let round = 0; round <= effort.catchUps; round++) {
    const costs = {} as (typeof rounds)[number]
    for (const arm of round % 2 === 0 ? arms : arms.toReversed()) {
      await bench.heap()
      const { ms, result } = await bench.spent(() =>
        bench.bench.evaluate((page, [arm, events]) => page.catchUp(arm, events), [
          arm,
          effort.events,
        ] as const),
      )
      if (result.chars !== effort.events * 4) throw new Error(`${arm}: ${result.chars} characters`)
      costs[arm] = { ms: ms.task, script: ms.script, longest: result.longestFrameMs }
    }
    if (round > 0) rounds.push(costs)
  }
  await bench.close()
  const ratioTo = (arm: CatchUpArm): number[] => rounds.map((one) => one.framewise.ms / one[arm].ms)
  const ms = (arm: CatchUpArm): string =>
    `${median(rounds.map((one) => one[arm].ms)).toFixed(0)} ms`
  const longer = rounds.map(({ framewise, append }) => framewise.longest - append.longest)
  const longest = (arm: CatchUpArm): string =>
    median(rounds.map((one) => one[arm].longest)).toFixed(0)
  return [
    {
      what: `catch-up of ${effort.events} events ÷ appendData per event`,
      measured: median(ratioTo('append')),
      target: 1.25,
      unit: '×',
      detail: `${ms('framewise')} ÷ ${ms('append')}, ${range(ratioTo('append'))}`,
    },
    {
      what: 'the same ÷ appendData per frame',
      measured: median(ratioTo('frame')),
      target: Infinity,
      unit: '×',
      detail: `${ms('framewise')} ÷ ${ms('frame')}, ${range(ratioTo('frame'))}`,
    },
    {
      what: 'the same ÷ parsing alone, shown at once in the end',
      measured: median(ratioTo('parse')),
      target: Infinity,
      unit: '×',
      detail: `${ms('framewise')} ÷ ${ms('parse')}, ${range(ratioTo('parse'))}`,
    },
    {
      what: 'longest frame, beyond appendData per event',
      measured: median(longer),
      target: 50,
      unit: 'ms',
      detail: `${longest('framewise')} against ${longest('append')} and, per frame, ${longest('frame')} ms`,
    },
  ]
}

async function soak(rig: BenchRig, effort: Effort): Promise<BenchLine> {
  const bench = await rig.open()
  const stream = await bench.bench.evaluateHandle((page) => page.soak())
  const each = Math.round(effort.soaked / effort.samples)
  const heaps: number[] = []
  for (let sample = 0; sample < effort.samples; sample++) {
    await stream.evaluate((one, events) => one.play(events, events / 5), each)
    heaps.push((await bench.heap()) / 1024)
  }
  await bench.close()
  // The first samples fill caches and compile code.
  const settled = heaps.slice(Math.ceil(heaps.length / 3))
  return {
    what: `heap left by ${effort.soaked} events`,
    measured: slope(settled) * heaps.length,
    target: 1024,
    unit: 'kB',
    detail: `${settled.map((kB) => (kB / 1024).toFixed(2)).join(' ')} MB after collection`,
  }
}

function range(values: readonly number[]): string {
  return `${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)} in ${values.length} pairs`
}

const PARTS = ['plain', 'markdown', 'catch-up', 'soak']
const flags = readToolFlags('bench:text', 'What text costs the browser that shows it.', {
  ...SHORT_FLAG,
  ...JSON_FLAG,
  only: { value: 'PART', help: `one of ${PARTS.join(', ')}`, check: oneOf(PARTS) },
})
const effort = flags.on('short') ? SHORT : LONG
const rig = await startBench()
const lines: BenchLine[] = []
const wanted = (name: string): boolean => [undefined, name].includes(flags.text('only'))
try {
  if (wanted('plain')) lines.push(await flushCost(rig, 'plain', effort))
  if (wanted('markdown')) lines.push(await flushCost(rig, 'markdown', effort))
  if (wanted('catch-up')) lines.push(...(await catchUp(rig, effort)))
  if (wanted('soak')) lines.push(await soak(rig, effort))
} finally {
  await rig.stop()
}
if (flags.on('json')) process.stdout.write(`${JSON.stringify(lines)}\n`)
else {
  for (const { what, measured, target, unit, detail } of lines) {
    const verdict = target === Infinity ? ' ' : measured <= target ? '✓' : '✗'
    const aim = target === Infinity ? '' : ` (≤ ${target})`
    process.stdout.write(
      `${verdict} ${what}: ${measured.toFixed(2)} ${unit}${aim}\n    ${detail}\n`,
    )
  }
}
