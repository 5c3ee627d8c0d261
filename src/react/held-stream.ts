// What a component holds: a stream of the caller's, or one of its own with the latest callbacks.
import {
  type AgentStream,
  type AgentStreamOptions,
  createAgentStream,
  type StreamCounts,
} from '../index.ts'

/** What `useAgentStream` takes. */
export type StreamOrOptions<State, Snapshot extends StreamCounts> =
  | AgentStreamOptions<State, Snapshot>
  | AgentStream<State, Snapshot>

/** A stream and what its holder owes it. */
export interface HeldStream<State, Snapshot extends StreamCounts> {
  readonly stream: AgentStream<State, Snapshot>
  /** True while `source` stands for this very stream, though its other options may be new objects. */
  holds(source: StreamOrOptions<State, Snapshot>): boolean
  /** From now on the callbacks of `source` are called. */
  update(source: StreamOrOptions<State, Snapshot>): void
  /** Connects; returns what closes again. Does neither with a stream of the caller's. */
  mount(): () => void
}

/** Holds a stream; makes it, without any I/O, when it is given as options. */
export function holdStream<State, Snapshot extends StreamCounts>(
  source: StreamOrOptions<State, Snapshot>,
): HeldStream<State, Snapshot> {
  if ('store' in source) {
    return {
      stream: source,
      holds: (other) => other === source,
      update: () => {},
      mount: () => () => {},
    }
  }
  let latest = source
  let closing: ReturnType<typeof setTimeout> | undefined
  const stream = createAgentStream<State, Snapshot>({
    ...source,
    get onEvent() {
      return latest.onEvent
    },
    get onFlush() {
      return latest.onFlush
    },
    get onGap() {
      return latest.onGap
    },
    get onError() {
      return latest.onError
    },
    get onFinish() {
      return latest.onFinish
    },
  })
  return {
    stream,
    holds: (other) => !('store' in other) && identityOf(other) === identityOf(source),
    update(next) {
      if (!('store' in next)) latest = next
    },
    mount() {
      clearTimeout(closing)
      // Shown again after it was hidden (React's Activity): what somebody stopped stays so.
      if (stream.store.getState().status !== 'stopped') stream.connect()
      // StrictMode unmounts and mounts again at once: closing a task later keeps the one connection.
      return () => {
        closing = setTimeout(stream.close, 0)
      }
    },
  }
}

function identityOf<State, Snapshot extends StreamCounts>(
  options: AgentStreamOptions<State, Snapshot>,
): string | undefined {
  return options.id ?? options.url ?? options.transport?.name
}
