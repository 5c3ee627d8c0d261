// The port through which the pipeline is measured: one call at each boundary, numbers only.
import type { Clock } from './clock.ts'
import type { ConnectionStatus } from './connection.ts'
import type { Frame } from './protocol.ts'

/** One network read, as a tap sees it. Times are ms of the stream's clock. */
export interface Arrival {
  /** When it arrived. */
  readonly at: number
  /** Its frames, what the relay itself says included. */
  readonly frames: readonly Frame[]
  /** Stamps of the way from a Worker; missing where this thread did the reading. */
  readonly worker?: WorkerStamps | undefined
}

/** The way of a read from a Worker to the page, in ms of the stream's clock. */
export interface WorkerStamps {
  /** When the Worker had taken it apart and sent it on. */
  readonly parsedAt: number
  /** When the page came to take it: what lies between, its main thread was busy with something else. */
  readonly takenAt: number
}

/** What a meter is told. Times are ms of the stream's clock. A tap must not throw. */
export interface Tap {
  /** The wire is in another state. */
  connection(status: ConnectionStatus): void
  /** One network read was decoded by `decodedAt`, into so many new events and characters; both may be 0. */
  read(arrival: Arrival, decodedAt: number, events: number, chars: number): void
  /** A producer's frame came that had not come before, whether or not it can be decoded; `at` as its read's. */
  received?(frame: Frame, at: number): void
  /** What comes from here on is another log, from its beginning: that of another run, or the one that was read is gone. */
  replaced?(): void
  /** The application knows better: what comes from here on follows this cursor, told before or never. */
  moved?(cursor: string): void
  /** One event was left out: it could not be decoded, or is of a type unknown to the protocol. */
  rejected(kind: 'malformed' | 'unknown'): void
  /**
   * The oldest `events` of the queue were published: from the first line, by the store's being told (`reducedAt`), to
   * React's commit.
   */
  flushed(events: number, startedAt: number, reducedAt: number, committedAt: number): void
  /** Everything published so far is on the screen; `paintMs` is style, layout and paint. */
  painted(at: number, paintMs: number): void
  /**
   * What shows the stream was committed. Each component tells for itself: all that is told until the next publication is
   * one commit, but where `commits` says how many there were.
   */
  rendered(commits?: number): void
}

/** What a stream tells whoever lets a tap into it. */
export interface TapSetting {
  /** Time, as the stream sees it. */
  readonly clock: Clock
  /** Name of the protocol that decodes its events. */
  readonly protocol: string
}

/** What every stream counts, also without a meter. */
export interface StreamCounts {
  /** Events received, whether or not they could be decoded. */
  readonly events: number
  /** Characters of text, reasoning and tool arguments received. */
  readonly chars: number
  /** Writes of the store. */
  readonly flushes: number
  /** Events received and not yet published. */
  readonly backlog: number
  /** Events left out because they could not be decoded. */
  readonly malformed: number
  /** Events left out because the protocol does not know their type. */
  readonly unknown: number
}

/** A tap that can be asked. */
export interface Metrics<Snapshot extends StreamCounts = StreamCounts> extends Tap {
  /** What is known now; a new object each time. */
  snapshot(): Snapshot
}

/** Makes the metrics that a stream has when no meter is given: counts, and no clock. */
export function createCounts(): Metrics {
  let events = 0
  let chars = 0
  let flushes = 0
  let published = 0
  const rejected = { malformed: 0, unknown: 0 }
  return {
    connection() {},
    read(_arrival, _decodedAt, count, length) {
      events += count
      chars += length
    },
    rejected(kind) {
      rejected[kind]++
    },
    flushed(count) {
      flushes++
      published += count
    },
    painted() {},
    rendered() {},
    snapshot: () => ({ events, chars, flushes, backlog: events - published, ...rejected }),
  }
}
