// Verdicts about this page's main thread. A class is the trouble when it has the most of the thread and that is too much,
// or when it has a part and frames, tasks or text come late. The deliberate wait of batching is in none of them.
import type { Facts } from './facts.ts'
import { wayOf } from './rules-server.ts'
import { ahead, beyond, enough } from './confidence.ts'
import type { Evidence, Gain, Verdict } from './verdict.ts'

// Frames and pings for a proof.
const FRAMES = 20
const PINGS = 15
// Paint is the page's: what others change or run in the same frame is in it.
const PAINT_BASE = 0.78
const BASE = 0.95

type Owner = 'react' | 'paint' | 'parse' | 'foreign'

interface PageClass {
  readonly kind: Verdict['kind']
  readonly advice: string
  readonly base: number
}

const CLASSES: Readonly<Record<Owner, PageClass>> = {
  react: {
    kind: 'render-bound',
    advice: 'Render less per flush: settled blocks memoized (<StreamText>), narrower selectors.',
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
export function ownersOf({ stages, foreign }: Facts): Readonly<Record<Owner, number>> {
  return {
    react: stages.react?.share ?? 0,
    paint: stages.paint?.share ?? 0,
    parse: Math.min(1, (stages.parse?.share ?? 0) + (stages.reduce?.share ?? 0)),
    foreign: foreign ?? 0,
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
  const { limits, lag, lateMs, produced, arrived } = facts
  const { write, redis, relay } = wayOf(facts)
  const waitMs = Math.max((produced ?? arrived)?.p95 ?? 0, write, redis, relay)
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
  const isDoubted = isForeign ? !isSeen(facts) : !closes
  const doubt = isDoubted ? 0.5 : 1
  return {
    kind,
    share,
    confidence: base * proof * margin * measured * doubt * ahead(share, rival),
    evidence: evidenceOf(facts, owner, share),
    advice,
    gain: saves(`what ${isForeign ? 'others take' : `${owner} takes`} of each second`, share),
    ...(isForeign && isDoubted ? { note: 'No long frames: perhaps other programs.' } : {}),
    ...(isForeign ? { missing: ['whose script it is: the snapshot counts long frames only'] } : {}),
  }
}

// Others' work is inferred from tasks that come late. So do those of a page that gets no processor, without long frames.
function isSeen({ longShare, busy }: Facts): boolean {
  return longShare === null || longShare >= busy / 2
}

function evidenceOf(facts: Facts, owner: Owner, share: number): readonly Evidence[] {
  const { limits, lag, stages, droppedShare, lateMs, blockingMs, busy } = facts
  const late = owner === 'foreign' ? limits.lateForeignShare : limits.lateStageShare
  const threshold = facts.isLate ? late : limits.stageShare
  const own = owner === 'foreign' ? 'busy.foreign' : `stages.${owner}.share`
  const name = owner === 'parse' ? 'stages.parse.share + stages.reduce.share' : own
  const p95 = owner === 'foreign' ? null : (stages[owner]?.p95 ?? null)
  return [
    { name, value: share, unit: 'share', threshold },
    { name: 'busy, everybody', value: busy, unit: 'share' },
    { name: `stages.${owner}.p95`, value: p95, unit: 'ms' },
    { name: 'loopLagMs.p95', value: lag?.p95 ?? null, unit: 'ms', threshold: limits.lagMs },
    {
      name: 'frame.droppedShare',
      value: droppedShare,
      unit: 'share',
      threshold: limits.droppedShare,
    },
    {
      name: 'arrival to paint less queue, p95',
      value: lateMs,
      unit: 'ms',
      threshold: limits.lateMs,
    },
    { name: 'longFrames.blockingMs', value: blockingMs > 0 ? blockingMs : null, unit: 'ms' },
  ].filter((one): one is typeof one & { value: number } => one.value !== null)
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
      {
        name: 'renders per frame',
        value: rendersPerFrame,
        unit: '×',
        threshold: limits.rendersPerFrame,
      },
      { name: 'charsPerEvent', value: charsPerEvent, unit: 'chars', threshold: limits.chunkChars },
      { name: 'events per frame', value: perFrame, unit: '×', threshold: 2 },
      { name: 'saved by batching', value: saved, unit: 'share', threshold: limits.savedShare },
    ],
    advice:
      'Publish once a frame (schedule: "adaptive", or batchFrames) instead of once per event.',
    gain: batchingGain(facts),
  }
}
