// How fast a replay may be before its backlog no longer drains: doubled until it does not, then halved in between.
/** How the search asks. */
export interface CapacitySearch {
  /** Plays at so many times the recording's pace; true when what had piled up by the end drained soon. */
  readonly keepsUp: (speed: number) => Promise<boolean>
  /** Nothing faster is tried. */
  readonly maxSpeed: number
  /** How often the gap between the fastest that did and the slowest that did not is halved. */
  readonly refinements: number
}

/** The fastest speed that was kept up with; 0 when none was. */
export interface FoundSpeed {
  readonly speed: number
  /** True when that is as fast as was tried. */
  readonly atLeast: boolean
}

// Slower than this is not looked for.
const MIN_SPEED = 1 / 64

/** Searches. A machine has its moods: a speed counts as too fast only when it failed twice. */
export async function findCapacity(search: CapacitySearch): Promise<FoundSpeed> {
  const { maxSpeed, refinements } = search
  const holds = async (speed: number): Promise<boolean> =>
    (await search.keepsUp(speed)) || (await search.keepsUp(speed))
  let good = 0
  let bad = Math.min(1, maxSpeed)
  while (await holds(bad)) {
    good = bad
    if (good >= maxSpeed) return { speed: good, atLeast: true }
    bad = Math.min(2 * bad, maxSpeed)
  }
  while (good === 0 && bad > MIN_SPEED) {
    const slower = bad / 2
    if (await holds(slower)) good = slower
    else bad = slower
  }
  for (let turn = 0; good > 0 && turn < refinements; turn++) {
    // In the middle by ratio: what matters is how many times as fast.
    const between = Math.sqrt(good * bad)
    if (await holds(between)) good = between
    else bad = between
  }
  return { speed: good, atLeast: false }
}
