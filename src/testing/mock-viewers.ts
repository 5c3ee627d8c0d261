// Who watches a mocked stream now. Closing forgets first: what a viewer does meanwhile meets an empty room.
import type { EndReason } from '../wire/protocol.ts'
import { relayText } from './mock-words.ts'

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

/** The viewers of one stream. */
export interface MockViewers {
  count(): number
  /** Returns what leaves. */
  add(viewer: MockViewer): () => void
  send(text: string): void
  /** Lets all of them go, each in this way. */
  close(way: (viewer: MockViewer) => void): void
}

/** Nobody watches yet. */
export function createMockViewers(): MockViewers {
  const viewers = new Set<MockViewer>()
  return {
    count: () => viewers.size,
    add(viewer) {
      viewers.add(viewer)
      return () => viewers.delete(viewer)
    },
    send(text) {
      if (text !== '') for (const viewer of viewers) viewer.send(text)
    },
    close(way) {
      const open = [...viewers]
      viewers.clear()
      open.forEach(way)
    },
  }
}

/** Ways to let viewers go. */
export const endViewer = (viewer: MockViewer): void => viewer.end()
/** Without a word. */
export const hangUpOn = (viewer: MockViewer): void => viewer.hangUp()
/** As a network does. */
export const cutViewer = (viewer: MockViewer): void => viewer.cut()
/** With the relay's word that the run is over. */
export const finishViewer =
  (reason: EndReason) =>
  (viewer: MockViewer): void => {
    viewer.send(relayText('end', { reason }))
    viewer.end()
  }
