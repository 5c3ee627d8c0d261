// The one writer of the store: folds a batch and publishes the outcome in a single write.
import { isMessage, markChat } from '../core/chat-local.ts'
import { type ChatLimits, initialChatState, reduceChat } from '../core/chat-state.ts'
import type { ChatState } from '../core/chat-message.ts'
import type { ConnectionStatus } from '../core/connection.ts'
import { AgentStreamError } from '../core/errors.ts'
import {
  foldBatch,
  type Folded,
  type Folding,
  type Outcome,
  type Reduce,
  unfolded,
} from '../core/fold.ts'
import type { Received } from '../core/received.ts'
import type { StreamCounts } from '../core/tap.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import type { Listener } from './listener.ts'
import { type AgentStreamState, type AgentStreamStore, createStreamStore } from './store.ts'
import type { AgentStreamOptions } from './options.ts'

/** Folds batches, and publishes what they come to. */
export interface Publisher<State> {
  readonly store: AgentStreamStore<State>
  /** All that has been folded, published or not. */
  readonly folded: Folded<unknown>
  /** True for what has the shape of a folded state, as far as that is known. */
  readonly isState: (state: unknown) => boolean
  /** Folds some more, and says nothing of it yet. */
  fold(batch: readonly Received[]): void
  /** Publishes what was folded since the last time. */
  publish(connection: ConnectionStatus): void
}

/** Makes the store of a stream and its writer. */
export function createPublisher<State, Snapshot extends StreamCounts, Input>(
  options: AgentStreamOptions<State, Snapshot, Input>,
  listener: Listener,
): Publisher<State> {
  const { folding, view, isState } = modelOf(options)
  let folded = unfolded(folding)
  let published = folded
  let news: Outcome<unknown>[] = []
  const { messages, state } = view(folded.state)
  const store = createStreamStore(messages, state, listener.guard)

  return {
    store,
    isState,
    get folded() {
      return folded
    },
    fold(batch) {
      const outcome = foldBatch(folded, batch, folding)
      folded = outcome.folded
      news.push(outcome)
    },
    publish(connection) {
      const told = news
      news = []
      if (folded !== published || store.getState().connection !== connection) {
        published = folded
        const { run, cursor, gaps } = folded
        store.setState({ ...run, ...view(folded.state), connection, cursor, gaps }, true)
      }
      for (const { errors, gaps, over } of told) {
        errors.forEach(listener.error)
        gaps.forEach(listener.gap)
        over.forEach(listener.finish)
      }
    },
  }
}

// What others can write to, a page's storage, may hold anything.
function isChat(state: unknown): boolean {
  const { messages } = state as Partial<ChatState>
  return Array.isArray(messages) && messages.every(isMessage)
}

interface Model<State> {
  readonly folding: Folding<unknown>
  readonly isState: (state: unknown) => boolean
  readonly view: (state: unknown) => Pick<AgentStreamState<State>, 'messages' | 'state'>
}

// Chat is one model among others; which one it is, is decided once, here.
function modelOf<State, Snapshot extends StreamCounts, Input>(
  options: AgentStreamOptions<State, Snapshot, Input>,
): Model<State> {
  const { reduce, initialState, initialMessages = [] } = options
  const { gaps: maxGaps = DEFAULT_LIMITS.gaps } = options.limits ?? {}
  const { messageChars: maxChars = DEFAULT_LIMITS.messageChars } = options.limits ?? {}
  if (reduce === undefined) {
    let full: AgentStreamError[] = []
    const told = new Set<string>()
    const onFull = (id: string): void => {
      if (!told.has(id)) full.push(tooLong(id, maxChars))
      told.add(id)
    }
    const limits: ChatLimits = { maxChars, onFull }
    return {
      folding: {
        reduce: (chat, events) => reduceChat(chat as ChatState, events, limits),
        errors() {
          const said = full
          full = []
          return said
        },
        initial: initialChatState(initialMessages),
        mark: markChat as NonNullable<Folding<unknown>['mark']>,
        maxGaps,
      },
      isState: isChat,
      view: (chat) => ({ messages: (chat as ChatState).messages, state: undefined as State }),
    }
  }
  if (initialState === undefined) {
    throw new TypeError('expected `initialState` beside `reduce`, got none')
  }
  return {
    folding: { reduce: reduce as Reduce<unknown>, initial: initialState, maxGaps },
    isState: () => true,
    view: (state) => ({ messages: initialMessages, state: state as State }),
  }
}

function tooLong(id: string, maxChars: number): AgentStreamError {
  const words = `${id} came to ${maxChars} characters; what follows of it is left out`
  return new AgentStreamError('message-too-long', words)
}
