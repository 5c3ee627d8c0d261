import type { ChatMessage } from 'framewise'
import { useAgentStream } from 'framewise/react'
import { Composer } from './composer.tsx'
import { noticeOf } from './notice.ts'
import { cancelRun, startRun } from './start-run.ts'

interface ChatProps {
  readonly chat: string
  readonly history: readonly ChatMessage[]
}

export function Chat({ chat, history }: ChatProps) {
  const { messages, status, connection, error, start, stop } = useAgentStream({
    id: chat,
    start: startRun,
    cancel: cancelRun,
    initialMessages: history,
    resume: { key: chat },
  })
  const busy = status === 'submitted' || status === 'streaming'
  const notice = noticeOf({ status, connection, error })
  const say = (text: string, id: string = crypto.randomUUID()): void => {
    void start({ chat, id, text }, { optimistic: { id, text } })
  }
  return (
    <section aria-busy={busy} data-status={status}>
      {messages.map(({ id, role, text, delivery }) => (
        <p key={id} data-role={role} data-delivery={delivery}>
          {text}
          {delivery === 'failed' && !busy && (
            <button onClick={() => say(text, id)}>Send again</button>
          )}
        </p>
      ))}
      {notice !== null && <p role="status">{notice}</p>}
      <Composer disabled={busy} onSay={say} />
      {busy && <button onClick={() => stop({ cancelRun: true })}>Stop</button>}
    </section>
  )
}
