// @vitest-environment jsdom
// The guide's chat over a relay: what is said, cut, refused, stopped and reloaded.
import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { mockAgentStream, type MockPlayOptions, textRun } from 'framewise/testing'
import { eventually, find, render } from '../testing/page.ts'
import { Chat } from './chat.tsx'
import type { Said } from './start-run.ts'

const relay = await mockAgentStream()
const said: Said[] = []
const stops: string[] = []
let refused = false
// Every test has runs and a chat of its own: a chat that is left saves itself a task later.
let runs = 0
let chat = ''

const server = setupServer(
  ...relay.handlers,
  http.post('*/api/runs', async ({ request }) => {
    if (refused) return new HttpResponse(null, { status: 503 })
    said.push((await request.json()) as Said)
    return HttpResponse.json({ runId: `run-${runs}` })
  }),
  http.post('*/api/runs/:run/stop', ({ params }) => {
    stops.push(String(params['run']))
    return new HttpResponse(null, { status: 202 })
  }),
)

beforeAll(() => server.listen())
beforeEach(() => {
  vi.useFakeTimers()
  chat = crypto.randomUUID()
})
afterEach(() => {
  vi.useRealTimers()
  relay.reset()
  said.length = 0
  refused = false
})
afterAll(() => server.close())

const shown = (): (string | null)[] =>
  [...document.querySelectorAll('[data-role]')].map(({ firstChild }) => firstChild?.nodeValue ?? '')

async function say(text: string): Promise<void> {
  const input = find('input') as HTMLInputElement
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(input, text)
  input.dispatchEvent(new Event('input', { bubbles: true }))
  const button = await eventually(() => find('form button:not([disabled])'))
  button.click()
}

/** What the next run will say. */
function answer(text: string, options: MockPlayOptions = {}): void {
  const runId = `run-${++runs}`
  void relay.play(runId, textRun(text, { runId, messageId: `answer-${runs}` }), options)
}

it('shows what is said at once, and answers run after run, also across a cut', async () => {
  render(<Chat chat={chat} history={[]} />)
  await eventually(() => find('form'))
  answer('It is 21 degrees in Oslo.', { rate: 50, cutAfter: [5] })
  await say('How warm is it?')
  await eventually(() => expect(shown()).toEqual(['How warm is it?']))
  await eventually(() => find('[data-status=finished]'))
  expect(shown()).toEqual(['How warm is it?', 'It is 21 degrees in Oslo.'])
  expect(relay.connections.map(({ after }) => after)).toEqual([null, 'M-5'])

  answer('Yes.')
  await say('Is that warm?')
  await eventually(() => expect(shown()).toHaveLength(4))
  expect(shown().slice(2)).toEqual(['Is that warm?', 'Yes.'])
  expect(said.map(({ chat, text }) => [chat, text])).toEqual([
    [chat, 'How warm is it?'],
    [chat, 'Is that warm?'],
  ])
})

it('keeps what could not be sent, and sends it again with the same id, in its place', async () => {
  refused = true
  render(<Chat chat={chat} history={[]} />)
  await eventually(() => find('form'))
  await say('Hello')
  const again = await eventually(() => find('[data-delivery=failed] button'))
  expect(find('[role=status]').textContent).toContain('The agent is not there (503).')
  refused = false
  answer('Hi.')
  again.click()
  await eventually(() => find('[data-status=finished]'))
  expect(shown()).toEqual(['Hello', 'Hi.'])
  expect(find('[data-role=user]').dataset['delivery']).toBe('sent')
})

it('stops reading, and asks the agent to end the run', async () => {
  render(<Chat chat={chat} history={[]} />)
  await eventually(() => find('form'))
  answer('A long answer that nobody waits for.', { rate: 5 })
  await say('Hello')
  await eventually(() => expect(shown()).toHaveLength(2))
  find('section > button').click()
  await eventually(() => find('[data-status=stopped]'))
  await eventually(() => expect(stops).toEqual([`run-${runs}`]))
})

it('goes on after a reload, where the run is read, with what was on the screen', async () => {
  const history = [{ id: 'old', role: 'user' as const, runId: null, parts: [], text: 'Earlier.' }]
  render(<Chat chat={chat} history={history} />)
  await eventually(() => find('form'))
  answer('One two three four.', { rate: 10 })
  await say('Count')
  await eventually(() => expect(shown()[2]).toContain('One two'))
  window.dispatchEvent(new Event('pagehide'))
  document.body.replaceChildren()
  render(<Chat chat={chat} history={history} />)
  await eventually(() => find('[data-status=finished]'))
  expect(shown()).toEqual(['Earlier.', 'Count', 'One two three four.'])
  expect(relay.connections.at(-1)?.after).toMatch(/^M-\d+$/)
})
