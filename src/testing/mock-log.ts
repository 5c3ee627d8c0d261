// The log behind a mocked relay: what was appended, who watches, and what each viewer is owed.
import { type EndReason, RELAY_EVENT, WIRE_VERSION } from '../wire/protocol.ts'

/** One open connection, whatever its transport. */
export interface MockViewer {
  send(text: string): void
  /** Nothing follows. */
  end(): void
  /** Breaks, as a network does. */
  cut(): void
}

/** One stream of a mocked relay. */
export interface MockLog {
  append(payload: string | object): void
  end(reason: EndReason): void
  cut(): void
  /** Sends what follows `after`, then whatever comes. */
  join(viewer: MockViewer, after: string | null): void
  /** True when the log has ended at or before this cursor. */
  isOver(after: string | null): boolean
}

/** Makes an empty log; its cursors are `M-1`, `M-2`, …. */
export function createMockLog(stream: string): MockLog {
  const frames: string[] = []
  const viewers = new Set<MockViewer>()
  let end: string | null = null
  const finish = (viewer: MockViewer, text: string): void => {
    viewer.send(text)
    viewer.end()
  }
  return {
    append(payload) {
      const data = typeof payload === 'string' ? payload : JSON.stringify(payload)
      const frame = `id: M-${frames.length + 1}\ndata: ${data}\n\n`
      frames.push(frame)
      for (const viewer of viewers) viewer.send(frame)
    },
    end(reason) {
      end = encode(RELAY_EVENT.end, { reason })
      for (const viewer of viewers) finish(viewer, end)
      viewers.clear()
    },
    cut() {
      for (const viewer of viewers) viewer.cut()
      viewers.clear()
    },
    join(viewer, after) {
      const cursor = frames.length === 0 ? null : `M-${frames.length}`
      viewer.send(encode(RELAY_EVENT.hello, { version: WIRE_VERSION, stream, heartbeatMs: 15_000 }))
      viewer.send(frames.slice(positionOf(after)).join(''))
      viewer.send(encode(RELAY_EVENT.caughtUp, { cursor }))
      if (end === null) viewers.add(viewer)
      else finish(viewer, end)
    },
    isOver: (after) => end !== null && after !== null && positionOf(after) >= frames.length,
  }
}

const encode = (event: string, payload: object): string =>
  `event: ${event}\ndata: ${JSON.stringify(payload)}\n\n`

function positionOf(cursor: string | null): number {
  return cursor === null ? 0 : Number(cursor.slice(2))
}
