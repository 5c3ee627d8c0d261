// The log behind a mocked relay: what was appended, who watches, and what each viewer is owed.
// Cuts belong to places in the log, not to times: the connection that brings that event breaks, whenever it comes.
import type { EndReason, RelayGap } from '../wire/protocol.ts'
import { endReasonOf } from '../wire/terminal.ts'
import {
  createMockViewers,
  cutViewer,
  endViewer,
  finishViewer,
  hangUpOn,
  type MockViewer,
} from './mock-viewers.ts'
import {
  cursorAt,
  eventText,
  gapText,
  helloText,
  type MockPayload,
  positionOf,
  relayText,
  textOfPayload,
} from './mock-words.ts'

/** How a run ends; `truncated`: the connection just ends, and so does every further one. */
export type MockEnd = EndReason | 'truncated'

/** State of a log, as the relay tells it. */
export interface MockStat {
  readonly length: number
  readonly first: string | null
  readonly last: string | null
  readonly ended: boolean
  readonly layout: string | null
}

/** One stream of a mocked relay. */
export interface MockLog {
  /** Appends and sends; a terminal event ends the run, and what follows it is never sent. */
  append(payloads: readonly MockPayload[]): void
  /** Ends a run that no terminal event has ended. */
  end(how: MockEnd): void
  /** Breaks all connections. */
  cut(): void
  /** Breaks the connection that brings the nth event from here on. */
  cutAfter(events: number): void
  /** From now on every resume brings the last n events again. */
  repeat(events: number): void
  /** Puts a loss between the last event and the next one. */
  gap(gap: Partial<RelayGap>): void
  /** Sends to those who watch now. */
  say(text: string): void
  /** Sends to those who watch now, and ends their connections. */
  dismiss(text: string): void
  /** Sends hello and what follows `after`, then whatever comes; returns what leaves. */
  join(viewer: MockViewer, after: string | null): () => void
  /** How the run ended at or before this cursor, or null. */
  over(after: string | null): EndReason | null
  ended(): boolean
  stat(): MockStat
}

interface Item {
  readonly text: string
  /** Number of the event, from 1; null for a word of the relay's own. */
  readonly position: number | null
}

/** Makes an empty log; its cursors are `M-1`, `M-2`, …. */
export function createMockLog(stream: string): MockLog {
  const items: Item[] = []
  const ends: number[] = [] // ends[n]: index in `items` behind event n + 1
  const viewers = createMockViewers()
  const cuts = new Set<number>()
  let repeated = 0
  let ended: EndReason | null = null
  let hungUp = false

  const lastCursor = (): string | null => (ends.length === 0 ? null : cursorAt(ends.length))
  // Where a resume goes on; null when this log never had that cursor.
  const startAfter = (after: string | null): number | null => {
    const position = after === null ? 0 : positionOf(after)
    if (position === null || position > ends.length) return null
    return ends[position - 1 - (after === null ? 0 : repeated)] ?? 0
  }
  // What a viewer is owed up to the first cut; true when that cut was met.
  const catchUp = (viewer: MockViewer, start: number): boolean => {
    let text = ''
    for (const item of items.slice(start)) {
      text += item.text
      if (item.position === null || !cuts.delete(item.position)) continue
      viewer.send(text)
      return true
    }
    if (text !== '') viewer.send(text)
    return false
  }
  // How one who has caught up is let go at once; null for one who may stay.
  const partingAfter = (wasCut: boolean): ((viewer: MockViewer) => void) | null => {
    if (wasCut) return cutViewer
    if (ended !== null) return finishViewer(ended)
    return hungUp ? hangUpOn : null
  }

  return {
    append(payloads) {
      let fresh = ''
      for (const payload of payloads) {
        if (ended !== null) break
        hungUp = false
        const data = textOfPayload(payload)
        const position = ends.length + 1
        const text = eventText(cursorAt(position), data)
        ends.push(items.push({ text, position }))
        fresh += text
        if (viewers.count() > 0 && cuts.delete(position)) {
          viewers.send(fresh)
          viewers.close(cutViewer)
          fresh = ''
        }
        ended = endReasonOf(parsed(data))
      }
      viewers.send(fresh)
      if (ended !== null) viewers.close(finishViewer(ended))
    },
    end(how) {
      if (ended !== null) return
      hungUp = how === 'truncated'
      ended = how === 'truncated' ? null : how
      viewers.close(ended === null ? hangUpOn : finishViewer(ended))
    },
    cut: () => viewers.close(cutViewer),
    cutAfter: (events) => void cuts.add(ends.length + events),
    repeat(events) {
      repeated = events
    },
    gap({ reason = 'trimmed', from = lastCursor(), to = cursorAt(ends.length + 1) }) {
      const text = gapText({ reason, from, to })
      items.push({ text, position: null })
      viewers.send(text)
    },
    say: viewers.send,
    dismiss(text) {
      viewers.send(text)
      viewers.close(endViewer)
    },
    join(viewer, after) {
      viewer.send(helloText(stream))
      const start = startAfter(after)
      if (start === null) {
        const [reason, to] =
          ends.length === 0 ? (['expired', null] as const) : (['replaced', cursorAt(1)] as const)
        viewer.send(gapText({ reason, from: after, to }))
      }
      const part = partingAfter(catchUp(viewer, start ?? 0))
      if (part !== cutViewer) viewer.send(relayText('caughtUp', { cursor: lastCursor() }))
      if (part === null) return viewers.add(viewer)
      part(viewer)
      return () => {}
    },
    over: (after) => (after !== null && after === lastCursor() ? ended : null),
    ended: () => ended !== null,
    stat() {
      const [length, last] = [ends.length, lastCursor()]
      const [first, layout] = last === null ? [null, null] : [cursorAt(1), 'memory']
      return { length, first, last, ended: ended !== null, layout }
    },
  }
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data)
  } catch {
    return null // passed on as it is, as the relay does
  }
}
