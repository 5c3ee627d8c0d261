// Keeps a verdict from flickering: another kind must be first in three of four windows before it is believed.
import type { Diagnosis, Verdict } from './verdict.ts'

const WINDOWS = 4
const TO_SWITCH = 3
// A verdict that this snapshot does not bear out is on its way out.
const FADE = 0.5

/**
 * What stands after this snapshot.
 * @param verdicts of this snapshot, the first before all others
 * @param isLacking nothing can be said of this snapshot: told at once, and nothing is held on to
 * @param stepMs looks that are closer together than this are one window
 */
export function hold(
  verdicts: readonly [Verdict, ...Verdict[]],
  at: number,
  isLacking: boolean,
  previous: Diagnosis | undefined,
  stepMs: number,
): Diagnosis {
  const [first] = verdicts
  if (isLacking) return { verdict: first, verdicts, windowAt: at, recent: [] }
  const before = previous?.recent ?? []
  if (previous === undefined || before.length === 0 || at < previous.windowAt) {
    return { verdict: first, verdicts, windowAt: at, recent: [first.kind] }
  }
  const isSame = at - previous.windowAt < stepMs
  const recent = [...(isSame ? before.slice(0, -1) : before), first.kind].slice(-WINDOWS)
  const windowAt = isSame ? previous.windowAt : at
  const held = previous.verdict
  if (first.kind === held.kind) return { verdict: first, verdicts, windowAt, recent }
  // Whatever was before a change is no reason for the next one.
  const isGone = recent.length === WINDOWS && !recent.includes(held.kind)
  const isBelieved = isGone || recent.filter((kind) => kind === first.kind).length >= TO_SWITCH
  if (isBelieved) return { verdict: first, verdicts, windowAt, recent: [first.kind] }
  // However often one looks, a window counts once.
  const isFaded = isSame && before.at(-1) !== held.kind
  return { verdict: stillHeld(verdicts, held, isFaded ? 1 : FADE), verdicts, windowAt, recent }
}

function stillHeld(verdicts: readonly Verdict[], held: Verdict, fade: number): Verdict {
  const seen = verdicts.find(({ kind }) => kind === held.kind)
  return seen ?? { ...held, confidence: held.confidence * fade }
}
