// What a stream can be told, and what it tells; every field but the address has a default.
import type { ChatMessage } from './core/chat-message.ts'
import type { Clock } from './core/clock.ts'
import type { AgentStreamError } from './core/errors.ts'
import type { AgentEvent } from './core/events.ts'
import type { Reduce } from './core/fold.ts'
import type { Protocol } from './core/protocol.ts'
import type { RunState } from './core/run.ts'
import type { Metrics, StreamCounts } from './core/tap.ts'
import type { Schedule } from './frame/scheduler.ts'
import type { ReconnectPolicy } from './transport/reconnect.ts'
import type { SseOptions } from './transport/sse.ts'
import type { Transport } from './transport/transport.ts'
import type { RelayGap } from './wire/protocol.ts'

/** One event as it was decoded, before it is published. */
export interface ReceivedEvent {
  /** Where a resume goes on after it, or null where the source has no ids. */
  readonly cursor: string | null
  /** One event may be several in AG-UI's vocabulary: each is told by itself. */
  readonly event: AgentEvent
  /** Payload as it came over the wire. */
  readonly raw: string
}

/** One flush as it was committed; times in ms of the stream's clock. */
export interface FlushInfo {
  /** Events in it. */
  readonly events: number
  /** When folding began. */
  readonly startedAt: number
  /** When React had rendered and committed it. */
  readonly committedAt: number
}

/** Metrics, or the factory that makes them on the stream's clock (`createMeter`). */
export type MetricsOption<Snapshot extends StreamCounts> =
  | Metrics<Snapshot>
  | ((options: { clock: Clock }) => Metrics<Snapshot>)

/** Where the events come from: an address of server-sent events, or any transport. */
export type StreamSource =
  | (SseOptions & { readonly transport?: undefined })
  | { readonly transport: Transport; readonly url?: undefined }

/** All but the source. */
export interface StreamSettings<State, Snapshot extends StreamCounts> {
  /** Identity of the conversation. @default the url, or the name of the transport */
  readonly id?: string | undefined
  /** How payloads are decoded. @default agUi */
  readonly protocol?: Protocol | undefined
  /** When to publish. @default 'adaptive' */
  readonly schedule?: Schedule | undefined
  /** Messages to begin with, say from the application's database. @default none */
  readonly initialMessages?: readonly ChatMessage[] | undefined
  /** Folds events into `state` in place of messages. @default the chat reducer */
  readonly reduce?: Reduce<State> | undefined
  /** What `reduce` begins with. Required with `reduce`. */
  readonly initialState?: State | undefined
  /** When to try again after a cut. @default 5 attempts without progress, full jitter from 500 ms to 20 s */
  readonly reconnect?: ReconnectPolicy | undefined
  /** @default counts of events, flushes and backlog */
  readonly metrics?: MetricsOption<Snapshot> | undefined
  /** Time, for tests. @default the page's own */
  readonly clock?: Clock | undefined
  /** Called for every event on arrival, before it is published. */
  readonly onEvent?: ((received: ReceivedEvent) => void) | undefined
  /** Called after every flush, once React has committed it. */
  readonly onFlush?: ((flush: FlushInfo) => void) | undefined
  /** Called for every known loss. */
  readonly onGap?: ((gap: RelayGap) => void) | undefined
  /** Called for every error, also for those that end nothing. */
  readonly onError?: ((error: AgentStreamError) => void) | undefined
  /** Called once when a run is over. */
  readonly onFinish?: ((run: RunState) => void) | undefined
}

/** Options of `createAgentStream`. */
export type AgentStreamOptions<
  State = undefined,
  Snapshot extends StreamCounts = StreamCounts,
> = StreamSource & StreamSettings<State, Snapshot>
