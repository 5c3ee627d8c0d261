// @vitest-environment jsdom
// What the README shows first works as it stands there.
import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { mockAgentStream, sunaRows, textRun, writeSunaRow } from 'framewise/testing'
import { eventually, find, render } from '../testing/page.ts'
import { Ask } from './ask.tsx'
import { Chat } from './chat.tsx'
import { Inspector } from './inspector.tsx'
import { twice } from './text.tsx'

const relay = await mockAgentStream()
let status = 200
const server = setupServer(
  ...relay.handlers,
  http.post('*/api/runs', () => HttpResponse.json({ runId: 'run-1' }, { status })),
)

beforeAll(() => server.listen())
beforeEach(() => vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  relay.reset()
  status = 200
})
afterAll(() => server.close())

const shown = (): (string | null)[] =>
  [...document.querySelectorAll('p')].map(({ textContent }) => textContent)

it('shows a run, and stops it', async () => {
  void relay.play('run-1', textRun('It is 21 degrees.'), { rate: 2 })
  render(<Chat run="run-1" />)
  const stop = await eventually(() => find('button'))
  await eventually(() => expect(shown()[0]).toMatch(/^It/))
  stop.click()
  await eventually(() => expect(find('section').ariaBusy).toBe('false'))
})

it('starts a run, and says what was asked', async () => {
  void relay.play('run-1', textRun('It is 21 degrees.'))
  render(<Ask chat="c1" />)
  const button = await eventually(() => find('button'))
  button.click()
  await eventually(() => expect(shown()).toEqual([button.textContent, 'It is 21 degrees.']))
})

it('marks a question that was refused', async () => {
  status = 429
  render(<Ask chat="c2" />)
  const button = await eventually(() => find('button'))
  button.click()
  await eventually(() => find('[data-delivery=failed]'))
})

it('opens a panel over the page', async () => {
  render(<Inspector />)
  const panel = await eventually(() => find('framewise-inspector'))
  expect(panel.shadowRoot?.textContent).toContain('/v1/streams/run-1/events')
})

it('renders one part as text and as Markdown', async () => {
  const part = { id: 'm1:0', type: 'text', text: 'It is **21** degrees.', state: 'done' } as const
  render(<section>{twice(part)}</section>)
  const bold = await eventually(() => find('section [data-streamdown="strong"]'))
  expect(bold.textContent).toBe('21')
  expect(find('section').textContent).toContain('**21**')
})

it('reads a run into a store, and batches any source', async () => {
  const rows = sunaRows(textRun('It is 21 degrees.'), { layout: 'suna-list' })
  void relay.play(
    'run-2',
    rows.map((row) => writeSunaRow(row, 0)),
  )
  const draw = vi.fn()
  const append = vi.fn()
  async function* words(): AsyncGenerator<string> {
    yield* ['one', 'two']
  }
  for (const [name, value] of Object.entries({ run: 'run-2', draw, append })) {
    vi.stubGlobal(name, value)
  }
  vi.stubGlobal('anyAsyncIterable', words())
  void import('./store.ts')
  // The file is loaded in real time, however faked the other is.
  await vi.waitFor(() => expect(relay.connections).not.toEqual([]), 10_000)
  await eventually(() =>
    expect(draw).toHaveBeenLastCalledWith(
      [expect.objectContaining({ text: 'It is 21 degrees.' })],
      'finished',
    ),
  )
  await eventually(() => expect(append.mock.calls.flat(2)).toEqual(['one', 'two']))
  vi.unstubAllGlobals()
})
