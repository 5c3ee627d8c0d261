// One viewer of one stream, whatever the transport. It reads pages from its own cursor until it meets the hub's ring,
// then holds an index only. It pulls: nothing is taken from ring or store while the sink is full, and nothing is kept
// for it but its cursor. So a slow viewer costs the others nothing, and nobody loses an event.
import { RELAY_EVENT } from '../../wire/protocol.ts'
import type { EndReason } from '../../wire/protocol.ts'
import { observe } from '../counters.ts'
import type { RelayCounters } from '../counters.ts'
import { encodeError, encodeRelayEvent, encodeTiming, HEARTBEAT, ROTATION } from './frame.ts'
import type { EncodedPage } from './frame.ts'
import type { Hub } from './hub.ts'
import { sliceItems, WRITE_BYTES } from './ring.ts'
import type { RingSlice } from './ring.ts'

/** Where a viewer's bytes go. */
export interface Sink {
  /**
   * Takes bytes, also while full, and the place in the log that is reached with them. Returns false when full; the
   * viewer then waits for {@link Viewer.drained}.
   */
  write(bytes: Buffer, position: string | null): boolean
  /** Bytes that it has yet to be rid of, where others write into it as well: with 64 KiB of them it is full for all. */
  readonly waiting?: (() => number) | undefined
  /** Reads when there is a place for what it brings, where others read for it as well. @default at once */
  readonly inTurn?: (<T>(read: () => Promise<T>) => Promise<T>) | undefined
  /** Nothing follows. A peer that does not take the rest within some time is the sink's to cut off. */
  end(): void
}

/** What all viewers of a relay have in common. */
export interface ViewerSettings {
  /** How long a stream without a log is waited for, in ms. */
  readonly startTimeoutMs: number
  /** A sink silent for this long gets a comment, in ms. */
  readonly heartbeatMs: number
  /** How long a sink may take for 64 KiB, in ms. */
  readonly slowMs: number
  /** The largest event that a sink has to take, in bytes. */
  readonly maxEventBytes: number
  /** The relay's clock: monotonic, in epoch ms. */
  readonly nowMs: () => number
  readonly counters: RelayCounters
}

/** What a viewer needs. */
export interface ViewerOptions {
  readonly settings: ViewerSettings
  readonly hub: Hub
  readonly sink: Sink
  /** Send what follows this cursor; null for all. */
  readonly after: string | null
  /** A page after that cursor that was read already. */
  readonly page?: EncodedPage | null | undefined
  /** Say when each write's events were read and sent. @default false */
  readonly timing?: boolean | undefined
}

/** A running viewer. */
export interface Viewer {
  drained(): void
  /** Time passes: about once a second, for heartbeats and all that is given up after a while. */
  tick(nowMs: number): void
  /** Sends an event of the relay's own. */
  tell(event: Buffer): void
  /** Says goodbye with one last event of the relay's own. */
  dismiss(event: Buffer): void
  /** The other side is gone. */
  close(): void
}

/** Starts a viewer. Its `relay.hello` is the caller's, since it comes before anything is read. */
export function createViewer(options: ViewerOptions): Viewer {
  const { hub, sink, settings, timing = false } = options
  const { counters } = settings
  let cursor = options.after
  let index: number | null = null // null while catching up
  let reading = false
  let caughtUp = false
  let full = false
  let closed = false
  let patience = 1 // how often slowMs, for what filled the sink
  let wrote = true // since the last tick
  let wroteMs = 0
  let fullMs: number | null = null
  let waitingMs: number | null = null

  const inTurn = sink.inTurn ?? ((read) => read())
  const leave = hub.join(notify)
  void catchUp(options.page ?? null)

  function isFull(): boolean {
    if (!full && (sink.waiting?.() ?? 0) >= WRITE_BYTES) {
      full = true
      patience = 1
    }
    return full
  }

  function send(bytes: Buffer): void {
    wrote = true
    counters.writes++
    counters.sentBytes += bytes.length
    const before = full ? patience : 0
    full = !sink.write(bytes, cursor)
    if (full) patience = Math.max(1, before + bytes.length / WRITE_BYTES)
  }

  function sendSlice({ bytes, position, events, read }: RingSlice): void {
    const now = settings.nowMs()
    if (timing && read !== null) send(encodeTiming(events, read, now))
    if (read !== null) observe(counters.relayMs, now - read.endMs)
    observe(counters.eventsPerWrite, events)
    counters.sentEvents += events
    cursor = position
    send(bytes)
  }

  async function catchUp(known: EncodedPage | null): Promise<void> {
    reading = true
    for (let page = known; !closed && !isFull(); page = null) {
      if (hub.failed()) return void giveUp()
      if (page === null && attach()) break
      const seen = page === null ? hub.version() : -1 // a page handed in may be older than the ring
      page ??= await inTurn(readOn).catch(giveUp)
      if (page === null || closed || !sendPage(page)) break
      const end = page.end ?? page.endedAt
      if (end !== null) return finish(end)
      if (page.more) continue
      hub.seed(cursor, page.exists)
      sayCaughtUp()
      // At the end of the log, but the hub is not here yet: it will tell when it is.
      if (hub.ring()?.indexAfter(cursor) == null && hub.version() === seen) {
        if (hub.ended() !== null) dismiss(ROTATION) // it will not come: whoever asks again gets another
        break
      }
    }
    reading = false
  }

  async function readOn(): Promise<EncodedPage | null> {
    return isFull() ? null : hub.page(cursor)
  }

  // What does not fit is not kept but read again: else a page for every slow viewer would be.
  function sendPage({ items, position }: EncodedPage): boolean {
    for (let at = 0; at < items.length;) {
      if (full || closed) return false
      const slice = sliceItems(items, at, 2 * WRITE_BYTES)
      at = slice.next
      sendSlice(slice)
    }
    cursor = position
    return !closed
  }

  function attach(): boolean {
    const ring = hub.ring()
    const at = ring?.indexAfter(cursor) ?? null
    if (ring === null || at === null) return false
    index = at
    flush()
    return true
  }

  function notify(): void {
    if (closed || reading || isFull()) return
    if (index === null) void catchUp(null)
    else flush()
  }

  function flush(): void {
    const ring = hub.ring()
    if (index === null || ring === null) return
    if (index < ring.first()) {
      index = null
      void catchUp(null)
      return
    }
    for (let next = ring.slice(index); next !== null;) {
      index = next.next
      sendSlice(next)
      if (full || closed) return
      next = ring.slice(index)
    }
    sayCaughtUp()
    const reason = hub.ended()
    if (reason !== null) finish(reason)
    else if (hub.failed()) giveUp()
  }

  function sayCaughtUp(): void {
    if (caughtUp) return
    caughtUp = true
    send(encodeRelayEvent(RELAY_EVENT.caughtUp, { cursor }))
  }

  function finish(reason: EndReason): void {
    sayCaughtUp()
    dismiss(encodeRelayEvent(RELAY_EVENT.end, { reason }))
  }

  function giveUp(): null {
    dismiss(encodeError('backend-unavailable', `stream ${hub.id} cannot be read`))
    return null
  }

  function tick(nowMs: number): void {
    if (closed) return
    if (wrote) wroteMs = nowMs
    wrote = false
    if (full) return waitForDrain(nowMs)
    if (nowMs - wroteMs >= settings.heartbeatMs) send(HEARTBEAT)
    waitForStart(nowMs)
  }

  function waitForDrain(nowMs: number): void {
    fullMs ??= nowMs
    const shared = Math.min(sink.waiting?.() ?? 0, settings.maxEventBytes)
    patience = Math.max(patience, shared / WRITE_BYTES)
    if (nowMs - fullMs < settings.slowMs * patience) return
    counters.slowCloses++
    dismiss(encodeError('slow', `nothing was taken for ${Math.round(nowMs - fullMs)} ms`))
  }

  function waitForStart(nowMs: number): void {
    // While the store is away nobody can tell whether it has started.
    if (hub.ring() === null || hub.exists() || !hub.available()) waitingMs = null
    else waitingMs ??= nowMs
    if (waitingMs === null || nowMs - waitingMs < settings.startTimeoutMs) return
    const waited = `no event within ${settings.startTimeoutMs} ms`
    dismiss(encodeError('not-started', `stream ${hub.id} has not started: ${waited}`))
  }

  function tell(event: Buffer): void {
    if (!closed) send(event)
  }

  function dismiss(event: Buffer): void {
    if (closed) return
    sink.write(event, cursor)
    close()
    sink.end()
  }

  function drained(): void {
    if (!full) return
    full = false
    fullMs = null
    notify()
  }

  function close(): void {
    closed = true
    leave()
  }

  return { drained, tick, tell, dismiss, close }
}
