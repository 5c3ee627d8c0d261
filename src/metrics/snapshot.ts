// What a meter knows, as plain data: it survives JSON, and everything that reads it (a verdict, a panel, a log) needs
// nothing but it. Times are in ms, shares are parts of 1, rates are per second. Null stands for what cannot be known
// (yet), never for zero; `missing` says why. What each number means: docs/metrics.md.
import type { StreamCounts } from '../core/tap.ts'

/** How values lie, in their own unit; null where there is none. */
export interface Spread {
  /** How many there are. */
  readonly count: number
  /** Of all of them. */
  readonly sum: number
  /** Sum by count. */
  readonly mean: number | null
  /** The least. */
  readonly min: number | null
  /** The median. Percentiles are by nearest rank: values that were measured. */
  readonly p50: number | null
  /** No more than one in twenty is above. */
  readonly p95: number | null
  /** No more than one in a hundred is above. */
  readonly p99: number | null
  /** The greatest. */
  readonly max: number | null
  /** Standard deviation by mean: 0 where all are the same. */
  readonly variation: number | null
}

/**
 * How sure a number is. `exact`: begin and end were read on one clock. `bounded`: it is off by `boundMs` at the most.
 * `inferred`: taken from something that stands for it.
 */
export type Source = 'exact' | 'bounded' | 'inferred'

/** The stages of the pipeline, in the order of an event's way. */
export const STAGES = [
  'model',
  'write',
  'redis',
  'relay',
  'network',
  'parse',
  'queue',
  'reduce',
  'react',
  'paint',
  'other',
] as const

/** One stage of the pipeline. */
export type StageName = (typeof STAGES)[number]

/** One stage, over the window. Percentiles are of the time that an event spends there. */
export interface Stage extends Spread {
  /** Values measured a second. */
  readonly rate: number
  /**
   * Part of the window's time, 0 to 1. Of `parse`, `reduce`, `react` and `paint`: the main thread was busy with it. Of
   * all others: something was waiting in it.
   */
  readonly share: number
  /** That time by events received in the window: what one event costs here. Null without an event. */
  readonly perEvent: number | null
  /** The values are off by this much at the most, in ms; null where that is not known. */
  readonly boundMs: number | null
  /** How sure the values are. */
  readonly source: Source
}

/** Time between chunks. */
export interface Gaps {
  /** As they were made, on the producer's clock (`payload`) or on that of its store (`entry`); null where neither says. */
  readonly produced: Spread | null
  /** What they are taken from; null where nothing is known of them. */
  readonly producedBy: 'payload' | 'entry' | null
  /** As the relay wrote them to the wire, on its clock; null without its stamps. */
  readonly sent: Spread | null
  /** As they came to this page, between network reads with events. */
  readonly arrived: Spread
  /** From the first event to the first text, on the best of these clocks; null before there is text. */
  readonly firstTextMs: number | null
}

/** What waits to be published. */
export interface Backlog {
  /** Age of the event that waits longest; 0 when none does. */
  readonly oldestMs: number
  /** Growth over the last seconds, in events a second; null while it is too young to tell. */
  readonly slope: number | null
}

/** How fresh what is shown is. From arrival in this page to the frame that shows it. */
export interface Freshness {
  /** Of the oldest event of each frame. */
  readonly oldest: Spread
  /** Of the newest event of each frame. */
  readonly newest: Spread
  /** Longest time that what is shown stood still between two changes, while it could be seen. */
  readonly longestPauseMs: number | null
}

/**
 * The page's frames while the stream is alive; whoever causes them. Some three in a row are looked at two or three times a
 * second, and every one from a late one on, until half a second goes by without another. Those in between are taken for
 * made.
 */
export interface Frames {
  /** Median of the last 30 intervals: the display's own, unless every frame is late. */
  readonly intervalMs: number
  /** Made a second. */
  readonly perSecond: number | null
  /** Part of the frames that the display could have shown in the window and, as far as looked at, did not. */
  readonly droppedShare: number | null
}

/** Main-thread time by whose it is, in parts of the window. */
export interface Busy {
  /** Parse, reduce, React and paint of this stream: summed up. */
  readonly ours: number
  /** Everything else: from how often a ping found the thread busy, less `ours`. Null before there was a ping. */
  readonly foreign: number | null
}

/** Long animation frames (over 50 ms) in the window. Blind to floods of short tasks. */
export interface LongFrames {
  /** How many there were. */
  readonly count: number
  /** Sum of what was over 50 ms in their tasks. */
  readonly blockingMs: number
  /** The longest; 0 without any. */
  readonly longestMs: number
  /** Time in the scripts that the browser names in them, this stream's own included. */
  readonly scriptMs: number
  /** Style and layout that these scripts forced, by reading what they had changed; part of `scriptMs`. */
  readonly forcedLayoutMs: number
}

/**
 * Input that was answered late, in the window: from the event to the next paint. All events of one click, tap or key
 * press are one interaction, which took as long as the longest of them.
 */
export interface Interactions {
  /** Those that took 16 ms and more; faster ones are not told. */
  readonly count: number
  /** No more than one in twenty of these took longer, in ms. */
  readonly p95: number | null
  /** The longest; 0 without any. */
  readonly worstMs: number
}

/** The relay's clock against this page's. */
export interface ClockOffset {
  /** Added to a time of the stream's clock it gives the relay's, epoch ms. */
  readonly offsetMs: number
  /** Off by this much at the most: half of the shortest round trip. */
  readonly boundMs: number
  /** Redis' clock less the relay's; null where nobody measured it. */
  readonly storeOffsetMs: number | null
  /** That is off by this much at the most; null with it. */
  readonly storeBoundMs: number | null
}

/** Totals of main-thread time since the beginning, in ms. */
export interface StageCost {
  /** From a read's arrival to its last event decoded. */
  readonly receiveMs: number
  /** Merge, reduce, store write, React render and commit. */
  readonly publishMs: number
  /** Style, layout and paint of the frames that showed it; also of what others changed in them. */
  readonly paintMs: number
}

/**
 * What a meter knows. Counts are since the beginning, all else is of the last five seconds: of a stream whose connection
 * is closed, of those before its last change.
 */
export interface MeterSnapshot extends StreamCounts {
  /** When it was taken, by the stream's clock; of a closed stream, when that changed last. */
  readonly at: number
  /** Length of the window: five seconds, less while the stream is younger. */
  readonly windowMs: number
  /** Part of the window that nobody could see the page; null while nothing was watched. */
  readonly hiddenShare: number | null
  /**
   * How long the page's thread stood still where that was longer than five seconds, ended in the window, and the browser
   * names no script: it slept, stood in a debugger, or a script held it that nobody tells of. Else 0. It is in no other number.
   */
  readonly lostMs: number
  /** True where the page's clock is fine (cross-origin isolated, 0.005 ms); else it ticks in 0.1 ms or more. */
  readonly fineClock: boolean
  /** Events received a second. */
  readonly eventsPerSecond: number | null
  /** Characters of text, reasoning and tool arguments per event. */
  readonly charsPerEvent: number | null
  /** Events of one network read: above 1, something upstream gathers. */
  readonly eventsPerRead: Spread
  /** Publications a second. */
  readonly flushesPerSecond: number | null
  /** React commits that showed the stream, since the beginning. */
  readonly renders: number
  /** React commits that showed the stream a second. */
  readonly rendersPerSecond: number | null
  /** Every stage; null where nothing can be known about it. */
  readonly stages: Readonly<Record<StageName, Stage | null>>
  /**
   * `parse` to `other`, added up, by the time from arrival to paint that they are parts of. Within 0.05 of 1 they
   * close; else do not trust them.
   */
  readonly closing: number | null
  /** From an event's arrival in this page to the frame that shows it, per network read. */
  readonly arrivalToPaintMs: Spread
  /** Script, style, layout and paint of one frame that showed the stream. */
  readonly flushMs: Spread
  /** How old what is shown is. */
  readonly freshness: Freshness
  /** Time between chunks, where they are made and where they arrive. */
  readonly gaps: Gaps
  /** What waits to be published: how long, and whether it grows. */
  readonly waiting: Backlog
  /** How long a task waits for the main thread, by a ping every tenth of a second. */
  readonly loopLagMs: Spread
  /** The page's frames, over the window. */
  readonly frame: Frames
  /** Whose the main thread's time is. */
  readonly busy: Busy
  /** Null where the browser does not tell. */
  readonly longFrames: LongFrames | null
  /** Null where the browser does not tell. */
  readonly interactions: Interactions | null
  /** Null without a relay that tells its clock. */
  readonly serverClock: ClockOffset | null
  /** How long the relay's reads of its store took, by its own clock; null without its stamps. */
  readonly storeReadMs: Spread | null
  /** Connections after the first, since the beginning. */
  readonly resumes: number
  /** Losses that the relay told of, since the beginning. */
  readonly losses: number
  /** Main-thread time since the beginning. */
  readonly cost: StageCost
  /** Frames of the page while the stream was alive, since the beginning; as in {@link Frames}. */
  readonly frames: number
  /** Frames that the display could have shown while they were looked at, and did not, since the beginning. */
  readonly droppedFrames: number
  /** The stages that are null, and why: a line each, beginning with the name. */
  readonly missing: readonly string[]
}
