import type { AgentStreamState, AgentStreamStore } from 'framewise'

/** Shows what `select` picks, now and whenever that changes; returns what ends it. */
export function watch<State, Picked>(
  store: AgentStreamStore<State>,
  select: (state: AgentStreamState<State>) => Picked,
  show: (picked: Picked) => void,
): () => void {
  show(select(store.getState()))
  return store.subscribe((state, before) => {
    const picked = select(state)
    if (!Object.is(picked, select(before))) show(picked)
  })
}
