// One connection under StrictMode, counted where it counts: at a real server.
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { expect, inject, it, vi } from 'vitest'
import { useAgentStream } from 'framewise/react'

const server = inject('cutServer')

function Chat({ run }: { readonly run: string }) {
  const { messages, status } = useAgentStream({ url: `${server}/v1/streams/${run}/events` })
  return <p data-status={status}>{messages.map(({ text }) => text).join('')}</p>
}

it('makes exactly one request for a mounted component', async () => {
  const run = 'strict-mode'
  const payloads = [
    { type: 'TEXT_MESSAGE_CONTENT', messageId: 'm', delta: 'Hello' },
    { type: 'RUN_FINISHED' },
  ].map((event) => JSON.stringify(event))
  await fetch(`${server}/runs/${run}`, { method: 'PUT', body: JSON.stringify(payloads) })
  const container = document.createElement('div')
  const root = createRoot(container)
  root.render(
    <StrictMode>
      <Chat run={run} />
    </StrictMode>,
  )
  await vi.waitFor(() => {
    expect(container.querySelector('p')?.dataset['status']).toBe('finished')
  })
  expect(container.textContent).toBe('Hello')
  root.unmount()
  const requests = (await (await fetch(`${server}/requests/${run}`)).json()) as readonly string[]
  expect(requests).toEqual([`/v1/streams/${run}/events`])
})
