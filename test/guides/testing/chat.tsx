import type { ReactNode } from 'react'
import { useAgentStream } from 'framewise/react'

export function Chat({ run }: { run: string }): ReactNode {
  const { messages, status, connection, error, stop } = useAgentStream({
    url: `/v1/streams/${run}/events`,
  })
  const stopRun = (): void => {
    stop()
    void fetch(`/v1/streams/${run}/stop`, { method: 'POST' })
  }
  return (
    <section data-status={status}>
      <article>{messages.map(({ text }) => text)}</article>
      {connection === 'reconnecting' && <p role="status">Reconnecting…</p>}
      {error && <p role="alert">{error.message}</p>}
      {status === 'streaming' && <button onClick={stopRun}>Stop</button>}
    </section>
  )
}
