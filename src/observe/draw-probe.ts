// Which part of a handler's time draws: now and then a handler is watched for changes of the document, and what was found
// is taken for true of those that follow. To watch always would cost a record for every change.
const SELDOM_MS = 100
// What was found fades: a chat that begins to draw otherwise is believed soon.
const KEPT = 0.9
const CHANGES = { subtree: true, childList: true, characterData: true } as const

/** Tells whether the document was changed. */
export interface DrawProbe {
  /** Handlers begin; true when these are watched. */
  begin(now: number): boolean
  /** True when the document was changed since the last call. */
  drew(): boolean
  end(): void
}

/** Makes a probe on `document`; it watches ten times a second at the most. */
export function createDrawProbe(target: Node): DrawProbe {
  let changed = false
  let watchedAt = -Infinity
  const observer = new MutationObserver(() => {
    changed = true
  })
  return {
    begin(now) {
      if (now - watchedAt < SELDOM_MS) return false
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
    end: () => observer.disconnect(),
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
