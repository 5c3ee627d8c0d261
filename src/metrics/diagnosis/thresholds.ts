// Where the numbers of a verdict begin to count. Sources: long tasks (W3C, 50 ms), what is felt as instant (100 ms, RAIL),
// and what was measured for this package; docs/diagnosis.md tells which is which.

/** Thresholds of `diagnose`. */
export interface Thresholds {
  /** Least length of a window, ms. Below 2 s the first frames' warm-up is most of it. */
  readonly windowMs: number
  /**
   * Least number of events in it. Three gaps say little, and their count lowers the confidence; fewer say nothing new,
   * and fewer than half nothing at all.
   */
  readonly events: number
  /** Hidden part of the window, of 1, from which it counts as not seen. Timers and frames of a hidden page are held back. */
  readonly hiddenShare: number
  /** How far off from 1 `closing` may be, of 1: what a ladder of stages may leave unexplained. */
  readonly closing: number
  /** Part of the main thread, of 1, that makes one stage the trouble by itself. Below, a page has room to breathe. */
  readonly stageShare: number
  /** The same where frames, tasks or text are late as well: 20 % is what cost-paced batching leaves a stage (k = 4). */
  readonly lateStageShare: number
  /** The same of others' work, of 1: it is inferred from some 40 pings, which are off by 0.07 as often as not. */
  readonly lateForeignShare: number
  /** Part of the frames, of 1, whose loss can be seen. */
  readonly droppedShare: number
  /** Loop lag p95, ms, from which others' work counts: the long task of W3C. */
  readonly lagMs: number
  /** Arrival to paint p95 less the deliberate wait, ms: up to 100 is felt as at once. */
  readonly lateMs: number
  /** Redis p95, ms: five times its own p99.9 on a good day. */
  readonly redisMs: number
  /** Relay p95, ms: a long task. */
  readonly relayMs: number
  /** Network p95 beyond its bound, or its jitter, ms: 100 is felt. */
  readonly networkMs: number
  /** Growth of the time from payload to store within a window, ms: writes fall behind. Above what coalescing takes. */
  readonly writeMs: number
  /** Part of a chunk's way, of 1, from which a stage before the page counts. */
  readonly wayShare: number
  /** Time between chunks p95, ms, above which text visibly halts. */
  readonly gapMs: number
  /** Characters a second below which text is slower than reading: 15 tokens. */
  readonly charsPerSecond: number
  /** Coefficient of variation of gaps below which they look like a floor: round trips are even, models are not. */
  readonly floorVariation: number
  /** Least gap by k round trips of the writer, from which those may be the floor. */
  readonly floorShare: number
  /** Characters per event below which chunks are tiny: one to two tokens. */
  readonly chunkChars: number
  /** React commits per frame above which renders are wasted. */
  readonly rendersPerFrame: number
  /** Part of the main thread, of 1, that batching must save to be worth a verdict. */
  readonly savedShare: number
  /** Confidence below which a guess is told as `unknown`. */
  readonly confidence: number
  /** Time between two windows that count for a change of verdict, ms. */
  readonly stepMs: number
}

/** The defaults. `diagnose(snapshot, previous, { thresholds: { lagMs: 80 } })` replaces single ones. */
export const thresholds: Thresholds = Object.freeze({
  windowMs: 2000,
  events: 4,
  hiddenShare: 0.2,
  closing: 0.15,
  stageShare: 0.4,
  lateStageShare: 0.2,
  lateForeignShare: 0.3,
  droppedShare: 0.1,
  lagMs: 50,
  lateMs: 100,
  redisMs: 10,
  relayMs: 50,
  networkMs: 100,
  writeMs: 100,
  wayShare: 0.25,
  gapMs: 100,
  charsPerSecond: 60,
  floorVariation: 0.25,
  floorShare: 0.8,
  chunkChars: 8,
  rendersPerFrame: 1.5,
  savedShare: 0.2,
  confidence: 0.3,
  stepMs: 1000,
})
