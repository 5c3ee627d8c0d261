// The log behind a mocked relay: what was appended, who watches, and what each viewer is owed.
// Cuts belong to places in the log, not to times: the connection that brings that event breaks, whenever it comes.
import {
  type EndReason,
  HEARTBEAT_MS,
  type RelayGap,
  type RelayHello,
  WIRE_VERSION,
} from '../wire/protocol.ts'
import { endReasonOf } from '../wire/terminal.ts'
import {
  cursorAt,
  eventText,
  gapText,
  type MockPayload,
  positionOf,
  relayText,
  textOfPayload,
} from './mock-words.ts'

/** One open connection, whatever its transport. */
export interface MockViewer {
  send(text: string): void
  /** Nothing follows. */
  end(): void
  /** The other side hangs up in peace, but without saying that the run is over. */
  hangUp(): void
  /** Breaks, as a network does. */
  cut(): void
}

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
  hello(): RelayHello
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
  const viewers = new Set<MockViewer>()
  const cuts = new Set<number>()
  let repeated = 0
  let ended: EndReason | null = null
  let hungUp = false

  const hello = (): RelayHello => ({
    version: WIRE_VERSION,
    stream,
    heartbeatMs: HEARTBEAT_MS,
  })
  const lastCursor = (): string | null => (ends.length === 0 ? null : cursorAt(ends.length))
  const sendAll = (text: string): void => {
    if (text !== '') for (const viewer of viewers) viewer.send(text)
  }
  const closeAll = (close: (viewer: MockViewer) => void): void => {
    const open = [...viewers]
    viewers.clear()
    open.forEach(close)
  }
  const finish = (viewer: MockViewer, reason: EndReason): void => {
    viewer.send(relayText('end', { reason }))
    viewer.end()
  }
  const endAll = (reason: EndReason): void => {
    ended = reason
    closeAll((viewer) => finish(viewer, reason))
  }
  const cutAll = (): void => closeAll((viewer) => viewer.cut())
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
        if (viewers.size > 0 && cuts.delete(position)) {
          sendAll(fresh)
          cutAll()
          fresh = ''
        }
        ended = endReasonOf(parsed(data))
      }
      sendAll(fresh)
      if (ended !== null) endAll(ended)
    },
    end(how) {
      if (ended !== null) return
      if (how !== 'truncated') return endAll(how)
      hungUp = true
      closeAll((viewer) => viewer.hangUp())
    },
    cut: cutAll,
    cutAfter: (events) => void cuts.add(ends.length + events),
    repeat(events) {
      repeated = events
    },
    gap({ reason = 'trimmed', from = lastCursor(), to = cursorAt(ends.length + 1) }) {
      const text = gapText({ reason, from, to })
      items.push({ text, position: null })
      sendAll(text)
    },
    hello,
    say: sendAll,
    dismiss(text) {
      sendAll(text)
      closeAll((viewer) => viewer.end())
    },
    join(viewer, after) {
      viewer.send(relayText('hello', hello()))
      const start = startAfter(after)
      if (start === null) {
        const [reason, to] =
          ends.length === 0 ? (['expired', null] as const) : (['replaced', cursorAt(1)] as const)
        viewer.send(gapText({ reason, from: after, to }))
      }
      if (catchUp(viewer, start ?? 0)) viewer.cut()
      else {
        viewer.send(relayText('caughtUp', { cursor: lastCursor() }))
        if (ended !== null) finish(viewer, ended)
        else if (hungUp) viewer.hangUp()
        else viewers.add(viewer)
      }
      return () => viewers.delete(viewer)
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
