'use client'
// Parts of a stream's state: a component re-renders only when what it selects changes.
import { useRef } from 'react'
import { useStore } from 'zustand/react'
import type { AgentStream, AgentStreamState, ChatMessage, StreamCounts } from '../index.ts'
import { useRenderTap } from './use-render-tap.ts'

/**
 * Selects from the published state.
 * @param isEqual tells that two selections are the same. @default Object.is
 * @example const status = useStreamState(stream, (state) => state.status)
 */
export function useStreamState<State, Snapshot extends StreamCounts, Selected>(
  stream: AgentStream<State, Snapshot>,
  selector: (state: AgentStreamState<State>) => Selected,
  isEqual: (a: Selected, b: Selected) => boolean = Object.is,
): Selected {
  const last = useRef<Selection<AgentStreamState<State>, Selected> | null>(null)
  useRenderTap(stream)
  return useStore(stream.store, (state) => {
    const before = last.current
    // React asks several times per render; a selector that makes a new object every time must not make it loop.
    if (before?.state === state && before.selector === selector) return before.selected
    const fresh = selector(state)
    const selected = before !== null && isEqual(before.selected, fresh) ? before.selected : fresh
    last.current = { state, selector, selected }
    return selected
  })
}

interface Selection<State, Selected> {
  readonly state: State
  readonly selector: (state: State) => Selected
  readonly selected: Selected
}

/**
 * One message, the same object until that message changes; undefined while there is none of this id.
 * @example const message = useMessage(stream, id)
 */
export function useMessage<State, Snapshot extends StreamCounts>(
  stream: AgentStream<State, Snapshot>,
  id: string,
): ChatMessage | undefined {
  const place = useRef(-1)
  return useStreamState(stream, ({ messages }) => {
    // Messages seldom move: with a thousand of them shown, nobody looks through them all at every flush.
    if (messages[place.current]?.id !== id) {
      place.current = messages.findLastIndex((one) => one.id === id)
    }
    return messages[place.current]
  })
}
