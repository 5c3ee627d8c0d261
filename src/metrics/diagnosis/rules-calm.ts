// What is left when nothing is the trouble: health, with a note where it wastes, or an honest `unknown`.
import type { Facts } from './facts.ts'
import { batchingGain, savedByBatching } from './rules-page.ts'
import { upstreamMs } from './rules-server.ts'
import { below, enough } from './confidence.ts'
import type { Evidence, Verdict } from './verdict.ts'

const FRAMES = 20
// Below this part of the thread nobody notices what is wasted.
const WASTE = 0.01

/**
 * Why nothing can be said at all; null where something can.
 * @param least fewest events that say something
 */
export function lackOf(facts: Facts, least: number): Verdict | null {
  const { limits, windowMs, events, hiddenShare, lostMs } = facts
  const unknown = (note: string, evidence: Evidence): Verdict => ({
    ...unknownVerdict(facts),
    note,
    evidence: [evidence],
  })
  if (hiddenShare > limits.hiddenShare) {
    const evidence = { name: 'hiddenShare', value: hiddenShare, unit: 'share' }
    return unknown('The page could not be seen.', { ...evidence, threshold: limits.hiddenShare })
  }
  if (lostMs > 0) {
    const seconds = Math.round(lostMs / 1000)
    return unknown(`The page stood still for ${seconds} s: asleep, in a debugger, or a script.`, {
      name: 'lostMs',
      value: lostMs,
      unit: 'ms',
    })
  }
  if (windowMs < limits.windowMs) {
    const evidence = { name: 'windowMs', value: windowMs, unit: 'ms' }
    return unknown('The stream is too young.', { ...evidence, threshold: limits.windowMs })
  }
  if (events >= least) return null
  const evidence = { name: 'events in the window', value: events, unit: 'count' }
  return unknown('Too few events came.', { ...evidence, threshold: limits.events })
}

/** Nothing was found, and it may be anything. */
export function unknownVerdict({ missing }: Facts): Verdict {
  return {
    kind: 'unknown',
    share: 0,
    confidence: 0,
    evidence: [],
    advice:
      'Look again when the stream runs and the page is seen; replay a recording where it stays so.',
    gain: null,
    note: 'Nothing that is measured explains it.',
    missing,
  }
}

/** All is well: text comes evenly and is shown at once. Null where it does not. */
export function healthyVerdict(facts: Facts): Verdict | null {
  const { limits, lateMs, droppedShare, ours, arrived, stages, closes, lag } = facts
  if (lateMs === null || lateMs > limits.lateMs || !closes || ours >= limits.stageShare) return null
  const isBlind = stages.network === null || stages.relay === null
  // Between store and page nothing is measured: what comes late there may be anybody's.
  const mostMs = isBlind ? limits.gapMs : 2 * limits.gapMs
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
      {
        name: 'arrival to paint less queue, p95',
        value: lateMs,
        unit: 'ms',
        threshold: limits.lateMs,
      },
      {
        name: 'frame.droppedShare',
        value: droppedShare,
        unit: 'share',
        threshold: limits.droppedShare,
      },
      { name: 'busy.ours', value: ours, unit: 'share', threshold: limits.stageShare },
      { name: 'gaps.arrived.p95', value: arrived.p95, unit: 'ms', threshold: limits.gapMs },
    ],
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
