// The one writer of the store: folds a batch and publishes the outcome in a single write.
import { initialChatState, reduceChat } from './core/chat-state.ts'
import type { ChatState } from './core/chat-message.ts'
import type { ConnectionStatus } from './core/connection.ts'
import { foldBatch, type Folded, type Folding, type Reduce } from './core/fold.ts'
import type { Received } from './core/received.ts'
import { NO_RUN } from './core/run.ts'
import type { StreamCounts } from './core/tap.ts'
import type { Listener } from './listener.ts'
import { type AgentStreamState, type AgentStreamStore, createStreamStore } from './store.ts'
import type { AgentStreamOptions } from './stream-options.ts'

/** Publishes batches. */
export interface Publisher<State> {
  readonly store: AgentStreamStore<State>
  publish(batch: readonly Received[], connection: ConnectionStatus): void
}

/** Makes the store of a stream and its writer. */
export function createPublisher<State, Snapshot extends StreamCounts>(
  options: AgentStreamOptions<State, Snapshot>,
  listener: Listener,
): Publisher<State> {
  const { folding, view } = modelOf(options)
  let folded: Folded<unknown> = { run: NO_RUN, state: folding.initial, cursor: null, gaps: [] }
  const { messages, state } = view(folded.state)
  const store = createStreamStore(messages, state, listener.guard)

  return {
    store,
    publish(batch, connection) {
      const before = folded
      const outcome = foldBatch(before, batch, folding)
      folded = outcome.folded
      if (folded === before && store.getState().connection === connection) return
      const { run, cursor, gaps } = folded
      store.setState({ ...run, ...view(folded.state), connection, cursor, gaps }, true)
      // From the outcome and not from `folded`, which a subscriber's own flush may have moved on.
      outcome.errors.forEach(listener.error)
      gaps.slice(before.gaps.length).forEach(listener.gap)
      outcome.over.forEach(listener.finish)
    },
  }
}

interface Model<State> {
  readonly folding: Folding<unknown>
  readonly view: (state: unknown) => Pick<AgentStreamState<State>, 'messages' | 'state'>
}

// Chat is one model among others; which one it is, is decided once, here.
function modelOf<State, Snapshot extends StreamCounts>(
  options: AgentStreamOptions<State, Snapshot>,
): Model<State> {
  const { reduce, initialState, initialMessages = [] } = options
  if (reduce === undefined) {
    return {
      folding: {
        reduce: reduceChat as Reduce<unknown>,
        initial: initialChatState(initialMessages),
      },
      view: (chat) => ({ messages: (chat as ChatState).messages, state: undefined as State }),
    }
  }
  if (initialState === undefined) {
    throw new TypeError('expected `initialState` beside `reduce`, got none')
  }
  return {
    folding: { reduce: reduce as Reduce<unknown>, initial: initialState },
    view: (state) => ({ messages: initialMessages, state: state as State }),
  }
}
