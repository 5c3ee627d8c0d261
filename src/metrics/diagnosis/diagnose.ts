// The verdict: which stage of a stream is slow, from the meter's snapshot alone. Pure and total; it knows no clock, and
// what it remembers is handed in. What each verdict rests on: docs/diagnosis.md.
import type { MeterSnapshot } from '../snapshot.ts'
import { type Thresholds, thresholds as defaults } from './thresholds.ts'
import { type Facts, factsOf, type WriterFacts } from './facts.ts'
import { chunkingVerdict, pageVerdicts } from './rules-page.ts'
import { serverVerdicts, wayOf } from './rules-server.ts'
import { sourceVerdict } from './rules-source.ts'
import { healthyVerdict, lackOf, unknownVerdict } from './rules-calm.ts'
import { hold } from './hold.ts'
import type { Diagnosis, Verdict, VerdictKind } from './verdict.ts'

/** Options of {@link diagnose}. */
export interface DiagnoseOptions {
  /** Replaces single thresholds. @default thresholds */
  readonly thresholds?: Partial<Thresholds> | undefined
  /** What is known of the writer. @default nothing: a slow model and a writer that awaits may look alike */
  readonly writer?: WriterFacts | undefined
}

// Around the least number of events a verdict would come and go with every chunk: half of them let one stay that stood.
const STAY = 0.5
// They prove nothing by themselves: no other kind comes of them, and the one that stays is not sure.
const MOST_SURE = 0.5

/**
 * Says what a stream is bound by, how sure that is, what it rests on, what to do and what that should gain.
 * @param previous the last diagnosis of the same stream: keeps the verdict from flickering. Without, the first is taken
 * @example const { verdict } = diagnose(stream.metrics.snapshot())
 */
export function diagnose(
  snapshot: MeterSnapshot,
  previous?: Diagnosis,
  { thresholds, writer = {} }: DiagnoseOptions = {},
): Diagnosis {
  const limits = { ...defaults, ...thresholds }
  const facts = factsOf(snapshot, limits, writer)
  const at = Number.isFinite(snapshot?.at) ? snapshot.at : 0
  const lack = lackOf(facts, limits.events)
  if (lack === null) return hold(ranked(facts), at, false, previous, limits.stepMs)
  const isHeld = previous !== undefined && previous.recent.length > 0 && at >= previous.windowAt
  // A page that stood still says nothing against what was known before, nor for it.
  if (isHeld && facts.lostMs > 0) return previous
  const isTooLittle = !isHeld || lackOf(facts, STAY * limits.events) !== null
  const verdict = isTooLittle ? lack : stayed(ranked(facts)[0], lack, previous.verdict.kind)
  return hold([verdict], at, isTooLittle, previous, limits.stepMs)
}

function stayed(first: Verdict, lack: Verdict, kind: VerdictKind): Verdict {
  if (first.kind !== kind) return lack
  return { ...first, confidence: Math.min(first.confidence, MOST_SURE) }
}

// The page first: a thread that is late makes everything before it look late as well.
function ranked(facts: Facts): readonly [Verdict, ...Verdict[]] {
  const chunking = chunkingVerdict(facts)
  const source = sourceVerdict(facts, wayOf(facts))
  const page = pageVerdicts(facts)
  // What has a note is inferred, and nobody is named for it: before nothing that is measured.
  const isVague = ({ note }: Verdict): boolean => note !== undefined
  const before = [...serverVerdicts(facts), ...page.filter(isVague), ...(source ? [source] : [])]
  const found = [
    ...(chunking ? [chunking] : []),
    ...page.filter((one) => !isVague(one)),
    ...before.toSorted((one, other) => other.confidence - one.confidence),
  ]
  const isGuess = ({ kind, confidence }: Verdict): boolean =>
    kind !== 'unknown' && confidence < facts.limits.confidence
  // A guess does not stand before what is known.
  const [first, ...others] = found.toSorted((one, other) => +isGuess(one) - +isGuess(other))
  if (first === undefined) return [healthyVerdict(facts) ?? unknownVerdict(facts)]
  if (!isGuess(first)) return [first, ...others]
  return [{ ...unknownVerdict(facts), note: `Perhaps ${first.kind}.` }, first, ...others]
}
