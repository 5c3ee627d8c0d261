import type { StartContext } from 'framewise'
import { useAgentStream } from 'framewise/react'

async function startRun(text: string, { signal }: StartContext) {
  const response = await fetch('/api/runs', { method: 'POST', body: text, signal })
  if (!response.ok) return response // told as `send-failed`, with its status
  const { runId } = (await response.json()) as { runId: string }
  return { url: `/v1/streams/${runId}/events`, runId } // or `response`, if it is the run itself
}

export function Ask({ chat }: { chat: string }) {
  const { messages, status, start } = useAgentStream({
    id: chat,
    start: startRun,
    resume: { key: chat }, // a reload goes on in the middle of a word
  })
  const busy = status === 'submitted' || status === 'streaming'
  const ask = (text: string) => start(text, { optimistic: { id: crypto.randomUUID(), text } })
  return (
    <section aria-busy={busy}>
      {messages.map(({ id, text, delivery }) => (
        <p key={id} data-delivery={delivery}>
          {text}
        </p>
      ))}
      <button disabled={busy} onClick={() => ask('How warm is it in Oslo?')}>
        How warm is it in Oslo?
      </button>
    </section>
  )
}
