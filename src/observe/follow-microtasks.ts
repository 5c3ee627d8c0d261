// Where the microtasks end that a delivery sets off: nothing tells, so a microtask of our own goes along behind them,
// round by round, until so many rounds took no time.

/** A pipeline of streams passes a chunk on over some dozens of microtasks before anything is drawn. */
const QUIET_ROUNDS = 128
// Whatever happens, the thread is given back.
const MOST_ROUNDS = 4096
// Two ticks of a coarse clock: one alone may be anybody's.
const WORK_MS = 0.2

/**
 * Goes along. Each round that took time is told by `onWork`, and what the short ones took together; then the end.
 * @returns ends it now, without a further call
 */
export function followMicrotasks(
  now: () => number,
  onWork: () => void,
  onQuiet: () => void,
): () => void {
  let rounds = 0
  let quiet = 0
  let ended = false
  let told = now()
  let last = told
  const tell = (at: number): void => {
    if (at > told) onWork()
    told = at
  }
  const round = (): void => {
    if (ended) return
    const at = now()
    if (at - last >= WORK_MS) {
      quiet = 0
      tell(at)
    } else quiet++
    last = at
    if (quiet < QUIET_ROUNDS && ++rounds < MOST_ROUNDS) return queueMicrotask(round)
    tell(at)
    onQuiet()
  }
  queueMicrotask(round)
  return () => {
    if (!ended) tell(now())
    ended = true
  }
}
