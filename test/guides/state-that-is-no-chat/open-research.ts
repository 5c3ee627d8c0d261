import { createAgentStream } from 'framewise'
import { nothing, reduceResearch } from './research.ts'

export const stream = createAgentStream({
  url: '/v1/streams/run-1/events',
  reduce: reduceResearch,
  initialState: nothing,
})

stream.store.subscribe(({ state, status }, before) => {
  if (state !== before.state) document.title = `${status}: ${state.sources.length} sources`
})
