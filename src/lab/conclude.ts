// The result in plain sentences. None claims what the pairs do not show, and what they do not show is said too.
import { cutWords, doubtWords, paceWords } from './caveats.ts'
import { armNamed, placed } from './compare.ts'
import { BY_HAND, chunkArm } from './plan.ts'
import { excludes, type LabRange, rangeOf } from './range.ts'
import type { Findings, LabCapacity, LabEffect, LabFactor, LabShare } from './result.ts'
import { about, list, ms, percent, savedBy, times } from './words.ts'

/** Says what was found, factor by factor. */
export function conclude(findings: Findings): readonly string[] {
  const { factors, shares, capacity, pairs } = findings
  const factor = (name: LabFactor['name']): LabFactor | undefined =>
    factors.find((one) => one.name === name)
  return [
    ...cutWords(findings),
    ...paceWords(findings),
    ...ladderWords(factor('client'), shares, pairs),
    ...scheduleWords(factor('schedule'), pairs),
    ...chunkWords(factor('chunk'), findings),
    ...sourceWords(factor('source'), pairs),
    ...capacityWords(capacity),
    ...doubtWords(findings),
  ]
}

const NAMES: Readonly<Record<LabShare['hypothesis'], string>> = {
  receiving: 'receiving the events',
  parsing: 'parsing them',
  reducing: 'merging and storing them one by one',
  rendering: 'rendering plain text per event',
  markdown: 'Markdown on top of it',
  painting: 'layout and paint',
}

function ladderWords(
  factor: LabFactor | undefined,
  shares: readonly LabShare[],
  pairs: number,
): readonly string[] {
  if (factor === undefined) return []
  const top = armNamed(factor.arms, 'markdown') ?? armNamed(factor.arms, 'plain')
  if (top === undefined) return []
  const busy = rangeOf(top.rounds.map(({ busyMs, runMs }) => busyMs / runMs))
  const known = shares.filter(({ hypothesis }) => hypothesis !== 'painting')
  const parts = known.flatMap(({ hypothesis, share, shown }) =>
    share !== null && shown ? [`${NAMES[hypothesis]} ${percent(share)}`] : [],
  )
  const without = known.flatMap(({ hypothesis, share, shown }) =>
    share !== null && !shown ? [NAMES[hypothesis]] : [],
  )
  const paint = shares.find(({ hypothesis }) => hypothesis === 'painting')
  return [
    `Rendering once per event keeps the main thread busy ${percent(busy)} of the run (${ms(top.median.busyMs)}).`,
    ...(parts.length > 0 ? [`Of that, ${list(parts)}.`] : []),
    ...(without.length > 0 ? [`No share that ${pairs} pairs can show: ${list(without)}.`] : []),
    ...(paint?.share && paint.shown
      ? [`Hiding the view spares ${percent(paint.share)}: that is layout and paint.`]
      : []),
  ]
}

function scheduleWords(factor: LabFactor | undefined, pairs: number): readonly string[] {
  if (factor === undefined) return []
  const effect = (name: string): LabEffect | undefined =>
    factor.effects.find(({ arm }) => arm === name)
  const [batched, byHand] = [effect('adaptive'), effect(BY_HAND)]
  if (batched === undefined) return []
  const freshness = armNamed(factor.arms, 'adaptive')?.median.arrivalToPaintMs ?? null
  return [
    `Batching (adaptive) ${changeWords(batched, pairs)}${
      freshness === null ? '' : `; text is on the screen ${ms(freshness)} after it arrived (p95)`
    }.`,
    ...(byHand === undefined
      ? []
      : [
          `A consumer of twenty lines written by hand, one write per frame, ${changeWords(byHand, pairs)}.`,
        ]),
  ]
}

function changeWords({ ratio, shown }: LabEffect, pairs: number): string {
  if (ratio === null) return 'could not be measured'
  if (!shown) return `shows no effect in ${lookedAt(ratio, pairs)} (${times(ratio)} the cost)`
  const saved = savedBy(ratio)
  return saved.median > 0
    ? `removes ${percent(saved)} of the cost of rendering once per event`
    : `adds ${percent({ median: -saved.median, min: -saved.max, max: -saved.min })} to the cost of rendering once per event`
}

// Where all pairs agree and nothing is shown nonetheless, what is missing of runs that were cut might undo it.
const lookedAt = (ratio: LabRange, pairs: number): string =>
  excludes(ratio, 1) ? 'cut runs' : `${pairs} pairs`

function chunkWords(factor: LabFactor | undefined, { pairs, played }: Findings): readonly string[] {
  const small = factor?.arms[0]?.name.split(' ')[0] ?? ''
  const words = ['immediate', 'adaptive', BY_HAND].flatMap((way) => {
    const effect = factor?.effects.find(({ arm }) => arm === chunkArm(Number(small), way))
    if (effect === undefined || effect.ratio === null) return []
    const what = effect.shown
      ? `${times(effect.ratio)} the cost`
      : `no effect that ${lookedAt(effect.ratio, pairs)} can show (${times(effect.ratio)})`
    return [`${WAYS[way] ?? way} ${what}`]
  })
  if (factor === undefined || words.length === 0) return []
  const [, large = ''] = /^(\d+) chars/.exec(factor.effects[0]?.against ?? '') ?? []
  return [
    `The same text in chunks of ${small} instead of ${large} characters, ${played.paced ? 'at the same characters a second' : 'all at once'}: ${list(words)}.`,
  ]
}

const WAYS: Readonly<Record<string, string>> = {
  immediate: 'without batching',
  adaptive: 'batched',
}

function sourceWords(factor: LabFactor | undefined, pairs: number): readonly string[] {
  if (factor === undefined) return []
  return placed(factor).map((effect) => {
    const { arm, against, ratio, shown } = effect
    const cost =
      ratio === null
        ? 'its cost could not be compared'
        : shown
          ? `the main thread’s cost is ${times(ratio)} that from ${against}`
          : `no difference in cost to ${against} that ${lookedAt(ratio, pairs)} can show (${times(ratio)})`
    return `From ${arm}: ${cost}${lateWords(effect, pairs)}.`
  })
}

// What a source changes is when events come, more than what they cost.
function lateWords({ laterMs }: LabEffect, pairs: number): string {
  if (laterMs === null) return ''
  const { median, min, max } = laterMs
  const shown = (...ends: number[]): string => ends.map((value) => value.toFixed(1)).join(' to ')
  if (!excludes(laterMs, 0)) {
    return `; that events come later, ${pairs} pairs do not show (${ms(median)} (${shown(min, max)}))`
  }
  const [size, range, word] =
    median > 0 ? [median, shown(min, max), 'later'] : [-median, shown(-max, -min), 'sooner']
  return `; events come ${ms(size)} (${range}) ${word} (p95)`
}

function capacityWords(capacity: readonly LabCapacity[]): readonly string[] {
  const words = capacity.map(({ schedule, eventsPerSecond, charsPerSecond, atLeast }) =>
    eventsPerSecond === 0
      ? `${WAYS[schedule] ?? schedule} it does not keep up at any speed that was tried`
      : `${WAYS[schedule] ?? schedule} ${atLeast ? 'at least ' : ''}${about(eventsPerSecond)} events/s (${about(charsPerSecond)} characters/s)`,
  )
  const batched = capacity.find(({ schedule }) => schedule === 'adaptive')
  const raw = capacity.find(({ schedule }) => schedule === 'immediate')
  // Told only where the searches of the one all lie beyond those of the other.
  const apart =
    batched !== undefined &&
    raw !== undefined &&
    (batched.leastEventsPerSecond > raw.eventsPerSecond ||
      raw.leastEventsPerSecond > batched.eventsPerSecond)
  const gain =
    apart && !batched.atLeast && raw.eventsPerSecond > 0
      ? `, ${(batched.eventsPerSecond / raw.eventsPerSecond).toFixed(1)} times as many`
      : ''
  if (words.length === 0) return []
  return [`What this client keeps up with: ${list(words)}${gain}.`]
}
