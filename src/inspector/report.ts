// What is looked at, and what a look gives: plain data, as the export buttons hand it on.
import type { StreamCounts } from '../index.ts'
import type { Diagnosis, MeterSnapshot } from '../metrics/index.ts'
import type { OwnCost } from './own-cost.ts'

/** What the panel needs of a stream; every `AgentStream` is one. */
export interface InspectedStream {
  /** Its identity, shown without what follows a `?` or `#`: addresses may carry secrets. */
  readonly id: string
  /** What is looked at. */
  readonly metrics: { snapshot(): StreamCounts }
  /** Tells when something changed. */
  readonly store: { subscribe(listener: () => void): () => void }
}

/** One look: what is on the panel, and what the export buttons give. */
export interface InspectorReport {
  /** Says what this is, to whoever finds the file. */
  readonly format: 'framewise-inspector'
  /** Of the format. */
  readonly version: 1
  /** Id of the stream, without a query. */
  readonly stream: string
  /** When it was looked at, by the page's wall clock, ISO 8601. */
  readonly takenAt: string
  /** What the meter knew. The panel's own script is taken out of `busy.foreign`. Counts alone without a meter. */
  readonly snapshot: StreamCounts | MeterSnapshot
  /** Null without a meter. */
  readonly diagnosis: Diagnosis | null
  /** What the panel itself cost. */
  readonly own: OwnCost
}

/** True where a meter made it. */
export function isMetered(snapshot: StreamCounts): snapshot is MeterSnapshot {
  return 'stages' in snapshot && typeof snapshot.stages === 'object'
}

/** An id that may be shown and handed on. */
export function publicId(id: string): string {
  return id.replace(/[?#].*$/s, '')
}
