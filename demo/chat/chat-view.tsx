// The message view: the one component of the page that is measured. It reads the whole published state, as a
// first chat would, so that one publication is one render.
import type { AgentStream } from 'framewise'
import type { MeterSnapshot } from 'framewise/metrics'
import { useAgentStream } from 'framewise/react'
import { type ReactElement, useLayoutEffect } from 'react'
import { MessageView } from './message-view.tsx'
import type { TextView } from './text-view.ts'

/** A stream whose costs are known. */
export type MeteredStream = AgentStream<undefined, MeterSnapshot>

/** Props of {@link ChatView}. */
export interface ChatViewProps {
  readonly stream: MeteredStream
  readonly TextView: TextView
  /** Called once for every commit, when the DOM has changed and nothing is painted yet. */
  readonly onCommit: () => void
}

/** Shows a conversation. */
export function ChatView({ stream, TextView, onCommit }: ChatViewProps): ReactElement {
  const { messages } = useAgentStream(stream)
  // Without dependencies on purpose: every commit counts.
  useLayoutEffect(() => {
    onCommit()
  })
  return (
    <ol className="messages">
      {messages.map((message) => (
        <MessageView key={message.id} message={message} TextView={TextView} />
      ))}
    </ol>
  )
}
