// The smallest chat there is: every part of every message by StreamText.
import type { AgentStream } from 'framewise'
import { StreamText, useMessage, useStreamState } from 'framewise/react'
import { memo, type ReactElement } from 'react'
import { Streamdown } from 'streamdown'

/** How a text is shown. */
export type Look = 'plain' | 'markdown'

const renderBlock = (markdown: string): ReactElement => (
  <Streamdown controls={false} components={{ code: 'code', pre: 'pre', table: 'table' }}>
    {markdown}
  </Streamdown>
)

/** Shows a conversation. */
export function Chat({
  stream,
  look,
}: {
  readonly stream: AgentStream
  readonly look: Look
}): ReactElement {
  const ids = useStreamState(
    stream,
    ({ messages }) => messages.map(({ id }) => id),
    (one, other) => one.join() === other.join(),
  )
  return (
    <>
      {ids.map((id) => (
        <Message key={id} id={id} stream={stream} look={look} />
      ))}
    </>
  )
}

const Message = memo(function Message({
  stream,
  id,
  look,
}: {
  readonly stream: AgentStream
  readonly id: string
  readonly look: Look
}): ReactElement {
  const message = useMessage(stream, id)
  return (
    <div>
      {message?.parts.map((part) =>
        part.type === 'text' || part.type === 'reasoning' ? (
          <StreamText
            key={part.id}
            className={look}
            part={part}
            renderBlock={look === 'markdown' ? renderBlock : undefined}
          />
        ) : null,
      )}
    </div>
  )
})
