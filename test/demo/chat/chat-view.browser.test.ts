import { createAgentStream, fromAsyncIterable } from 'framewise'
import { createMeter } from 'framewise/metrics'
import { scenario, textOf } from 'framewise/testing'
import { createElement } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ChatView, type MeteredStream } from '../../../demo/chat/chat-view.tsx'
import { settled } from '../../../demo/feed/metered-stream.ts'
import { PlainText } from '../../../demo/chat/plain-text.tsx'

let host: HTMLElement
let root: Root

beforeEach(() => {
  host = document.createElement('div')
  document.body.append(host)
  root = createRoot(host)
})

afterEach(() => {
  root.unmount()
  host.remove()
})

const events = scenario({ events: 120, chunk: 4 })

async function* payloads(): AsyncGenerator<string> {
  for (const event of events) yield JSON.stringify(event)
}

const show = (
  schedule: 'immediate' | 'adaptive',
): { stream: MeteredStream; commits: () => number } => {
  const stream = createAgentStream({
    transport: fromAsyncIterable(payloads()),
    schedule,
    metrics: createMeter,
  })
  let commits = 0
  root.render(createElement(ChatView, { stream, TextView: PlainText, onCommit: () => commits++ }))
  return { stream, commits: () => commits }
}

describe('ChatView', () => {
  it('commits once for every event under immediate, and counts as the meter does', async () => {
    const { stream, commits } = show('immediate')
    await vi.waitFor(() => expect(commits()).toBe(1))
    stream.connect()
    await settled(stream)
    expect(commits()).toBeGreaterThanOrEqual(events.length)
    // Commits between two publications are one to the meter: here that of mounting, and what the connection changed.
    const { renders } = stream.metrics.snapshot()
    expect(renders).toBeGreaterThanOrEqual(events.length)
    expect(renders).toBeLessThanOrEqual(commits())
  })

  it('shows all assistant text, and apart from it reasoning and tools', async () => {
    const { stream, commits } = show('adaptive')
    await vi.waitFor(() => expect(commits()).toBe(1))
    stream.connect()
    await settled(stream)
    const texts = [...host.querySelectorAll('[data-role=assistant] .text')]
    expect(texts.map(({ textContent }) => textContent).join('')).toBe(textOf(events))
    const labels = [...host.querySelectorAll('.aside-label')].map(({ textContent }) => textContent)
    expect(labels).toEqual(['Reasoning', 'Calls web_search', 'Result', 'Calls run_tests', 'Result'])
  })
})
