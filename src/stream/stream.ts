// What a stream is to whoever uses it.
import type { ChatMessage } from '../core/chat-message.ts'
import type { Metrics, StreamCounts, Tap, TapSetting } from '../core/tap.ts'
import type { StartOptions } from './starter.ts'
import type { AgentStreamStore } from './store.ts'

/** Options of `stop()`. */
export interface StopOptions {
  /** Asks the agent to end its run too, by `cancel` or by the relay's own way. @default false */
  readonly cancelRun?: boolean | undefined
}

/** One stream of one conversation: does nothing before `connect()` or `start()`, and nothing after `close()`. */
export interface AgentStream<
  State = undefined,
  Snapshot extends StreamCounts = StreamCounts,
  Input = unknown,
> {
  /** Identity of the conversation. */
  readonly id: string
  /** What is published: zustand's store, for any framework. */
  readonly store: AgentStreamStore<State>
  /** The meter that it was given, or counts. */
  readonly metrics: Metrics<Snapshot>
  /** Id of the last event that arrived: where a resume goes on. */
  readonly cursor: string | null
  /**
   * Opens the connection where the last one ended; does nothing while there is one, or nowhere to connect to. Where
   * events have no ids, what was read is read anew (a gap, `replaced`); a run that is over is left as it is.
   */
  connect(): void
  /**
   * Asks the agent for a run and reads it. Resolves once the agent has answered or could not be asked; the state says
   * which, by `status: 'failed'` and the error `send-failed`.
   * @throws AgentStreamError `busy` while a run is under way; TypeError without a `start` option
   */
  start(input: Input, options?: StartOptions): Promise<void>
  /** Stops reading at once: what arrived is published, and the run counts as stopped on this side. */
  stop(options?: StopOptions): void
  /** Drops the connection and opens another one from the cursor. */
  reconnect(): void
  /** Publishes now what waits. */
  flush(): void
  /**
   * Lets another tap in beside the meter, from now on until the returned function is called: a recording, a trace. It is
   * told at once how the connection is; of renders the meter alone is told.
   */
  tap(make: (setting: TapSetting) => Tap): () => void
  /**
   * Puts the application's own history in place of the messages, say after a gap, and forgets the gaps.
   * With a `cursor` the stream goes on after it. A state of `reduce` cannot be hydrated.
   */
  hydrate(messages: readonly ChatMessage[], cursor?: string): void
  /** Ends the connection; what arrived is published, nothing is after. */
  close(): void
}
