// The one writer of the store: folds a batch and publishes the outcome in a single write.
import { type ChatState, initialChatState, reduceChat } from './core/chat-state.ts'
import type { ConnectionStatus } from './core/connection.ts'
import { foldBatch, type Folded, type Folding } from './core/fold.ts'
import type { Received } from './core/received.ts'
import { isOver, NO_RUN } from './core/run.ts'
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
  const store = createStreamStore(messages, state)

  const write = (connection: ConnectionStatus): void => {
    const { run, cursor, gaps } = folded
    const next: AgentStreamState<State> = {
      ...run,
      ...view(folded.state),
      connection,
      cursor,
      gaps,
    }
    // A subscriber that throws (React's own limit of nested updates, say) must not end the stream.
    listener.guard(() => store.setState(next, true))
  }
  return {
    store,
    publish(batch, connection) {
      const before = folded
      listener.guard(() => (folded = foldBatch(before, batch, folding)))
      if (folded === before && store.getState().connection === connection) return
      write(connection)
      for (const gap of folded.gaps.slice(before.gaps.length)) listener.gap(gap)
      const { run } = folded
      if (isOver(run.status) && run.status !== before.run.status) listener.finish(run)
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
        reduce: (state, events) => reduceChat(state as ChatState, events),
        initial: initialChatState(initialMessages),
      },
      view: (state) => ({
        messages: (state as ChatState).messages,
        state: undefined as State,
      }),
    }
  }
  if (initialState === undefined) {
    throw new TypeError('expected `initialState` beside `reduce`, got none')
  }
  return {
    folding: {
      reduce: (state, events) => reduce(state as State, events),
      initial: initialState,
    },
    view: (state) => ({ messages: initialMessages, state: state as State }),
  }
}
