// All viewers of a relay: given their time, and sent away one by one when they have to go, so that they do not come back
// all at once. Nothing here has a timer of its own but the leave-taking of all: the relay's one beat serves them.
import { encodeError, encodeReconnect, ROTATION } from './frame.ts'
import type { Viewer } from './viewer.ts'

/** A viewer's time with the relay. */
export interface Stay {
  /** Lets it last until then, as ms since 1970; null for as long as it likes. */
  extend(untilMs: number | null): void
  /** Ends it; idempotent. */
  end(): void
}

/** What a viewer looks through. */
export type ViewerTransport = 'sse' | 'webSocket'

/** How a viewer came. */
export interface Arrival {
  readonly transport: ViewerTransport
  /** When its grant ends, as ms since 1970; null for never. */
  readonly untilMs: number | null
  /** When its connection began, by the relay's clock. @default now */
  readonly sinceMs?: number | undefined
}

/** The viewers. */
export interface Viewers {
  /** Takes one in until its grant ends; once all are leaving, sends it away at once. */
  add(viewer: Viewer, arrival: Arrival): Stay
  /** Lets about a second pass. */
  tick(): void
  count(): number
  /** The same by transport. */
  counts(): Readonly<Record<ViewerTransport, number>>
  /** True once all are leaving. */
  isLeaving(): boolean
  /**
   * Asks each to come back elsewhere and ends it, in random order and evenly over `drainMs`. Resolves once nobody is
   * left, at the latest when the time is over. Called again it takes the shorter time.
   */
  leave(drainMs: number): Promise<void>
}

/** Settings of {@link createViewers}. */
export interface ViewersOptions {
  /** The relay's clock: monotonic, in epoch ms. */
  readonly nowMs: () => number
  readonly random: () => number
  /** Longest time of a connection, in ms; 0 for any. */
  readonly maxConnectionMs: number
}

interface Guest {
  readonly viewer: Viewer
  readonly transport: ViewerTransport
  /** By the relay's clock. */
  readonly rotateMs: number
  /** By the wall's clock, as tokens are. */
  untilMs: number
  tellMs: number
}

const NOTICE_MS = 10_000
const STEP_MS = 50
// By then whoever balances the load has seen that this relay is not ready any more.
const COME_BACK_MS = 1000

const EXPIRED = encodeError('unauthorized', 'the time that the token gave is over')
const EXPIRING = encodeReconnect({ reason: 'expiring', afterMs: 0 })

/** Creates an empty set. */
export function createViewers({ nowMs, random, maxConnectionMs }: ViewersOptions): Viewers {
  const guests = new Set<Guest>()
  const gone = Promise.withResolvers<void>()
  let crowd: Guest[] | null = null // those who have yet to be sent away, once all are leaving
  let paceMs = 0 // from one to the next
  let endsMs = Infinity
  let stepping: NodeJS.Timeout | undefined

  function add(viewer: Viewer, { transport, untilMs, sinceMs = nowMs() }: Arrival): Stay {
    if (crowd !== null) {
      viewer.dismiss(goodbye(0))
      return { extend: () => {}, end: () => {} }
    }
    // Spread, since many may have begun at the same time; and never longer than what is cut by others.
    const spreadMs = maxConnectionMs * (0.8 + 0.2 * random())
    const rotateMs = maxConnectionMs > 0 ? sinceMs + spreadMs : Infinity
    const guest = { viewer, transport, rotateMs, ...times(untilMs) }
    guests.add(guest)

    function end(): void {
      viewer.close()
      guests.delete(guest)
    }

    return { extend: (until) => void Object.assign(guest, times(until)), end }
  }

  function tick(): void {
    const now = nowMs()
    const wallMs = Date.now()
    for (const guest of guests) {
      const { viewer } = guest
      viewer.tick(now)
      if (wallMs >= guest.untilMs) viewer.dismiss(EXPIRED)
      else if (now >= guest.rotateMs) viewer.dismiss(ROTATION)
      else if (wallMs >= guest.tellMs) {
        guest.tellMs = Infinity
        viewer.tell(EXPIRING)
      }
    }
  }

  function leave(drainMs: number): Promise<void> {
    if (crowd === null) {
      crowd = Array.from(guests, (guest) => ({ guest, lot: random() }))
        .toSorted((a, b) => a.lot - b.lot)
        .map(({ guest }) => guest)
      paceMs = drainMs / crowd.length
      stepping = setInterval(step, STEP_MS)
    }
    endsMs = Math.min(endsMs, nowMs() + drainMs)
    step()
    return gone.promise
  }

  function step(): void {
    const leftMs = endsMs - nowMs()
    const stay = leftMs > 0 ? Math.floor(leftMs / paceMs) : 0
    const leaving = crowd?.splice(stay) ?? []
    for (const { viewer } of leaving) viewer.dismiss(goodbye(leaving.length))
    if (leftMs > 0 && guests.size > 0) return
    clearInterval(stepping)
    gone.resolve()
  }

  // So many at once come back over a time in which one in a millisecond does.
  function goodbye(crowdSize: number): Buffer {
    const afterMs = Math.round(COME_BACK_MS + random() * Math.max(COME_BACK_MS, crowdSize))
    return encodeReconnect({ reason: 'closing', afterMs })
  }

  function counts(): Record<ViewerTransport, number> {
    const found = { sse: 0, webSocket: 0 }
    for (const { transport } of guests) found[transport]++
    return found
  }

  return { add, tick, count: () => guests.size, counts, leave, isLeaving: () => crowd !== null }
}

function times(untilMs: number | null): Pick<Guest, 'untilMs' | 'tellMs'> {
  if (untilMs === null) return { untilMs: Infinity, tellMs: Infinity }
  // A short grant is told of in its middle: else whoever comes back at once would be told at once again.
  return { untilMs, tellMs: untilMs - Math.min(NOTICE_MS, (untilMs - Date.now()) / 2) }
}
