// The same text at the same pace, cut into other sizes: what changes is the number of events, and nothing else.
// A character comes when it came before; the characters of one event are spread over the time since the event before it.
import {
  type ChunkEvent,
  eventsOf,
  isChunk,
  type TimedEvent,
  toTrack,
  type Track,
} from './track.ts'

/**
 * Cuts the text of a track in the vocabulary into chunks of so many characters (code points). Neighbouring chunks of
 * one part are joined first; the last of a stretch may be shorter. Order and text stay as they are.
 * @throws RangeError for a size below 1
 */
export function rechunk(track: Track, size: number): Track {
  if (!(size >= 1)) throw new RangeError(`expected a chunk of 1 character or more, got ${size}`)
  const cut: TimedEvent[] = []
  let stretch: Stretch | null = null
  let before = 0
  for (const timed of eventsOf(track)) {
    const { t, event } = timed
    if (!isChunk(event)) {
      cut.push(...piecesOf(stretch, size), timed)
      stretch = null
    } else {
      if (stretch !== null && partOf(stretch.first) !== partOf(event)) {
        cut.push(...piecesOf(stretch, size))
        stretch = null
      }
      stretch ??= { first: event, id: timed.id, deltas: [], text: '' }
      stretch.text += event.delta
      stretch.deltas.push({ from: before, to: t, end: stretch.text.length })
    }
    before = t
  }
  cut.push(...piecesOf(stretch, size))
  return toTrack(track.recording, cut)
}

interface Stretch {
  readonly first: ChunkEvent
  readonly id: string | null
  /** When the characters up to `end` (in UTF-16 units) came. */
  readonly deltas: { readonly from: number; readonly to: number; readonly end: number }[]
  text: string
}

const partOf = (event: ChunkEvent): string =>
  `${event.type} ${'messageId' in event ? event.messageId : event.toolCallId}`

function* piecesOf(stretch: Stretch | null, size: number): Generator<TimedEvent> {
  if (stretch === null) return
  // Joined first, so that no surrogate pair that was cut apart stays so.
  const points = Array.from(stretch.text)
  let end = 0
  let at = 0
  for (let from = 0; from < points.length; from += size) {
    const delta = points.slice(from, from + size).join('')
    end += delta.length
    while (end > (stretch.deltas[at]?.end ?? Infinity)) at++
    yield { t: timeOf(stretch, at, end), id: stretch.id, event: { ...stretch.first, delta } }
  }
}

function timeOf({ deltas }: Stretch, at: number, end: number): number {
  const delta = deltas[at]
  if (delta === undefined) return 0
  const begin = deltas[at - 1]?.end ?? 0
  return delta.from + ((delta.to - delta.from) * (end - begin)) / Math.max(1, delta.end - begin)
}
