// The numbers of a panel: which there are, what they mean, and how they are written.
import type { MeterSnapshot } from 'framewise/metrics'

/** What one panel is known to have done so far. */
export interface PanelReading extends MeterSnapshot {
  /** Commits of the message view, counted by the panel itself. */
  readonly commits: number
  /** Characters of assistant text in the published state. */
  readonly textLength: number
}

/** One row of a panel's table. */
export interface Figure {
  readonly name: string
  readonly label: string
  /** Where the number comes from, for whoever wants to know. */
  readonly title: string
  /** Ends the test id `raw-…` or `batched-…` of the cell. */
  readonly testId?: string | undefined
  readonly write: (reading: PanelReading) => string
}

const NONE = '–'

/** The rows, in their order. The ones with a test id are plain integers. */
export const FIGURES: readonly Figure[] = [
  {
    name: 'events',
    label: 'events',
    title: 'Events this panel’s stream received',
    testId: 'events',
    write: ({ events }) => String(events),
  },
  {
    name: 'renders',
    label: 'renders',
    title: 'Commits of the message view, counted in a layout effect',
    testId: 'renders',
    write: ({ commits }) => String(commits),
  },
  {
    name: 'text',
    label: 'characters',
    title: 'Characters of assistant text in the published state',
    testId: 'text-length',
    write: ({ textLength }) => String(textLength),
  },
  {
    name: 'events-per-second',
    label: 'events/s',
    title: 'Over the last five seconds',
    write: ({ eventsPerSecond }) => decimals(eventsPerSecond, 0),
  },
  {
    name: 'renders-per-second',
    label: 'renders/s',
    title: 'Over the last five seconds',
    write: ({ rendersPerSecond }) => decimals(rendersPerSecond, 0),
  },
  {
    name: 'flushes-per-second',
    label: 'flushes/s',
    title: 'Writes to the store, over the last five seconds',
    write: ({ flushesPerSecond }) => decimals(flushesPerSecond, 0),
  },
  {
    name: 'chars-per-event',
    label: 'chars/event',
    title: 'Text and reasoning, over the last five seconds',
    write: ({ charsPerEvent }) => decimals(charsPerEvent, 1),
  },
  {
    name: 'backlog',
    label: 'backlog',
    title: 'Events received and not yet published',
    write: ({ backlog }) => String(backlog),
  },
  {
    name: 'malformed',
    label: 'malformed',
    title: 'Events that could not be decoded; the stream goes on after them',
    write: ({ malformed }) => String(malformed),
  },
  {
    name: 'flush-ms',
    label: 'ms per flush',
    title:
      'Median, from the flush through paint: all flushes that one frame showed, with that frame’s style, layout and paint',
    write: ({ flushMs }) => decimals(flushMs.p50, 1),
  },
  {
    name: 'freshness-p50',
    label: 'arrival→paint p50',
    title: 'Milliseconds from an event’s arrival in this page to the frame that shows it',
    write: ({ arrivalToPaintMs }) => milliseconds(arrivalToPaintMs.p50),
  },
  {
    name: 'freshness-p95',
    label: 'arrival→paint p95',
    title: 'Milliseconds from an event’s arrival in this page to the frame that shows it',
    write: ({ arrivalToPaintMs }) => milliseconds(arrivalToPaintMs.p95),
  },
]

/** A number with so many decimals, or a dash where it is not known. */
export function decimals(value: number | null, digits: number): string {
  return value === null ? NONE : value.toFixed(digits)
}

/** Milliseconds with their unit; from a second on, seconds. */
export function milliseconds(value: number | null): string {
  if (value !== null && value >= 999.5) return `${(value / 1000).toFixed(1)} s`
  return value === null ? NONE : `${value.toFixed(value < 10 ? 1 : 0)} ms`
}
