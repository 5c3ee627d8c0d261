// Verdicts about this page's main thread. A class is the trouble when it has the most of the thread and that is too much,
// or when it has a part and frames, tasks or text come late. The deliberate wait of batching is in none of them.
import type { Facts, StageFacts } from './facts.ts'
import { wayOf } from './rules-server.ts'
import { ahead, beyond, enough } from './confidence.ts'
import { evidence } from './evidence.ts'
import type { Evidence, Gain, Verdict } from './verdict.ts'

// Frames and pings for a proof.
const FRAMES = 20
const PINGS = 15
// Paint is the page's: what others change or run in the same frame is in it.
const PAINT_BASE = 0.78
const BASE = 0.95
// Part of others' work for which the browser names scripts where they may be its reason.
const NAMED = 0.5
// So many times its least, which is a ms or more, costs each stage in the middle where the processor is somebody else's.
const UNEVEN = 2

type Owner = 'react' | 'paint' | 'parse' | 'foreign'

interface PageClass {
  readonly kind: Verdict['kind']
  readonly advice: string
  readonly base: number
}

const CLASSES: Readonly<Record<Owner, PageClass>> = {
  react: {
    kind: 'render-bound',
    advice:
      'Render less per flush: settled blocks memoized (<StreamText>), narrower selectors, no reads of layout in effects.',
    base: BASE,
  },
  paint: {
    kind: 'paint-bound',
    advice:
      'Let less layout change per frame: CSS contain and content-visibility, no reads of layout.',
    base: PAINT_BASE,
  },
  parse: {
    kind: 'parse-bound',
    advice: 'Read and parse in a Worker (framewise/worker), or send less per event.',
    base: BASE,
  },
  foreign: {
    kind: 'other-script-bound',
    advice:
      'Find the other work (long animation frames name its scripts): split it, or move it away.',
    base: 0.9,
  },
}

/** Part of the main thread that each owner has. */
export function ownersOf(facts: Facts): Readonly<Record<Owner, number>> {
  const { stages, forced } = facts
  const react = stages.react?.share ?? 0
  const foreign = facts.foreign ?? 0
  // Layout is layout, though a script has it come at once: somebody else's as far as others are named, or an effect's.
  const theirs = Math.min(forced, foreign, facts.named ?? 0)
  const inReact = Math.min(forced - theirs, react)
  return {
    react: react - inReact,
    paint: Math.min(1, (stages.paint?.share ?? 0) + inReact + theirs),
    parse: Math.min(1, (stages.parse?.share ?? 0) + (stages.reduce?.share ?? 0)),
    foreign: foreign - theirs,
  }
}

/** The classes that are the trouble, or could be; most of the thread first. */
export function pageVerdicts(facts: Facts): readonly Verdict[] {
  const owners = Object.entries(ownersOf(facts)) as [Owner, number][]
  return owners
    .filter(([owner, share]) => isTooMuch(facts, owner, share))
    .toSorted(([, one], [, other]) => other - one)
    .map(([owner, share]) => {
      const rivals = owners.filter(([name]) => name !== owner).map(([, theirs]) => theirs)
      return pageVerdict(facts, owner, share, Math.max(...rivals))
    })
}

function isTooMuch(facts: Facts, owner: Owner, share: number): boolean {
  const { limits, isLate, lag, ours } = facts
  if (share >= limits.stageShare) return true
  if (isWaiting(facts)) return false
  const isForeign = owner === 'foreign'
  const least = isForeign ? limits.lateForeignShare : limits.lateStageShare
  if (isLate && share >= least) return true
  // One long task now and then takes little of the thread, and still holds everything up.
  return isForeign && share > ours && (lag?.p95 ?? 0) > limits.lagMs && ours < 0.2
}

// Chunks come so seldom, or so late by the server's own clocks, that what is late here holds nothing up.
function isWaiting(facts: Facts): boolean {
  const { limits, lag, lateMs, made } = facts
  const { write, redis, relay, network } = wayOf(facts)
  const waitMs = Math.max(made?.p95 ?? 0, write, redis, relay, network)
  return waitMs > limits.gapMs && Math.max(lateMs ?? 0, lag?.p95 ?? 0) < waitMs / 2
}

function pageVerdict(facts: Facts, owner: Owner, share: number, rival: number): Verdict {
  const { limits, lag, stages, isLate, closes } = facts
  const { kind, advice, base } = CLASSES[owner]
  const isForeign = owner === 'foreign'
  const stage = isForeign ? null : stages[owner]
  const proof = isForeign ? enough(lag?.count ?? 0, PINGS) : enough(stage?.count ?? 0, FRAMES)
  const margin = Math.max(
    beyond(share, limits.stageShare),
    isLate ? beyond(share, isForeign ? limits.lateForeignShare : limits.lateStageShare) : 0,
    isForeign ? beyond(lag?.p95 ?? 0, limits.lagMs) : 0,
  )
  const measured = (stage?.source ?? 'inferred') === 'inferred' && !isForeign ? 0.8 : 1
  const named = namedOf(facts, share)
  const others = facts.named === null ? 0.86 : beyond(named, NAMED)
  const starved = isStarved(facts) ? 0.75 : 1
  const doubt = isForeign ? others : closes ? starved : starved / 2
  return {
    kind,
    share,
    confidence: base * proof * margin * measured * doubt * ahead(share, rival),
    evidence: evidenceOf(facts, owner, share),
    advice,
    gain: saves(`what ${isForeign ? 'others take' : `${owner} takes`} of each second`, share),
    ...(isForeign && doubt < 1 ? { note: unnamed(named) } : {}),
  }
}

// Others' work is inferred from tasks that come late. So do those of a page that gets no processor, and then no script is
// to blame; where a browser names none at all, nobody can be sure.
function namedOf({ named, forced }: Facts, share: number): number {
  return Math.min(1, Math.max(0, (named ?? 0) - forced) / (share || 1))
}

const unnamed = (named: number): string =>
  `Scripts are named for ${Math.round(100 * named)} % of it: perhaps other programs.`

// A page that gets no processor pays several times for the same work, now and then, in all its stages.
function isStarved({ stages: { react, paint } }: Facts): boolean {
  const isUneven = (one: StageFacts | null): boolean =>
    one !== null && one.p50 > UNEVEN * Math.max(one.min, 1)
  return isUneven(react) && isUneven(paint)
}

function evidenceOf(facts: Facts, owner: Owner, share: number): readonly Evidence[] {
  const { limits, lag, stages, droppedShare, lateMs, blockingMs, forced, busy } = facts
  const late = owner === 'foreign' ? limits.lateForeignShare : limits.lateStageShare
  const threshold = facts.isLate ? late : limits.stageShare
  const p95 = owner === 'foreign' ? null : stages[owner]?.p95
  return [
    evidence(`${owner}, part of the thread`, share, 'share', threshold),
    evidence('busy, everybody', busy, 'share'),
    evidence(`stages.${owner}.p95`, p95, 'ms'),
    evidence('loopLagMs.p95', lag?.p95, 'ms', limits.lagMs),
    evidence('frame.droppedShare', droppedShare, 'share', limits.droppedShare),
    evidence('arrival to paint less queue, p95', lateMs, 'ms', limits.lateMs),
    evidence('forced layout', forced || null, 'share'),
    evidence('longFrames.blockingMs', blockingMs || null, 'ms'),
  ].flat()
}

function saves(what: string, share: number): Gain {
  const value = share * 1000
  const text = `up to ${Math.round(value)} ms of main thread a second`
  return { text, value, unit: 'ms/s', computed: `share × 1000: ${what}` }
}

/** What batching per frame would save of React's work, as part of the main thread. */
export function savedByBatching({ rendersPerFrame, stages }: Facts): number {
  if (rendersPerFrame === null || rendersPerFrame <= 1) return 0
  return (1 - 1 / rendersPerFrame) * (stages.react?.share ?? 0)
}

/** That gain, as a number to be checked. */
export function batchingGain(facts: Facts): Gain {
  const value = savedByBatching(facts) * 1000
  return {
    text: `about ${Math.round(value)} ms of main thread a second`,
    value,
    unit: 'ms/s',
    computed: '(1 − frames / renders) × stages.react.share × 1000',
  }
}

/** Tiny chunks, each rendered for itself. */
export function chunkingVerdict(facts: Facts): Verdict | null {
  const { limits, stages, rendersPerFrame, charsPerEvent, eventsPerSecond, frameMs } = facts
  const saved = savedByBatching(facts)
  const perFrame = (eventsPerSecond * frameMs) / 1000
  if (stages.react === null || rendersPerFrame === null || charsPerEvent === null) return null
  const isTiny = perFrame > 2 && charsPerEvent < limits.chunkChars
  if (!isTiny || rendersPerFrame <= limits.rendersPerFrame || saved < limits.savedShare) return null
  const margin = Math.min(
    beyond(rendersPerFrame, limits.rendersPerFrame),
    beyond(saved, limits.savedShare),
    beyond(limits.chunkChars, Math.max(charsPerEvent, 0.1)),
  )
  const { react, ...others } = ownersOf(facts)
  const rival = Math.max(...Object.values(others))
  const doubt = (facts.closes ? 1 : 0.5) * (stages.react.source === 'inferred' ? 0.8 : 1)
  const proof = enough(stages.react.count, FRAMES) * enough(facts.events, 50)
  return {
    kind: 'chunking-bound',
    share: saved,
    confidence: BASE * margin * proof * doubt * ahead(react, rival),
    evidence: [
      evidence('renders per frame', rendersPerFrame, '×', limits.rendersPerFrame),
      evidence('charsPerEvent', charsPerEvent, 'chars', limits.chunkChars),
      evidence('events per frame', perFrame, '×', 2),
      evidence('saved by batching', saved, 'share', limits.savedShare),
    ].flat(),
    advice:
      'Publish once a frame (schedule: "adaptive", or batchFrames) instead of once per event.',
    gain: batchingGain(facts),
  }
}
