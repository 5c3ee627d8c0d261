'use client'
// The hook: one stream for the life of an identity, connected while mounted, also under StrictMode.
import { useEffect, useState } from 'react'
import { useStore } from 'zustand/react'
import type {
  AgentStream,
  AgentStreamOptions,
  AgentStreamState,
  StopOptions,
  StreamCounts,
} from '../index.ts'
import { holdStream, type StreamOrOptions } from './held-stream.ts'
import { useRenderTap } from './use-render-tap.ts'

/** What `useAgentStream` gives: the published state, the stream, and its verbs. */
export interface AgentStreamResult<
  State = undefined,
  Snapshot extends StreamCounts = StreamCounts,
  Input = unknown,
> extends AgentStreamState<State> {
  /** The same object for as long as the identity is the same. */
  readonly stream: AgentStream<State, Snapshot, Input>
  /** The stream's own `start`. */
  readonly start: AgentStream<State, Snapshot, Input>['start']
  /** The stream's own `stop`. May stand as a handler as it is: `onClick={stop}`. */
  readonly stop: { (options?: StopOptions): void; (event: object): void }
  /** The stream's own `reconnect`. */
  readonly reconnect: () => void
}

/**
 * Reads an agent's stream. With options, the stream belongs to the component: it connects on mount and
 * closes on unmount, and a new one is made only for a new `id` (default: what it reads, the url say); inline
 * options never reconnect, and what is called or asked for (callbacks, `start`, `token`, `headers`, `cancel`) is always
 * the latest. Two components with the same options read twice: to share, make a stream and give it to both. With a
 * stream, its life is the caller's.
 * @example
 * const { messages, status } = useAgentStream({ url: '/v1/streams/run-1/events' })
 */
export function useAgentStream<
  State = undefined,
  Snapshot extends StreamCounts = StreamCounts,
  Input = unknown,
>(options: AgentStreamOptions<State, Snapshot, Input>): AgentStreamResult<State, Snapshot, Input>
/** Shows a stream whose life is the caller's. */
export function useAgentStream<State, Snapshot extends StreamCounts, Input>(
  stream: AgentStream<State, Snapshot, Input>,
): AgentStreamResult<State, Snapshot, Input>
export function useAgentStream<State, Snapshot extends StreamCounts, Input>(
  source: StreamOrOptions<State, Snapshot, Input>,
): AgentStreamResult<State, Snapshot, Input> {
  const [first, setHeld] = useState(() => holdStream(source))
  const held = first.holds(source) ? first : holdStream(source)
  if (held !== first) setHeld(held)
  const { stream } = held

  useEffect(() => held.update(source))
  useEffect(() => held.mount(), [held])
  useRenderTap(stream)
  const state = useStore(stream.store)
  const { start, stop, reconnect } = stream
  return { ...state, stream, start, stop, reconnect }
}
