// A viewer that keeps to the wire by hand, whatever the transport: goes on after the last cursor, stops at `relay.end`
// and 204, comes back after anything else. It is written without the SDK, so that the two do not share a mistake.
import { setTimeout as pause } from 'node:timers/promises'
import { createParser } from 'eventsource-parser'
import type { Observed, ViewerHistory } from './history.ts'
import type { Random } from './random.ts'

/** A viewer at work. */
export interface Viewer {
  history(): ViewerHistory
  /** Resolves when it has come to its end, by itself or by {@link Viewer.stop}. */
  readonly done: Promise<void>
  stop(): void
}

/** How a viewer behaves. */
export type Mood =
  /** Stays. */
  | 'calm'
  /** Leaves after some events and comes back. */
  | 'restless'
  /** Takes its time to read. */
  | 'slow'

/** What one connection gives to its viewer. */
export interface Connection {
  /** Text as it arrived. */
  feed(text: string): void
  /** Nothing follows, on any connection. */
  end(): void
  refuse(what: string): void
  /** Aborted when the viewer has had enough of this connection. */
  readonly signal: AbortSignal
  /** True when the viewer does not read for a while. */
  isTimeToRest(): boolean
}

/** Reads one connection to its end. */
export type Connect = (after: string | null, connection: Connection) => Promise<void>

/** Options of {@link startViewer}. */
export interface ViewerOptions {
  readonly name: string
  readonly mood: Mood
  readonly random: Random
  readonly connect: Connect
}

// Else a long log would never be read to its end.
const MAX_DEPARTURES = 10

/** A connection silent for so long is given up, in ms. */
export const SILENCE_MS = 3000

/** Starts viewing. */
export function startViewer({ name, mood, random, connect }: ViewerOptions): Viewer {
  const observed: Observed[] = []
  const stopped = new AbortController()
  let cursor: string | null = null
  let settled = false
  let departures = 0

  async function view(): Promise<void> {
    while (!settled && !stopped.signal.aborted) {
      observed.push({ kind: 'connect', after: cursor })
      const over = new AbortController()
      const signal = AbortSignal.any([over.signal, stopped.signal])
      const isTimeToRest = (): boolean => mood === 'slow' && random.chance(0.15)
      await connect(cursor, { ...reader(over), signal, isTimeToRest })
      if (!settled) await pause(random.whole(10, 250))
    }
  }

  function reader(over: AbortController): Pick<Connection, 'feed' | 'end' | 'refuse'> {
    let left = mood === 'restless' && departures++ < MAX_DEPARTURES ? random.whole(1, 60) : Infinity
    const parser = createParser({
      onEvent({ id, event, data }) {
        if (over.signal.aborted) return
        if (id !== undefined) cursor = id
        if (event === undefined) observed.push({ kind: 'event', cursor: id ?? null, data })
        else if (event === 'relay.gap') observed.push(gapIn(data))
        else if (event === 'relay.end') end()
        else if (event === 'relay.error') refuse(data)
        if (event === 'relay.reconnect' || event === 'relay.error' || --left <= 0) over.abort()
      },
    })

    function end(): void {
      observed.push({ kind: 'end' })
      settled = true
      over.abort()
    }

    function refuse(what: string): void {
      if (!/"(backend-unavailable|slow)"/.test(what)) observed.push({ kind: 'refused', what })
    }

    return { feed: parser.feed, end, refuse }
  }

  return {
    history: () => ({ name, observed, settled, text: null }),
    done: view(),
    stop: () => stopped.abort(),
  }
}

/** `relay.gap` as it is written down. */
export function gapIn(data: string): Observed {
  const { reason, from, to } = JSON.parse(data) as { reason: string; from: string; to: string }
  return { kind: 'gap', reason, from, to }
}
