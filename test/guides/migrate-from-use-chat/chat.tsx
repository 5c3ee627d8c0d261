import type { UIMessage } from 'ai'
import { aiSdk } from 'framewise/protocols'
import { useAgentStream } from 'framewise/react'
import { ask } from './ask.ts'
import { Part } from './part.tsx'
import { fromUiMessage, toUiMessage } from './ui-messages.ts'

interface ChatProps {
  readonly id: string
  readonly history: readonly UIMessage[]
}

export function Chat({ id, history }: ChatProps) {
  const { messages, status, error, start, stop } = useAgentStream({
    id,
    url: `/api/chat/${id}/stream`, // resume: true
    protocol: aiSdk(),
    start: ask, // api: '/api/chat'
    initialMessages: history.map(fromUiMessage), // messages: history
    schedule: { throttle: 50 }, // throttle: 50; better: leave it out
  })
  const busy = status === 'submitted' || status === 'streaming'
  const send = (text: string): void => {
    const said: UIMessage = {
      id: crypto.randomUUID(),
      role: 'user',
      parts: [{ type: 'text', text }],
    }
    const question = [...messages.map(toUiMessage), said]
    void start(
      { id, messages: question, trigger: 'submit-message' },
      { optimistic: fromUiMessage(said) },
    )
  }
  return (
    <section data-status={status}>
      {messages.map((message) => (
        <article key={message.id} data-role={message.role}>
          {message.parts.map((part) => (
            <Part key={part.id} part={part} />
          ))}
        </article>
      ))}
      {error && <p role="alert">{error.message}</p>}
      <button disabled={busy} onClick={() => send('And in Bergen?')}>
        And in Bergen?
      </button>
      {busy && <button onClick={stop}>Stop</button>}
    </section>
  )
}
