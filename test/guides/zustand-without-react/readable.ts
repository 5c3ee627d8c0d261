import type { AgentStream, AgentStreamState } from 'framewise'

/** A stream as Svelte reads stores: subscribers are called at once with what there is. */
export function readable<State>({ store }: AgentStream<State>) {
  return {
    subscribe(run: (state: AgentStreamState<State>) => void): () => void {
      run(store.getState())
      return store.subscribe(run)
    },
  }
}
