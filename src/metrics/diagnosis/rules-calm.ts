// What is left when nothing is the trouble: health, with a note where it wastes, or an honest `unknown`.
import type { Facts } from './facts.ts'
import { batchingGain, savedByBatching } from './rules-page.ts'
import { upstreamMs, wireMs } from './rules-server.ts'
import { below, enough } from './confidence.ts'
import { evidence } from './evidence.ts'
import type { Verdict } from './verdict.ts'

const FRAMES = 20
// Below this part of the thread nobody notices what is wasted.
const WASTE = 0.01
// Several stages together may take more of the thread than makes one of them the trouble, while nothing is late.
const SHARED = 1.5

/**
 * Why nothing can be said at all; null where something can.
 * @param least fewest events that say something
 */
export function lackOf(facts: Facts, least: number): Verdict | null {
  const { limits, windowMs, events, hiddenShare, lostMs } = facts
  const unknown = (note: string, ...rests: Parameters<typeof evidence>): Verdict => ({
    ...unknownVerdict(facts),
    note,
    evidence: evidence(...rests),
  })
  if (hiddenShare > limits.hiddenShare) {
    const most = limits.hiddenShare
    return unknown('The page could not be seen.', 'hiddenShare', hiddenShare, 'share', most)
  }
  if (lostMs > 0) {
    const seconds = Math.round(lostMs / 1000)
    const note = `The page stood still for ${seconds} s: asleep, in a debugger, or a script.`
    return unknown(note, 'lostMs', lostMs, 'ms')
  }
  if (windowMs < limits.windowMs) {
    return unknown('The stream is too young.', 'windowMs', windowMs, 'ms', limits.windowMs)
  }
  if (events >= least) return null
  const name = 'events in the window'
  return unknown('Too few events came.', name, events, 'count', limits.events)
}

/** Nothing was found, and it may be anything. */
export function unknownVerdict(facts: Facts): Verdict {
  const isWire = wireMs(facts) > facts.limits.networkMs
  return {
    kind: 'unknown',
    share: 0,
    confidence: 0,
    evidence: [],
    advice:
      'Look again when the stream runs and the page is seen; replay a recording where it stays so.',
    gain: null,
    note: isWire
      ? 'Chunks come late: the network, or the page.'
      : 'Nothing that is measured explains it.',
    missing: facts.missing,
  }
}

/** All is well: text comes evenly and is shown at once. Null where it does not. */
export function healthyVerdict(facts: Facts): Verdict | null {
  const { limits, lateMs, droppedShare, ours, arrived, stages, closes, lag, isLate } = facts
  if (lateMs === null || lateMs > limits.lateMs || !closes) return null
  // A busy page has no room for anything else that may be wrong.
  const isBusy = ours >= limits.stageShare
  const mostOurs = (isBusy ? SHARED : 1) * limits.stageShare
  if (ours >= mostOurs || (isBusy && isLate)) return null
  const isBlind = stages.network === null || stages.relay === null
  // Between store and page nothing is measured: what comes late there may be anybody's.
  const mostMs = isBlind || isBusy ? limits.gapMs : 2 * limits.gapMs
  if (arrived === null || arrived.p95 > mostMs) return null
  // Late all the same, if nobody can say by whom.
  if (upstreamMs(facts) > limits.networkMs) return null
  if (droppedShare > 2 * limits.droppedShare || (lag?.p95 ?? 0) > limits.lagMs) return null
  const margin = Math.min(
    below(lateMs, limits.lateMs),
    below(droppedShare, 2 * limits.droppedShare),
    below(ours, limits.stageShare),
    below(arrived.p95, 2 * limits.gapMs),
  )
  const blind = isBlind ? 0.78 : 0.95
  const isWasteful =
    (facts.rendersPerFrame ?? 0) > limits.rendersPerFrame && savedByBatching(facts) > WASTE
  return {
    kind: 'healthy',
    share: 1 - Math.max(ours, facts.busy),
    confidence:
      blind * margin * enough(stages.paint?.count ?? 0, FRAMES) * (lag === null ? 0.8 : 1),
    evidence: [
      evidence('arrival to paint less queue, p95', lateMs, 'ms', limits.lateMs),
      evidence('frame.droppedShare', droppedShare, 'share', limits.droppedShare),
      evidence('busy.ours', ours, 'share', mostOurs),
      evidence('gaps.arrived.p95', arrived.p95, 'ms', limits.gapMs),
    ].flat(),
    advice: isWasteful
      ? 'Publish once a frame: it renders more often than anybody can see.'
      : 'Nothing to do.',
    gain: isWasteful ? batchingGain(facts) : null,
    ...(isWasteful ? { note: wasteOf(facts) } : {}),
    ...(blind < 0.9 ? { missing: facts.missing } : {}),
  }
}

function wasteOf({ rendersPerFrame }: Facts): string {
  return `It wastes: ${(rendersPerFrame ?? 0).toFixed(1)} renders for each frame.`
}
