// @vitest-environment jsdom
// A gap is mended from the application's own record, and the stream goes on after that.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type ChatMessage, createAgentStream } from 'framewise'
import { useAgentStream } from 'framewise/react'
import { eventFrame, fakeTransport, relayFrame } from 'framewise/testing'
import { eventually, find, render } from '../testing/page.ts'
import type { History } from './history.ts'
import { useMended } from './use-mended.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const delta = (text: string, id: string) =>
  eventFrame({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'm1', delta: text }, id)

it('asks once for every gap, and shows what was lost', async () => {
  const transport = fakeTransport()
  const stream = createAgentStream({ transport })
  const whole: ChatMessage = {
    id: 'm1',
    role: 'assistant',
    runId: null,
    parts: [{ id: 'm1:0', type: 'text', text: 'One two', state: 'streaming' }],
    text: 'One two',
  }
  const history: History = { messages: [whole], cursor: 'c5' }
  const asked = vi.fn(async (_url: string) => Response.json(history))
  vi.stubGlobal('fetch', asked)
  function Page() {
    const { messages, gaps } = useAgentStream(stream)
    useMended(stream, 'c1')
    return <p data-gaps={gaps.length}>{messages.map(({ text }) => text)}</p>
  }
  render(<Page />)
  stream.connect()
  await eventually(() => expect(transport.connected).toBe(true))
  transport.send(relayFrame('gap', { reason: 'trimmed', from: null, to: 'c2' }), delta('wo', 'c2'))
  await eventually(() => expect(find('[data-gaps="0"]').textContent).toBe('One two'))
  await eventually(() => expect(transport.opened).toEqual([null, 'c5']))
  transport.send(delta(' three', 'c6'))
  await eventually(() => expect(find('p').textContent).toBe('One two three'))
  expect(asked.mock.calls).toEqual([['/api/chats/c1']])
  stream.close()
})
