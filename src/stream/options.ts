// What a stream can be told, and what it tells; every field but the address has a default.
import type { ChatMessage } from '../core/chat-message.ts'
import type { Clock } from '../core/clock.ts'
import type { AgentStreamError } from '../core/errors.ts'
import type { AgentEvent } from '../core/events.ts'
import type { Reduce } from '../core/fold.ts'
import type { Protocol } from '../core/protocol.ts'
import type { RunState } from '../core/run.ts'
import type { Metrics, StreamCounts } from '../core/tap.ts'
import type { Schedule } from '../frame/scheduler.ts'
import type { StreamLimits } from './limits.ts'
import type { ResumeOptions } from './session.ts'
import type { ReconnectPolicy } from '../transport/reconnect.ts'
import type { SseOptions } from '../transport/sse.ts'
import type { Transport } from '../transport/transport.ts'
import type { RelayGap } from '../wire/protocol.ts'

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

/** What a stream gives to the factory of its meter. */
export interface MeterSetting {
  /** Time, as the stream sees it. */
  readonly clock: Clock
  /**
   * Asks the relay that is being read for its clock: the JSON of `GET /v1/time`, and the `url` that gave it. Undefined where
   * there is no relay.
   */
  readonly relayTime: () => Promise<unknown> | undefined
}

/** Metrics, or the factory that makes them on the stream's clock (`createMeter`). */
export type MetricsOption<Snapshot extends StreamCounts> =
  | Metrics<Snapshot>
  | ((setting: MeterSetting) => Metrics<Snapshot>)

/** What `start` is told besides the input. */
export interface StartContext {
  /** Aborts when the run is stopped before it was accepted. */
  readonly signal: AbortSignal
}

/**
 * What a run's start may come to: a response that streams the run, or where it can be read. `url` is read with the
 * stream's own `token`, `headers` and `fetch`. Nothing: the run comes on what the stream reads already.
 */
export type StartAnswer =
  | Response
  | {
      readonly url?: string | undefined
      readonly transport?: Transport | undefined
      /** Id of the run, for its messages and for `cancel`. */
      readonly runId?: string | undefined
    }
  | undefined

/** Asks the agent for a run, say by a POST. It is called once for every `start()` and never again by itself. */
export type Start<Input> = (
  input: Input,
  context: StartContext,
) => StartAnswer | Promise<StartAnswer>

/** What `cancel` is told of the run that shall end. */
export interface CancelContext {
  /** Identity of the stream. */
  readonly id: string
  /** As `start` or the run itself named it. */
  readonly runId: string | null
  /** The last event that was read. */
  readonly cursor: string | null
}

/**
 * Where the events come from: an address of server-sent events, any transport, or `start` alone. Beside a `start` that
 * answers with a response, the address is where a cut run is read on.
 */
export type StreamSource<Input = unknown> =
  | (SseOptions & { readonly transport?: undefined; readonly start?: Start<Input> | undefined })
  | {
      readonly transport: Transport
      readonly url?: undefined
      readonly start?: Start<Input> | undefined
    }
  | (Omit<SseOptions, 'url'> & {
      readonly id: string
      readonly start: Start<Input>
      /** Where a run is read that is under way already; nowhere while there is none. */
      readonly url?: string | undefined
      readonly transport?: undefined
    })

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
  /** Keeps the state over a reload. @default it begins anew */
  readonly resume?: ResumeOptions | undefined
  /** When to try again after a cut. @default 5 attempts without progress, full jitter from 500 ms to 20 s */
  readonly reconnect?: ReconnectPolicy | undefined
  /**
   * Longest silence of a connection, in ms; then it counts as dead and another one is made.
   * @default 2.5 heartbeats of the relay; without a relay, any
   */
  readonly idleTimeoutMs?: number | undefined
  /** How much the stream may hold. */
  readonly limits?: StreamLimits | undefined
  /** Asks the agent to end its run, for `stop({ cancelRun: true })`. @default the relay's own way, behind a relay */
  readonly cancel?: ((run: CancelContext) => void | Promise<void>) | undefined
  /** Metrics; with them a relay is asked for its stamps. @default counts of events, flushes and backlog */
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
  Input = unknown,
> = StreamSource<Input> & StreamSettings<State, Snapshot>
