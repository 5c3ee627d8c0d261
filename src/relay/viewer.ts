// One viewer of one stream, whatever the transport. It reads pages from its own cursor until it meets the hub's ring,
// then holds an index only. It pulls: nothing is taken from ring or store while the sink is full, and a viewer whose
// index fell off the ring reads pages again. So a slow viewer costs the others nothing, and nobody loses an event.
import { RELAY_EVENT } from '../wire/protocol.ts'
import type { EndReason } from '../wire/protocol.ts'
import { encodeError, encodeRelayEvent, HEARTBEAT } from './frame.ts'
import type { EncodedPage } from './frame.ts'
import type { Hub } from './hub.ts'
import { sliceItems } from './ring.ts'

/** Where a viewer's bytes go. */
export interface Sink {
  /**
   * Takes bytes, also while full, and the place in the log that is reached with them. Returns false when full; the
   * viewer then waits for {@link Viewer.drained}.
   */
  write(bytes: Buffer, position: string | null): boolean
  /** Nothing follows. */
  end(): void
}

/** What a viewer needs. */
export interface ViewerOptions {
  readonly hub: Hub
  readonly sink: Sink
  /** Send what follows this cursor; null for all. */
  readonly after: string | null
  /** A page after that cursor that was read already. */
  readonly page?: EncodedPage | null | undefined
  /** How long a stream without a log is waited for, in ms. */
  readonly startTimeoutMs: number
}

/** A running viewer. */
export interface Viewer {
  drained(): void
  /** Writes a comment when nothing was written since the last call. */
  heartbeat(): void
  /** Says goodbye with one last event of the relay's own. */
  dismiss(event: Buffer): void
  /** The other side is gone. */
  close(): void
}

const WRITE_BYTES = 64 * 1024

/** Starts a viewer. Its `relay.hello` is the caller's, since it comes before anything is read. */
export function createViewer(options: ViewerOptions): Viewer {
  const { hub, sink } = options
  let cursor = options.after
  let index: number | null = null // null while catching up
  let goal = 0 // ring index at which the catch-up is over
  let caughtUp = false
  let full = false
  let silent = true
  let closed = false
  let drain = Promise.withResolvers<void>()
  let waiting: NodeJS.Timeout | undefined

  const leave = hub.join({ notify: flush })
  void catchUp(options.page ?? null)

  function send(bytes: Buffer): void {
    silent = false
    full = !sink.write(bytes, cursor)
    if (full) drain = Promise.withResolvers()
  }

  async function catchUp(known: EncodedPage | null): Promise<void> {
    let page = known
    while (!closed) {
      if (page === null && attach()) return
      const seen = page === null ? hub.version() : -1 // a page handed in may be older than the ring
      page ??= await hub.page(cursor)
      if (page === null || closed) return
      await sendPage(page)
      if (closed) return
      const end = page.end ?? page.endedAt
      if (end !== null) return finish(end)
      if (!page.more) {
        hub.seed(cursor, page.exists)
        // At the end of the log, but the hub is not here yet: it soon will be.
        if (!attachable() && hub.version() === seen) await hub.changed()
      }
      page = null
    }
  }

  async function sendPage(page: EncodedPage): Promise<void> {
    // In slices, since a transport may carry many viewers: what each has under way is little.
    for (let at = 0; at < page.items.length && !closed;) {
      const slice = sliceItems(page.items, at, WRITE_BYTES)
      at = slice.next
      cursor = slice.position
      send(slice.bytes)
      if (full) await drain.promise
    }
    cursor = page.position
  }

  function attachable(): boolean {
    return hub.ring()?.indexAfter(cursor) != null
  }

  function attach(): boolean {
    const ring = hub.ring()
    const at = ring?.indexAfter(cursor) ?? null
    if (ring === null || at === null) return false
    index = at
    goal = ring.end()
    flush()
    return true
  }

  function flush(): void {
    const ring = hub.ring()
    if (closed || full || index === null || ring === null) return
    if (index < ring.first()) {
      index = null
      void catchUp(null)
      return
    }
    for (let next = ring.slice(index, WRITE_BYTES); next !== null;) {
      index = next.next
      cursor = next.position
      send(next.bytes)
      if (full) return
      next = ring.slice(index, WRITE_BYTES)
    }
    settle()
  }

  function settle(): void {
    if (index !== null && index >= goal) sayCaughtUp()
    const reason = hub.ended()
    if (reason !== null) return finish(reason)
    if (hub.exists()) stopWaiting()
    else waiting ??= setTimeout(giveUp, options.startTimeoutMs)
  }

  function stopWaiting(): void {
    clearTimeout(waiting)
    waiting = undefined
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

  function giveUp(): void {
    stopWaiting()
    if (!hub.available()) return settle() // nobody can tell whether it has started
    const waited = `no event within ${options.startTimeoutMs} ms`
    dismiss(encodeError('not-started', `stream ${hub.id} has not started: ${waited}`))
  }

  function dismiss(event: Buffer): void {
    if (closed) return
    sink.write(event, cursor)
    close()
    sink.end()
  }

  function drained(): void {
    if (!full || closed) return
    full = false
    drain.resolve()
    if (index !== null) flush()
  }

  function heartbeat(): void {
    if (silent && !full && !closed) sink.write(HEARTBEAT, cursor)
    silent = true
  }

  function close(): void {
    closed = true
    stopWaiting()
    drain.resolve()
    leave()
  }

  return { drained, heartbeat, dismiss, close }
}
