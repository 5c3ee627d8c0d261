// A longer run out of a short one: its middle again and again, under other ids, between the same beginning and end.
import type { AgentEvent } from '../core/events.ts'
import { eventsOf, type TimedEvent, toTrack, type Track } from './track.ts'

/**
 * Repeats a track in the vocabulary until it is `times` as long, at `speed` times its pace: at the same number for both
 * it lasts as long as before.
 */
export function repeated(track: Track, times: number, speed: number): Track {
  const events = eventsOf(track)
  const ends = events.filter(({ event }) => isEnd(event))
  const body = events.filter(({ event }) => !isEnd(event))
  const span = events.at(-1)?.t ?? 0
  const whole = Math.ceil(times)
  const all = Array.from({ length: whole }, (_, turn) =>
    body
      .filter(({ event }) => turn === 0 || event.type !== 'RUN_STARTED')
      .map(({ t, id, event }) => ({ t: t + turn * span, id, event: renamed(event, turn) })),
  ).flat()
  const until = span * times
  const kept = [...all.filter(({ t }) => t <= until), ...ends.map((end) => ({ ...end, t: until }))]
  return toTrack(
    track.recording,
    kept.map((timed): TimedEvent => ({ ...timed, t: timed.t / speed })),
  )
}

const isEnd = ({ type }: AgentEvent): boolean => type === 'RUN_FINISHED' || type === 'RUN_ERROR'

const IDS: ReadonlySet<string> = new Set(['messageId', 'toolCallId', 'parentMessageId'])

function renamed(event: AgentEvent, turn: number): AgentEvent {
  if (turn === 0) return event
  const rename = ([name, value]: [string, unknown]): [string, unknown] =>
    IDS.has(name) && typeof value === 'string' ? [name, `${value}~${turn}`] : [name, value]
  return Object.fromEntries(Object.entries(event).map(rename)) as unknown as AgentEvent
}
