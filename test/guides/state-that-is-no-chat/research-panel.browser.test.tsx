// The guide's component and its plain subscription, in a real page.
import { createRoot } from 'react-dom/client'
import { expect, it, vi } from 'vitest'
import { fakeTransport } from 'framewise/testing'
import { stream } from './open-research.ts'
import { ResearchPanel } from './research-panel.tsx'

it('shows the state of a run as it grows', async () => {
  const transport = fakeTransport()
  const element = document.body.appendChild(document.createElement('div'))
  const root = createRoot(element)
  root.render(<ResearchPanel source={{ transport }} />)
  await vi.waitFor(() => expect(transport.connected).toBe(true))
  transport.send(
    { type: 'STEP_STARTED', stepName: 'search' },
    { type: 'CUSTOM', name: 'source', value: { url: 'https://example.com', title: 'Example' } },
    { type: 'TEXT_MESSAGE_CONTENT', messageId: 'm1', delta: 'Hello' },
  )
  await vi.waitFor(() => expect(element.textContent).toBe('searchExample5 characters writtenStop'))
  element.querySelector('button')?.click()
  await vi.waitFor(() => expect(element.querySelector('button')).toBe(null))
  await vi.waitFor(() => expect(transport.connected).toBe(false))
  root.unmount()
  element.remove()
})

it('needs no connection to have a state', () => {
  expect(stream.store.getState()).toMatchObject({ status: 'idle', state: { sources: [] } })
})
