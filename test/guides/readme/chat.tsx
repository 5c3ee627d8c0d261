import { useAgentStream } from 'framewise/react'

export function Chat({ run }: { run: string }) {
  const { messages, status, connection, error, stop } = useAgentStream({
    url: `/v1/streams/${run}/events`,
  })
  return (
    <section aria-busy={status === 'streaming'}>
      {messages.map(({ id, role, text }) => (
        <p key={id} data-role={role}>
          {text}
        </p>
      ))}
      {connection === 'reconnecting' && <p role="status">Reconnecting…</p>}
      {error && <p role="alert">{error.message}</p>}
      {status === 'streaming' && <button onClick={stop}>Stop</button>}
    </section>
  )
}
