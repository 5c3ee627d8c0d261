import { useAgentStream } from './use-agent-stream.ts'

interface ThreadProps {
  readonly thread: Parameters<typeof useAgentStream>[0]
}

export function Thread({ thread }: ThreadProps) {
  const { messages, status, connection, start, stop } = useAgentStream(thread)
  const running = status === 'submitted' || status === 'streaming'
  return (
    <section data-status={status}>
      {messages
        .filter(({ text }) => text !== '')
        .map(({ id, role, text }) => (
          <p key={id} data-role={role}>
            {text}
          </p>
        ))}
      {connection === 'reconnecting' && <i>Reconnecting…</i>}
      {running ? (
        <button onClick={() => stop({ cancelRun: true })}>Stop</button>
      ) : (
        <button onClick={() => void start('Go on', { optimistic: 'Go on' })}>Go on</button>
      )}
    </section>
  )
}
