'use client'
// The hook: one stream for the life of an identity, connected while mounted, also under StrictMode.
import { useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand/react'
import {
  type AgentStream,
  type AgentStreamOptions,
  type AgentStreamState,
  createAgentStream,
  type StreamCounts,
} from '../index.ts'
import { useRenderTap } from './use-render-tap.ts'

/** What `useAgentStream` gives: the published state, the stream, and its verbs. */
export interface AgentStreamResult<
  State = undefined,
  Snapshot extends StreamCounts = StreamCounts,
> extends AgentStreamState<State> {
  readonly stream: AgentStream<State, Snapshot>
  readonly stop: () => void
  readonly reconnect: () => void
}

/**
 * Reads an agent's stream. With options, the stream belongs to the component: it connects on mount and
 * closes on unmount, and a new one is made only for a new `id` (default: the url); inline options never
 * reconnect, and callbacks are always the latest ones. With a stream, its life is the caller's.
 * @example
 * const { messages, status } = useAgentStream({ url: '/v1/streams/run-1/events' })
 */
export function useAgentStream<State = undefined, Snapshot extends StreamCounts = StreamCounts>(
  source: AgentStreamOptions<State, Snapshot> | AgentStream<State, Snapshot>,
): AgentStreamResult<State, Snapshot> {
  const stream = useStream(source)
  const state = useStore(stream.store)
  useRenderTap(stream)
  return { ...state, stream, stop: stream.stop, reconnect: stream.reconnect }
}

function useStream<State, Snapshot extends StreamCounts>(
  source: AgentStreamOptions<State, Snapshot> | AgentStream<State, Snapshot>,
): AgentStream<State, Snapshot> {
  const owned = 'store' in source ? null : source
  const latest = useRef(owned)
  useEffect(() => {
    latest.current = owned
  })
  // Made in render, but without any I/O: a render that is thrown away leaves nothing behind.
  const make = (): Held<State, Snapshot> => ({
    identity: identityOf(source),
    stream: 'store' in source ? source : createAgentStream(withLatest(source, latest)),
  })
  const [held, setHeld] = useState(make)
  const current = held.identity === identityOf(source) ? held : make()
  if (current !== held) setHeld(current)
  const { stream } = current
  const isOwned = owned !== null
  useEffect(() => (isOwned ? connectWhileMounted(stream) : undefined), [stream, isOwned])
  return stream
}

interface Held<State, Snapshot extends StreamCounts> {
  readonly identity: unknown
  readonly stream: AgentStream<State, Snapshot>
}

// Everything else in the options may be new on every render.
function identityOf<State, Snapshot extends StreamCounts>(
  source: AgentStreamOptions<State, Snapshot> | AgentStream<State, Snapshot>,
): unknown {
  if ('store' in source) return source
  return source.id ?? source.url ?? source.transport?.name
}

// StrictMode unmounts and mounts again in one task: closing one task later makes that a single connection.
const closing = new WeakMap<object, () => void>()

function connectWhileMounted(stream: Pick<AgentStream, 'connect' | 'close'>): () => void {
  closing.get(stream)?.()
  closing.delete(stream)
  stream.connect()
  return () => {
    const timer = setTimeout(() => stream.close(), 0)
    closing.set(stream, () => clearTimeout(timer))
  }
}

function withLatest<State, Snapshot extends StreamCounts>(
  options: AgentStreamOptions<State, Snapshot>,
  latest: { readonly current: AgentStreamOptions<State, Snapshot> | null },
): AgentStreamOptions<State, Snapshot> {
  return {
    ...options,
    onEvent: (received) => latest.current?.onEvent?.(received),
    onFlush: (flush) => latest.current?.onFlush?.(flush),
    onGap: (gap) => latest.current?.onGap?.(gap),
    onError: (error) => latest.current?.onError?.(error),
    onFinish: (run) => latest.current?.onFinish?.(run),
  }
}
