// The port for whatever reads a recording in the lab, from doing nothing to rendering everything.
import type { Clock } from '../core/clock.ts'
import type { Protocol } from '../core/protocol.ts'
import type { Schedule } from '../frame/scheduler.ts'
import type { Transport } from '../transport/transport.ts'
import type { LabRenderers } from './options.ts'
import type { LabCost } from './result.ts'

/** What one reader is given. */
export interface ConsumerSetting {
  readonly transport: Transport
  readonly protocol: Protocol
  readonly schedule: Schedule
  readonly view: View
  readonly stage: HTMLElement | undefined
  readonly renderers: LabRenderers | undefined
  readonly clock: Clock
  /** Ends the reading in peace: what was read counts. */
  readonly signal: AbortSignal
  /** Told when what shows it has failed. */
  readonly fail: (error: unknown) => void
}

/** How a stream is shown; `hidden` is the last of the others, under a style that spares layout and paint. */
export type View = 'none' | 'plain' | 'markdown'

/** What a reader knows of its own doing. */
export type Consumed = Pick<
  LabCost,
  'receiveMs' | 'publishMs' | 'paintMs' | 'chars' | 'writes' | 'renders' | 'arrivalToPaintMs'
>

/** Reads to the end: everything is set up before `play` is called, and nothing taken down before it has resolved. */
export interface Consumer {
  play(): Promise<void>
  /** What it cost, after `play`. */
  consumed(): Consumed
  close(): void
}

/** A frame is given up for lost after so many ms: a covered page makes none. */
const LOST_FRAME_MS = 250

/** Resolves after the next paint, or soon where there are no frames. */
export function nextPaint(clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const cancel = [
      clock.requestFrame(() => clock.requestTask(done)),
      clock.setTimer(() => done(), LOST_FRAME_MS),
    ]
    function done(): void {
      cancel.forEach((one) => one())
      resolve()
    }
  })
}
