// All viewers of a relay: kept alive, and sent away one by one when they have to go. One timer serves them all.
import { RELAY_EVENT } from '../wire/protocol.ts'
import { encodeRelayEvent } from './frame.ts'
import type { Viewer } from './viewer.ts'

/** A viewer's time with the relay. */
export interface Stay {
  /** Lets it last until then, as ms since 1970; null for as long as it likes. */
  extend(untilMs: number | null): void
  /** Ends it; idempotent. */
  end(): void
}

/** The viewers. */
export interface Viewers {
  /** Takes one in until its grant ends. */
  add(viewer: Viewer, untilMs: number | null): Stay
  count(): number
  /** Asks each to come back elsewhere and ends it. */
  close(): void
}

const GOODBYE = encodeRelayEvent(RELAY_EVENT.reconnect, {})

const TICK_MS = 1000

/** Creates an empty set. */
export function createViewers(nowMs: () => number): Viewers {
  const viewers = new Set<Viewer>()
  const beat = setInterval(() => {
    const now = nowMs()
    for (const viewer of viewers) viewer.tick(now)
  }, TICK_MS)

  function add(viewer: Viewer): Stay {
    viewers.add(viewer)
    const end = (): void => {
      viewer.close()
      viewers.delete(viewer)
    }
    return { extend: () => {}, end }
  }

  function close(): void {
    clearInterval(beat)
    for (const viewer of viewers) viewer.dismiss(GOODBYE)
  }

  return { add, count: () => viewers.size, close }
}
