import type { AgentStream } from 'framewise'
import { createStore } from 'zustand/vanilla'
import { watch } from './watch.ts'

export const app = createStore(() => ({ agentIsBusy: false }))

/** Keeps the application's own store informed; returns what ends it. */
export function followAgent(stream: AgentStream): () => void {
  return watch(
    stream.store,
    ({ status }) => status === 'submitted' || status === 'streaming',
    (agentIsBusy) => app.setState({ agentIsBusy }),
  )
}
