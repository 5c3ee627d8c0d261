// A page that is rendered on a server and taken over by a browser.
import { fakeTransport, type FakeTransport } from 'framewise/testing'
import { StreamText, useAgentStream } from 'framewise/react'
import type { ChatMessage } from 'framewise'
import type { ReactElement } from 'react'

/** Where the page's stream comes from. */
export const pageTransport: FakeTransport = fakeTransport()

const text = 'Hi.\n\nHow are you?\n'
const initialMessages: readonly ChatMessage[] = [
  {
    id: 'm0',
    role: 'user',
    runId: null,
    text,
    parts: [{ id: 'm0:0', type: 'text', text, state: 'done' }],
  },
]

/** Shows the status and every text. */
export function Page(): ReactElement {
  const { messages, status } = useAgentStream({
    id: 'page',
    transport: pageTransport,
    initialMessages,
  })
  return (
    <main>
      <i>{status}</i>
      {messages.flatMap(({ parts }) =>
        parts.map((part) => part.type === 'text' && <StreamText key={part.id} part={part} />),
      )}
    </main>
  )
}
