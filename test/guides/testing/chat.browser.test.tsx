import { setupWorker } from 'msw/browser'
import { createRoot } from 'react-dom/client'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { mockAgentStream, scenario, textOf } from 'framewise/testing'
import { Chat } from './chat.tsx'

const relay = await mockAgentStream()
const worker = setupWorker(...relay.handlers)

beforeAll(() => worker.start({ quiet: true }))
afterEach(() => relay.reset())
afterAll(() => worker.stop())

it('shows a run in a real browser, across a cut', async () => {
  const run = scenario({ events: 200 })
  void relay.play('run-1', run, { rate: 400, cutAfter: [100] })
  const root = createRoot(document.body)
  root.render(<Chat run="run-1" />)
  await expect
    .poll(() => document.querySelector('[data-status=finished] article')?.textContent, {
      timeout: 10_000,
    })
    .toBe(textOf(run))
  expect(relay.connections.map(({ after }) => after)).toEqual([null, 'M-100'])
  root.unmount()
})
