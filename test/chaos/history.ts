// What is written down while faults happen: by the producer of one log, and by each of its viewers.

/** How a log is kept in Redis. */
export type Layout = 'list' | 'stream'

/** One append, in the order of the log. */
export interface Written {
  readonly seq: number
  readonly payload: string
  /** What a viewer's text grows by. */
  readonly text: string
  readonly terminal: boolean
  /** True once Redis has said so; what it has not said may be in the log or not. */
  acked: boolean
}

/** One log. */
export interface LogHistory {
  readonly id: string
  readonly layout: Layout
  /** True where no fault took anything away: then no gap may be told either. */
  readonly lossless: boolean
  /** By seq. */
  readonly written: readonly Written[]
  /** Events below this seq went with their log: who had seen nothing before cannot know of them. */
  readonly destroyed: number
  /** Taken out of the log one by one: who had not seen them cannot know of them. */
  readonly deleted: ReadonlySet<number>
  /** Acknowledged by a master that took them with it: who had not seen them cannot know of them. */
  readonly lostTail: ReadonlySet<number>
  /** What Redis held at the end of each run under this id. */
  readonly finals: readonly (readonly string[])[]
}

/** One thing that a viewer saw. */
export type Observed =
  | { readonly kind: 'connect'; readonly after: string | null }
  | { readonly kind: 'event'; readonly cursor: string | null; readonly data: string }
  | {
      readonly kind: 'gap'
      readonly reason: string
      readonly from: string | null
      readonly to: string | null
    }
  /** `relay.end`, or 204. */
  | { readonly kind: 'end' }
  /** What the wire does not allow here. */
  | { readonly kind: 'refused'; readonly what: string }

/** One viewer. */
export interface ViewerHistory {
  readonly name: string
  readonly observed: readonly Observed[]
  /** True when it had come to its end before the deadline. */
  readonly settled: boolean
  /** What it showed at the end; null for those that show nothing. */
  readonly text: string | null
}
