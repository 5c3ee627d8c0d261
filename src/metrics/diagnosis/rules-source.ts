// Model or writer: both make the same gaps. Producer stamps tell them apart, a floor of round trips hints at the writer,
// and without either the answer is that nobody knows, and what would tell.
import type { Facts, Values } from './facts.ts'
import { fallenBehind, type Way } from './rules-server.ts'
import { ahead, below, beyond, enough } from './confidence.ts'
import { WRITER_PROBE } from './writer-probe.ts'
import { evidence } from './evidence.ts'
import type { Evidence, Verdict } from './verdict.ts'

// Gaps for a proof, and what a verdict may be sure of at the most.
const GAPS = 10
const BASE = 0.95
const FLOOR_BASE = 0.7
// Why a model that looks slow may be none, and what is left of the base then.
const DOUBTS = {
  awaited: {
    base: 0.55,
    note: 'The gaps are a few round trips of the writer: were payload times taken in the loop that awaits its writes, it is the writer.',
  },
  unwritten: {
    base: 0.75,
    note: 'Nothing tells when chunks were written: were payload times taken in a loop that awaits its writes, it is the writer. Say stampedAt.',
  },
  guessed: {
    base: 0.75,
    note: 'Without payload times a writer that gathers while it awaits looks alike.',
  },
}
type Doubt = keyof typeof DOUBTS
// Round trips below this hold nothing up.
const FAR_MS = 20
// A floor without a known round trip: half of the gaps lie this close above the least.
const EVEN = 0.75

/** What made the gaps, where they are what is slow; null where they are not. */
export function sourceVerdict(facts: Facts, way: Way): Verdict | null {
  const gaps = facts.made
  if (gaps === null || !isSlow(facts, gaps) || !isRestIdle(facts, way, gaps)) return null
  const stamped = facts.producedBy === 'payload' && facts.writer.stampedAt !== 'write'
  if (stamped) return modelVerdict(facts, way, gaps, doubtOf(facts, gaps))
  if (isKnownFloor(facts, gaps)) return floorVerdict(facts, way, gaps)
  if (facts.sent === null && facts.producedBy === null) {
    return unknownSource(facts, gaps, 'model, writer or network', facts.missing)
  }
  if (isEven(facts, gaps)) {
    return unknownSource(facts, gaps, 'model or writer', [
      'payload times, or the writer’s round trip',
    ])
  }
  return modelVerdict(facts, way, gaps, 'guessed')
}

function isSlow({ limits, eventsPerSecond, charsPerEvent }: Facts, gaps: Values): boolean {
  const speed = charsPerEvent === null ? Infinity : eventsPerSecond * charsPerEvent
  return gaps.p95 > limits.gapMs || (speed < limits.charsPerSecond && gaps.p50 > FAR_MS)
}

// Everything after the source waits for it: no more than half of a long gap.
function isRestIdle(facts: Facts, way: Way, gaps: Values): boolean {
  const most = Math.max(way.write, way.redis, way.relay, way.network, way.page)
  return most < gaps.p95 / 2 && facts.ours < facts.limits.stageShare
}

function isEven({ limits }: Facts, { min, p50, variation }: Values): boolean {
  return p50 > FAR_MS && (variation < limits.floorVariation || min >= EVEN * p50)
}

function isKnownFloor({ limits, writer }: Facts, { min, p50, variation }: Values): boolean {
  const floor = (writer.rttMs ?? 0) * (writer.roundTrips ?? 1)
  const isNarrow = variation < limits.floorVariation && min >= limits.floorShare * floor
  return floor > FAR_MS && isNarrow && p50 < 2 * floor
}

// Times taken in a loop that awaits its writes make gaps of a few round trips: twice the way to the store.
function looksAwaited({ stages, limits }: Facts, { p50, variation }: Values): boolean {
  const rttMs = 2 * (stages.write?.p50 ?? 0)
  const trips = Math.round(p50 / rttMs)
  const isWhole = trips >= 1 && trips <= 3 && Math.abs(p50 / (trips * rttMs) - 1) < 0.2
  return rttMs > 2 * FAR_MS && variation < limits.floorVariation && isWhole
}

// Ids of a Redis stream tell when a chunk was written; without, its stamp may be from before the write or from after.
function doubtOf(facts: Facts, gaps: Values): Doubt | null {
  if (looksAwaited(facts, gaps)) return 'awaited'
  return facts.stages.write === null && facts.writer.stampedAt !== 'model' ? 'unwritten' : null
}

function evidenceOf(facts: Facts, gaps: Values): readonly Evidence[] {
  const { limits, produced, sent, eventsPerSecond, charsPerEvent } = facts
  const name = `gaps.${produced ? 'produced' : sent ? 'sent' : 'arrived'}`
  return [
    evidence(`${name}.p95`, gaps.p95, 'ms', limits.gapMs),
    evidence(`${name}.p50`, gaps.p50, 'ms'),
    evidence(`${name}.min`, gaps.min, 'ms'),
    evidence(`${name}.variation`, gaps.variation, '×', limits.floorVariation),
    evidence('characters a second', eventsPerSecond * (charsPerEvent ?? 0), '1/s'),
  ].flat()
}

function modelVerdict(facts: Facts, way: Way, gaps: Values, doubted: Doubt | null): Verdict {
  const { limits, eventsPerSecond, charsPerEvent } = facts
  const rest = Math.max(way.write, way.redis, way.relay, way.network, way.page)
  const slowness = Math.max(
    beyond(gaps.p95, limits.gapMs),
    below(eventsPerSecond * (charsPerEvent ?? Number.MAX_VALUE), limits.charsPerSecond),
  )
  const isBehind = fallenBehind(facts) > limits.writeMs ? 0.7 : 1
  const doubt = enough(gaps.count, GAPS) * slowness * ahead(gaps.p95, rest) * isBehind
  const { base, note } = doubted === null ? { base: BASE } : DOUBTS[doubted]
  return {
    kind: 'model-bound',
    share: gaps.p95 / (gaps.p95 + rest),
    confidence: base * doubt,
    evidence: evidenceOf(facts, gaps),
    advice:
      'Nothing here makes it faster: a faster model, a shorter prompt, or show that it is at work.',
    gain: {
      text: `all else together delays a chunk by ${Math.round(rest)} ms at the most`,
      value: rest,
      unit: 'ms/chunk',
      computed: 'the slowest other stage, p95',
    },
    ...(note === undefined ? {} : { note, experiment: WRITER_PROBE }),
  }
}

function floorVerdict(facts: Facts, way: Way, gaps: Values): Verdict {
  const { writer } = facts
  const floor = (writer.rttMs ?? 0) * (writer.roundTrips ?? 1)
  const rest = Math.max(way.redis, way.relay, way.network, way.page)
  const doubt =
    enough(gaps.count, GAPS) *
    below(gaps.variation, facts.limits.floorVariation) *
    ahead(gaps.p50, rest)
  return {
    kind: 'write-bound',
    share: Math.min(1, floor / Math.max(gaps.p50, floor)),
    confidence: FLOOR_BASE * doubt,
    evidence: [
      ...evidence('k × round trip at the writer', floor, 'ms', gaps.min),
      ...evidenceOf(facts, gaps),
    ],
    advice:
      'Do not await each write: send on while earlier ones are under way (framewise/writer does).',
    gain: {
      text: `up to ${Math.round(floor)} ms for each chunk`,
      value: floor,
      unit: 'ms/chunk',
      computed: 'k × round trip measured at the writer',
    },
    note: 'A model that pauses as long as the writer awaits looks alike: only payload times tell.',
  }
}

function unknownSource(
  facts: Facts,
  gaps: Values,
  which: string,
  missing: readonly string[],
): Verdict {
  return {
    kind: 'unknown',
    share: 0,
    confidence: 0,
    evidence: evidenceOf(facts, gaps),
    advice: 'Pass payloadTime to the meter, or run the probe where the writer runs.',
    gain: null,
    note: `Chunks come slowly, and everything after waits for them: ${which}.`,
    missing,
    experiment: WRITER_PROBE,
  }
}
