// @vitest-environment jsdom
// The new hook against all that Suna's runs are read from: the relay, and its own endpoint in both formats.
import { http, HttpResponse } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  mockAgentStream,
  type SunaLayout,
  sunaRows,
  textRun,
  writeSunaRow,
} from 'framewise/testing'
import { eventually, find, render } from '../testing/page.ts'
import { type Endpoint, ownList, ownStream, relay } from './endpoints.ts'
import { messagesOf } from './history.ts'
import { hear } from './on-event.ts'
import { Thread } from './thread.tsx'

const TEXT = 'Vou abrir o “site” 漢字 now.'
const AT = Date.UTC(2025, 6, 29)

const lines = (layout: SunaLayout, runId: string): string[] =>
  sunaRows(textRun(TEXT, { chunk: 2 }), { layout, runId }).map((row) => writeSunaRow(row, AT))

let layout: SunaLayout = 'suna-list'
const asked: { readonly path: string; readonly token: string | null }[] = []
const connections: string[] = []
const noted = (request: Request): string => {
  const { pathname, search } = new URL(request.url)
  asked.push({ path: pathname + search, token: request.headers.get('authorization') })
  return pathname
}

/** Suna's own endpoint: breaks its first connection in the middle. */
function ownBody(run: string, lastId: string | null): ReadableStream<Uint8Array> {
  const rows = lines(layout, run).map((line, index) =>
    layout === 'suna-list' ? line : `${line.slice(0, -1)}, "_event_id": "${1000 + index}-0"}`,
  )
  const from = lastId === null ? 0 : Number(lastId.split('-')[0]) - 999
  const first = connections.push(run) === 1
  const frames = rows.slice(from, first ? 6 : undefined).map((row) => `data: ${row}\n\n`)
  return new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode(frames.join(''))),
    // Later, so that what was sent has arrived: an error takes back what waits.
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, 50))
      if (first) controller.error(new Error('cut'))
      else controller.close()
    },
  })
}

const mock = await mockAgentStream()
const server = setupServer(
  ...mock.handlers,
  http.post('*/api/thread/:thread/agent/start', ({ request }) => {
    noted(request)
    return HttpResponse.json({ agent_run_id: 'run-2', status: 'running' })
  }),
  http.post('*/api/agent-run/:run/stop', ({ request }) => {
    noted(request)
    return HttpResponse.json({ status: 'stopped' })
  }),
  http.get('*/api/agent-run/:run/stream', ({ request, params }) => {
    noted(request)
    const lastId = new URL(request.url).searchParams.get('last_id')
    const headers = { 'content-type': 'text/event-stream', 'transfer-encoding': 'chunked' }
    return new HttpResponse(ownBody(String(params['run']), lastId), { headers })
  }),
)

beforeAll(() => server.listen())
beforeEach(() => vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  mock.reset()
  asked.length = connections.length = 0
})
afterAll(() => server.close())

let threads = 0
const thread = (activeRunId: string | null, endpoint: Endpoint = relay) => ({
  threadId: `thread-${threads++}`,
  activeRunId,
  history: [],
  getToken: async () => 'jwt',
  addUserMessage: async () => {},
  endpoint,
})
const shown = (): (string | null)[] =>
  [...document.querySelectorAll('p')].map(({ textContent }) => textContent)

describe('the new hook', () => {
  it('reads a run that is under way behind the relay, across a cut', async () => {
    void mock.play('run-1', lines('suna-list', 'run-1'), { rate: 50, cutAfter: [4] })
    render(<Thread thread={thread('run-1')} />)
    await eventually(() => find('[data-status=finished]'))
    expect(shown()).toEqual([TEXT])
    expect(mock.connections.map(({ after, token }) => [after, token])).toEqual([
      [null, 'jwt'],
      ['M-4', 'jwt'],
    ])
  })

  it.each([
    ['list', ownList, 'suna-list', undefined],
    ['stream', ownStream, 'suna-stream', '?last_id=1005-0'],
  ] as const)('reads Suna’s own %s endpoint across a cut, each word once', async (...args) => {
    const [, endpoint, format, query = ''] = args
    layout = format
    render(<Thread thread={thread('run-1', endpoint)} />)
    await eventually(() => find('[data-status=finished]'))
    expect(shown()).toEqual([TEXT])
    const path = '/api/agent-run/run-1/stream'
    expect(asked).toEqual([
      { path, token: 'Bearer jwt' },
      { path: path + query, token: 'Bearer jwt' },
    ])
  })

  it('starts a run, and stops it by its own id', async () => {
    render(<Thread thread={thread(null)} />)
    const start = await eventually(() => find('button'))
    expect(find('section').dataset['status']).toBe('idle')
    void mock.play('run-2', lines('suna-list', 'inner-id').slice(0, -3), { rate: 20 })
    start.click()
    await eventually(() => expect(shown()).toHaveLength(2))
    find('button').click()
    await eventually(() => find('[data-status=stopped]'))
    await eventually(() =>
      expect(asked.map(({ path }) => path.replace(/thread-\d+/, 'thread'))).toEqual([
        '/api/thread/thread/agent/start',
        '/api/agent-run/run-2/stop',
      ]),
    )
    expect(shown()[0]).toBe('Go on')
  })

  it('shows what the database knows, and nothing of it twice', async () => {
    const [complete = ''] = lines('suna-list', 'run-1').filter((line) => line.includes('complete'))
    const { message_id, content } = JSON.parse(complete) as { message_id: string; content: string }
    const history = messagesOf([
      { message_id: 'u1', type: 'user', content: { content: 'Open it' } },
      { message_id: 's1', type: 'status', content: '{"status_type":"thread_run_start"}' },
      { message_id, type: 'assistant', content },
    ])
    expect(history.map(({ text }) => text)).toEqual(['Open it', TEXT])
    void mock.play('run-1', lines('suna-list', 'run-1'))
    render(<Thread thread={{ ...thread('run-1'), history }} />)
    await eventually(() => find('[data-status=finished]'))
    expect(shown()).toEqual(['Open it', TEXT])
  })

  it('tells of what is no message', async () => {
    const [onToolOutput, onAck] = [vi.fn(), vi.fn()]
    const output = { type: 'tool_output_stream', tool_call_id: 'c1', output: 'npm install\n' }
    void mock.play('run-1', [{ type: 'ack', message: 'On it' }, output], { end: 'completed' })
    render(<Thread thread={{ ...thread('run-1'), onEvent: hear({ onToolOutput, onAck }) }} />)
    await eventually(() => find('[data-status=finished]'))
    expect(onAck).toHaveBeenCalledTimes(1)
    expect(onToolOutput).toHaveBeenCalledWith(expect.objectContaining({ output: 'npm install\n' }))
  })
})
