// @vitest-environment jsdom
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { scenario, textOf } from 'framewise/testing'
import { Chat } from './chat.tsx'
import { eventually, find, render } from './page.ts'
import { relay } from './relay.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

const run = scenario({ events: 200 })

it('shows the whole text though the connection breaks twice', async () => {
  void relay.play('run-1', run, { rate: 100, cutAfter: [40, 120] })
  render(<Chat run="run-1" />)
  await eventually(() => find('[role=status]'))
  await eventually(() => find('[data-status=finished]'))
  expect(find('article').textContent).toBe(textOf(run))
  expect(relay.connections.map(({ after }) => after)).toEqual([null, 'M-40', 'M-120'])
})

it('says why a run cannot be read', async () => {
  relay.refuse('run-1', { status: 404 })
  render(<Chat run="run-1" />)
  const alert = await eventually(() => find('[role=alert]'))
  expect(alert.textContent).toContain('got 404')
})

it('waits for a relay that is too busy', async () => {
  void relay.play('run-1', run)
  relay.refuse('run-1', { status: 503, times: 2 })
  render(<Chat run="run-1" />)
  await eventually(() => find('[data-status=finished]'))
  expect(relay.connections.map(({ status }) => status)).toEqual([503, 503, 200])
})

it('stops a run', async () => {
  void relay.play('run-1', run, { rate: 20 })
  render(<Chat run="run-1" />)
  const button = await eventually(() => find('button'))
  button.click()
  await eventually(() => find('[data-status=stopped]'))
  await eventually(() => expect(relay.stops).toMatchObject([{ stream: 'run-1' }]))
  await eventually(() => expect(relay.connections).toMatchObject([{ open: false }]))
})

it('does not take half an answer for a whole one', async () => {
  const half = run.slice(0, 50)
  void relay.play('run-1', half, { end: 'truncated' })
  render(<Chat run="run-1" />)
  await eventually(() => find('[data-status=truncated]'))
  expect(find('article').textContent).toBe(textOf(half))
})
