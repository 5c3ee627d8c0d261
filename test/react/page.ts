// A root on a page for every test of a file that imports this, and what such tests wait for.
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, vi } from 'vitest'
import type { FakeTransport } from 'framewise/testing'

/** Of the test that runs. */
export let root: Root
/** Where it renders. */
export let element: HTMLElement

beforeEach(() => {
  element = document.body.appendChild(document.createElement('div'))
  root = createRoot(element)
})
afterEach(() => {
  root.unmount()
  element.remove()
})

export const delta = (text: string, messageId = 'm1'): object => ({
  type: 'TEXT_MESSAGE_CONTENT',
  messageId,
  delta: text,
})
export const finished = { type: 'RUN_FINISHED', threadId: 't', runId: 'r' }

// A busy machine may take its time.
const PATIENCE_MS = 5000

/** Resolves once the page shows this text. */
export const shows = (text: string): Promise<void> =>
  vi.waitFor(() => expect(element.textContent).toBe(text), PATIENCE_MS)

/** Resolves once somebody reads the transport. */
export const connected = (transport: FakeTransport): Promise<void> =>
  vi.waitFor(() => expect(transport.connected).toBe(true), PATIENCE_MS)

/** React cleans up after the commit: resolves once no fake timer is left, or after 100 frames. */
export async function cleanedUp(): Promise<void> {
  for (let n = 0; n < 100 && vi.getTimerCount() > 0; n++) await new Promise(requestAnimationFrame)
}
