// The stages of a stream as tracks of their own in the Performance panel of Chrome's DevTools, between the browser's.
// By console.timeStamp, which costs next to nothing while nobody records and leaves nothing in the page's timeline:
// performance.measure would keep an entry for each span, and show it to every observer of the page.
// @see https://developer.chrome.com/docs/devtools/performance/extension
import type { Tappable } from './record-stream.ts'
import { createSpans, type SpanName } from './spans.ts'

/** Options of {@link devtoolsTracks}. */
export interface DevtoolsTracksOptions {
  /** Name of the group of tracks: one for each stream, where there are several. @default 'framewise' */
  readonly group?: string | undefined
}

type TimeStamp = (
  label: string,
  startMs: number,
  endMs: number,
  track: string,
  group: string,
  color: string,
) => void

const COLORS: Readonly<Record<SpanName, string>> = {
  worker: 'secondary-dark',
  handover: 'error',
  parse: 'secondary',
  queue: 'tertiary-light',
  flush: 'primary-light',
  reduce: 'primary',
  react: 'primary-dark',
  paint: 'tertiary',
}

/**
 * Shows a stream in DevTools from now on, until the returned function is called. Nothing is shown without this call. The
 * tracks are Chrome's (134 and later); other browsers show marks or nothing. Times are right where the stream's clock is
 * `performance.now()`, as it is unless a test gave it another one.
 * @example if (location.search.includes('tracks')) devtoolsTracks(stream)
 */
export function devtoolsTracks(
  stream: Tappable,
  { group = 'framewise' }: DevtoolsTracksOptions = {},
): () => void {
  return stream.tap(() =>
    createSpans((name, startMs, endMs, events) => {
      // Looked up each time: what replaces the console's methods does so late.
      const { timeStamp } = console as unknown as { readonly timeStamp?: TimeStamp }
      const label = events > 0 ? `${name} (${events})` : name
      timeStamp?.(label, startMs, endMs, name, group, COLORS[name])
    }),
  )
}
