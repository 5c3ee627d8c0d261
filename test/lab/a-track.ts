// Tracks for tests of the lab.
import type { AgentEvent } from '../../src/core/events.ts'
import { toTrack, type Track } from '../../src/lab/track.ts'
import type { Recording } from '../../src/wire/recording.ts'

/** A recording of these events, each in its own protocol's JSON. */
export function recordingOf(
  events: readonly { t: number; event: object; id?: string }[],
): Recording {
  return {
    framewise: 1,
    layout: 'memory',
    protocol: 'ag-ui',
    events: events.map(({ t, event, id }) => ({ t, id: id ?? null, data: JSON.stringify(event) })),
  }
}

/** A track in the vocabulary; with ids unless told otherwise. */
export function trackOf(
  events: readonly { readonly t: number; readonly event: AgentEvent }[],
  ids = true,
): Track {
  const timed = events.map(({ t, event }, index) => ({ t, event, id: ids ? `id-${index}` : null }))
  return toTrack(recordingOf([]), timed)
}

/** A piece of text. */
export function delta(messageId: string, text: string, reasoning = false): AgentEvent {
  const type = reasoning ? 'REASONING_MESSAGE_CONTENT' : 'TEXT_MESSAGE_CONTENT'
  return { type, messageId, delta: text }
}
