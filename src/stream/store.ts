// What subscribers see: one immutable state that changes only on a flush, all of it in one write.
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ChatMessage } from '../core/chat-message.ts'
import type { ConnectionStatus } from '../core/connection.ts'
import { NO_RUN, type RunState } from '../core/run.ts'
import type { RelayGap } from '../wire/protocol.ts'

/** Published state of a stream. `State` is what a reducer of the application's own makes of it. */
export interface AgentStreamState<State = undefined> extends RunState {
  /** What the wire does; the run may be fine while the wire is not. */
  readonly connection: ConnectionStatus
  /** The conversation, oldest first; the same array until one of them changes. */
  readonly messages: readonly ChatMessage[]
  /** What `reduce` made of the events; undefined without one. */
  readonly state: State
  /** Id of the last event that is in this state; safe to persist. */
  readonly cursor: string | null
  /** Losses that are known. */
  readonly gaps: readonly RelayGap[]
}

/** The store of a stream: zustand's, readable from any framework. */
export type AgentStreamStore<State = undefined> = Omit<
  StoreApi<AgentStreamState<State>>,
  'setState'
>

/** The store with its write access, which only the pipeline has. */
export type WritableStore<State> = StoreApi<AgentStreamState<State>>

/**
 * Makes the store in its idle state, which is also what a server renders.
 * @param guard runs a subscriber; one that throws (React's own limit of nested updates, say) must neither
 * end the stream nor keep the state from the others
 */
export function createStreamStore<State>(
  messages: readonly ChatMessage[],
  state: State,
  guard: (run: () => void) => void,
): WritableStore<State> {
  const store = createStore<AgentStreamState<State>>(() => ({
    ...NO_RUN,
    connection: 'idle',
    messages,
    state,
    cursor: null,
    gaps: [],
  }))
  return {
    ...store,
    subscribe: (subscriber) =>
      store.subscribe((now, before) => guard(() => subscriber(now, before))),
  }
}
