// What a lab needs: a recording, places to play it from, and ways to show it. It brings no view of its own, because
// neither React nor a Markdown renderer is a dependency.
import type { StoreApi } from 'zustand/vanilla'
import type { Clock } from '../core/clock.ts'
import type { Protocol } from '../core/protocol.ts'
import type { MeterSnapshot } from '../metrics/snapshot.ts'
import type { AgentStream } from '../stream/stream.ts'
import type { Transport } from '../transport/transport.ts'
import type { Recording } from '../wire/recording.ts'
import type { LabFactorName } from './result.ts'

/** A recording that is being played, once. */
export interface LabFeed {
  /** Brings the recording's events, all of them and in their order, by their own times. */
  readonly transport: Transport
  /** Frees what it holds; called after every run, also one that failed. */
  readonly close?: (() => void) | undefined
}

/** Starts to play a recording, say in a Worker or through a relay. Called anew for every run. */
export type LabSource = (
  recording: Recording,
  context: { readonly signal: AbortSignal },
) => LabFeed | Promise<LabFeed>

/** Shows a stream in `stage`; the result takes it away again. `fail` ends the lab, say for an error while rendering. */
export type LabRenderer = (
  stage: HTMLElement,
  stream: AgentStream<undefined, MeterSnapshot>,
  fail: (error: unknown) => void,
) => () => void

/** The store of the consumer written by hand: twenty lines, one write per frame. */
export type HandStore = StoreApi<{ readonly text: string }>

/** Ways to show what is read. */
export interface LabRenderers {
  /** Shows text as it is. */
  readonly plain: LabRenderer
  /** Shows text as Markdown. @default the ladder ends with plain text */
  readonly markdown?: LabRenderer | undefined
  /** Shows the text of the consumer written by hand, in the way of the last of these two. @default a text node */
  readonly byHand?:
    | ((stage: HTMLElement, store: HandStore, fail: (error: unknown) => void) => () => void)
    | undefined
}

/** Main-thread time since whenever, in ms: only differences count. */
export interface LabReading {
  /** All tasks. */
  readonly taskMs: number
  /** JavaScript. */
  readonly scriptMs: number
}

/** How far a lab is. */
export interface LabProgress {
  /** Runs that are over. */
  readonly done: number
  /** Runs in all; of `speed` an estimate. */
  readonly total: number
  /** What is changed now. */
  readonly factor: LabFactorName
  /** What runs now. */
  readonly arm: string
  /** 0 warms up. */
  readonly round: number
}

/** Options of {@link runLab}. */
export interface LabOptions {
  /** What is played, or a transport that is recorded first, to its end or for `recordMs`. */
  readonly recording: Recording | Transport
  /** Longest time to record, in ms. @default 10_000 */
  readonly recordMs?: number | undefined
  /** How its events are decoded. @default agUi, where the recording does not name another one */
  readonly protocol?: Protocol | undefined
  /**
   * Where it is played from, by name, each adding one thing to the one before it: a Worker, a relay, a relay on Redis.
   * All factors but `source` use the first. @default this page's own timers
   */
  readonly sources?: Readonly<Record<string, LabSource>> | undefined
  /** Where it is shown. Should follow the end of the text by style alone. @default nowhere: the ladder ends early */
  readonly stage?: HTMLElement | undefined
  /** How it is shown. Needed with a `stage`. */
  readonly renderers?: LabRenderers | undefined
  /** Factors to change. @default all */
  readonly factors?: readonly LabFactorName[] | undefined
  /** Measured rounds of each factor, 2 or more. @default 5 */
  readonly pairs?: number | undefined
  /** How long one run may be by the recording, in ms: of a longer one the stretch with the most text is played. @default 600 */
  readonly runMs?: number | undefined
  /** How much faster than recorded it is played, above 0. @default 1 */
  readonly speed?: number | undefined
  /** Fewer arms, shorter runs, two pairs: under twenty seconds, for a look or a test. @default false */
  readonly short?: boolean | undefined
  /** Reads the main thread's time, say by the DevTools protocol. @default what the stream's own stages took */
  readonly cost?: (() => LabReading | Promise<LabReading>) | undefined
  /** Told before every run. */
  readonly onProgress?: ((progress: LabProgress) => void) | undefined
  /** Ends the lab; it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** @default the page's own clock */
  readonly clock?: Clock | undefined
}
