// A recording's own pace: what a search for a capacity multiplies, and what chunks of any size keep. Some have none: a
// finished list holds no times, and is read at once.
import { inVocabulary, type Track } from './track.ts'

/** Over a shorter time the events a second are those of a burst, and say nothing of a client; in ms. */
export const PACED_MS = 100

/** When the last event comes, in ms. */
export const spanOf = ({ recording }: Track): number => recording.events.at(-1)?.t ?? 0

/** True where what can be decoded comes over some time, not all of it at once. */
export function isPaced(track: Track): boolean {
  return spanOf(inVocabulary(track)) >= PACED_MS
}
