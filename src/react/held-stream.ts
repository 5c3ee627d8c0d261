// What a component holds: a stream of the caller's, or one of its own with the latest options.
import {
  type AgentStream,
  type AgentStreamOptions,
  createAgentStream,
  type StreamCounts,
} from '../index.ts'

/** What `useAgentStream` takes. */
export type StreamOrOptions<State, Snapshot extends StreamCounts, Input> =
  | AgentStreamOptions<State, Snapshot, Input>
  | AgentStream<State, Snapshot, Input>

/** A stream and what its holder owes it. */
export interface HeldStream<State, Snapshot extends StreamCounts, Input> {
  readonly stream: AgentStream<State, Snapshot, Input>
  /** True while `source` stands for this very stream, though its other options may be new objects. */
  holds(source: StreamOrOptions<State, Snapshot, Input>): boolean
  /** From now on what `source` names is called and asked for. */
  update(source: StreamOrOptions<State, Snapshot, Input>): void
  /** Connects; returns what closes again. Does neither with a stream of the caller's. */
  mount(): () => void
}

/** Holds a stream; makes it, without any I/O, when it is given as options. */
export function holdStream<State, Snapshot extends StreamCounts, Input>(
  source: StreamOrOptions<State, Snapshot, Input>,
): HeldStream<State, Snapshot, Input> {
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
  // What a stream is made of is read once; what it calls or asks for (callbacks, `start`, `token`) is looked up each time.
  // The target is empty: of a frozen one a proxy may give nothing but what it holds.
  const options = new Proxy({} as typeof source, {
    get: (_made, name) => Reflect.get(latest, name) as unknown,
  })
  const stream = createAgentStream<State, Snapshot, Input>(options)
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

function identityOf<State, Snapshot extends StreamCounts, Input>(
  options: AgentStreamOptions<State, Snapshot, Input>,
): string | undefined {
  return options.id ?? options.url ?? options.transport?.name
}
