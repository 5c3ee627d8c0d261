import type { StreamSource } from 'framewise'
import { useAgentStream } from 'framewise/react'
import { nothing, reduceResearch } from './research.ts'

export function ResearchPanel({ source }: { source: StreamSource }) {
  const { state, status, stream } = useAgentStream({
    ...source,
    reduce: reduceResearch,
    initialState: nothing,
  })
  return (
    <section aria-busy={status === 'streaming'}>
      <h2>{state.step ?? status}</h2>
      <ol>
        {state.sources.map(({ url, title }) => (
          <li key={url}>{title}</li>
        ))}
      </ol>
      <p>{state.chars} characters written</p>
      {status === 'streaming' && <button onClick={() => stream.stop()}>Stop</button>}
    </section>
  )
}
