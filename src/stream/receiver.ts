// One read of the wire: each frame decoded, queued and told, in the order it came; then the read is measured.
import type { Clock } from '../core/clock.ts'
import type { Intake } from '../core/intake.ts'
import { isLast, type Received } from '../core/received.ts'
import type { Frame } from '../core/protocol.ts'
import type { Tap } from '../core/tap.ts'
import type { Batcher } from '../frame/batcher.ts'
import type { Listener } from './listener.ts'
import type { Read } from '../transport/transport.ts'

/** What a receiver works between. */
export interface ReceiverOptions {
  readonly intake: Intake
  readonly batcher: Batcher<Received>
  readonly listener: Listener
  readonly tap: Omit<Tap, 'rendered'>
  readonly clock: Clock
}

/**
 * Takes a read; true once nothing follows. What a callback of the application ends (`signal`) is over at once:
 * the rest of the read is asked for again by a resume.
 */
export type Receive = (read: Read, signal: AbortSignal) => boolean

/** Makes the receiver of one stream. */
export function createReceiver(options: ReceiverOptions): Receive {
  const { intake, batcher, listener, tap, clock } = options
  // Only once an item is queued: whatever the application does now, the item has its place.
  const tell = ({ events, errors }: Received, raw: string): void => {
    errors.forEach(listener.error)
    for (const event of events) listener.event({ cursor: intake.cursor(), event, raw })
  }
  return (read, signal) => {
    let events = 0
    let chars = 0
    let last = false
    let frame: Frame
    // What was held back until it proved to be new comes with a frame of its own.
    const put = (item: Received, from: Frame = frame): void => {
      batcher.push(item)
      const { mark } = item
      if (mark?.type === 'gap' && mark.gap.reason === 'replaced') tap.replaced?.()
      if (item.counted && !from.event.startsWith('relay.')) tap.received?.(from, read.at)
      if (item.counted) events++
      chars += charsOf(item)
      last ||= isLast(item)
      tell(item, from.data)
    }
    for (frame of read.frames) {
      intake.take(frame, put)
      if (last || signal.aborted) break
    }
    if (read.frames.length > 0) tap.read(read, clock.now(), events, chars)
    if (intake.ended() && !signal.aborted) batcher.urgent()
    return last
  }
}

// Text, reasoning and arguments; the delta of a state is no text.
function charsOf({ events }: Received): number {
  let chars = 0
  for (const event of events) {
    if ('delta' in event && typeof event.delta === 'string') chars += event.delta.length
  }
  return chars
}
