import { hydrateRoot } from 'react-dom/client'
import { expect, it, onTestFinished, vi } from 'vitest'
import { Page, pageTransport } from './server-page.tsx'
import type { ServerReply } from './server-worker.tsx'

function renderOnServer(): Promise<ServerReply> {
  const server = new Worker(new URL('./server-worker.tsx', import.meta.url), { type: 'module' })
  onTestFinished(() => server.terminate())
  return new Promise((resolve, reject) => {
    server.onmessage = ({ data }: MessageEvent<ServerReply>) => resolve(data)
    server.onerror = ({ message }) => reject(new Error(message))
  })
}

it('renders the idle state with its messages on a server, without a warning', async () => {
  const { html, complaints, connections } = await renderOnServer()
  expect(complaints).toEqual([])
  expect(connections).toBe(0)
  expect(html).toContain('<i>idle</i>')
  expect(html).toContain('Hi.\n\nHow are you?\n')
})

it('goes on in the browser with what the server rendered', async () => {
  const { html } = await renderOnServer()
  const host = document.body.appendChild(document.createElement('div'))
  host.innerHTML = html
  const complaints = vi.spyOn(console, 'error')
  const [shown] = host.querySelectorAll('main')
  const recovered = vi.fn()
  const root = hydrateRoot(host, <Page />, { onRecoverableError: recovered })
  onTestFinished(() => {
    root.unmount()
    host.remove()
    complaints.mockRestore()
  })
  await vi.waitFor(() => expect(pageTransport.connected).toBe(true))
  pageTransport.send({ type: 'TEXT_MESSAGE_CONTENT', messageId: 'm1', delta: 'Fine.' })
  await vi.waitFor(() => expect(host.textContent).toBe('streamingHi.\n\nHow are you?\nFine.'))
  expect(host.querySelector('main')).toBe(shown)
  expect(complaints).not.toHaveBeenCalled()
  expect(recovered).not.toHaveBeenCalled()
})
