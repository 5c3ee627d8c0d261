// One message; the stream keeps its identity until it changes, so memo is all that is needed.
import type { ChatMessage } from 'framewise'
import { memo, type ReactElement } from 'react'
import { PartView } from './part-view.tsx'
import type { TextView } from './text-view.ts'

/** Props of {@link MessageView}. */
export interface MessageViewProps {
  readonly message: ChatMessage
  readonly TextView: TextView
}

/** Shows a message with all its parts. */
export const MessageView = memo(function MessageView({
  message,
  TextView,
}: MessageViewProps): ReactElement {
  return (
    <li className="message" data-role={message.role}>
      {message.parts.map((part) => (
        <PartView key={part.id} part={part} TextView={TextView} />
      ))}
    </li>
  )
})
