// Which part of some work draws: now and then a delivery is watched for changes of the document, until what it put off has
// run, and what was found is taken for true of those that follow. To watch always would cost a record for every change.
const SELDOM_MS = 100
// What was found fades: a chat that begins to draw otherwise is believed soon.
const KEPT = 0.9
const CHANGES = { subtree: true, childList: true, characterData: true } as const

/** Tells whether the document was changed. */
export interface DrawProbe {
  /** Handlers begin; true when these are watched from now on. */
  begin(now: number): boolean
  /** True when the document was changed since the last call, while it is watched. */
  drew(): boolean
  /** When the last task ended that changed the document; NaN without one. */
  readonly drewAt: number
  /** Watches no more. */
  end(): void
}

/** Makes a probe on `document`; it watches ten times a second at the most. */
export function createDrawProbe(target: Node, now: () => number): DrawProbe {
  let changed = false
  let isWatching = false
  let watchedAt = -Infinity
  let drewAt = NaN
  const observer = new MutationObserver(() => {
    changed = true
    drewAt = now()
  })
  return {
    get drewAt() {
      return drewAt
    },
    begin(now) {
      if (isWatching || now - watchedAt < SELDOM_MS) return false
      isWatching = true
      watchedAt = now
      changed = false
      observer.observe(target, CHANGES)
      return true
    },
    drew() {
      const drew = observer.takeRecords().length > 0 || changed
      changed = false
      return drew
    },
    end() {
      isWatching = changed = false
      observer.disconnect()
    },
  }
}

/** The part of some work that draws, as far as it was watched. */
export interface DrawnPart {
  /** So much of it was watched, and it drew or did not. */
  see(ms: number, drew: boolean): void
  /** How much of `ms` draws. */
  of(ms: number): number
}

/** Knows nothing yet: takes `assumed` of it for drawing. */
export function createDrawnPart(assumed: number): DrawnPart {
  let all = 0
  let drawn = 0
  return {
    see(ms, drew) {
      all = all * KEPT + ms
      drawn = drawn * KEPT + (drew ? ms : 0)
    },
    of: (ms) => ms * (all > 0 ? drawn / all : assumed),
  }
}

/** What a task costs that draws, where others may run before it: the least that was seen lately, or nearly. */
export interface DrawnTask {
  /** A task drew at the end of a stretch of `ms`. */
  see(ms: number): void
  /** How much of a stretch of `ms` draws. */
  of(ms: number): number
}

const STRETCHES = 8
// What others add makes single ones longer; and a task that draws next to nothing is no measure.
const RANK = 1

/** Knows nothing yet: takes none of it for drawing. */
export function createDrawnTask(): DrawnTask {
  const lengths = new Float64Array(STRETCHES)
  let count = 0
  let usualMs = 0
  return {
    see(ms) {
      lengths[count++ % STRETCHES] = ms
      const known = lengths.subarray(0, Math.min(count, STRETCHES)).toSorted()
      usualMs = known[Math.min(RANK, known.length - 1)] ?? 0
    },
    of: (ms) => Math.min(ms, usualMs),
  }
}
