// @vitest-environment jsdom
// The guide's readers: what they ask for after a cut and a 401, and that a hidden page asks for nothing again.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { eventually } from '../testing/page.ts'
import { openChat } from './ask.ts'
import { readElsewhere } from './elsewhere.ts'
import { readAnswer } from './read-answer.ts'
import { countVotes } from './values.ts'

interface Asked {
  readonly url: string
  readonly method: string
  readonly lastEventId: string | null
  readonly authorization: string | null
  readonly credentials: RequestCredentials | undefined
}

const asked: Asked[] = []
let answers: Response[] = []

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    const headers = new Headers(init.headers)
    asked.push({
      url,
      method: init.method ?? 'GET',
      lastEventId: headers.get('last-event-id'),
      authorization: headers.get('authorization'),
      credentials: init.credentials,
    })
    return answers.shift() ?? new Response(null, { status: 204 })
  })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
  asked.length = 0
  answers = []
})

const sse = (...frames: readonly string[]): Response =>
  new Response(frames.map((frame) => `${frame}\n\n`).join(''), {
    headers: { 'content-type': 'text/event-stream' },
  })
const hel = 'id: 1\ndata: {"text":"Hel"}'
const lo = 'id: 2\ndata: {"text":"lo"}'
const done = 'event: done\ndata: {}'

it('reads an answer across a cut, and asks for nothing once it is complete', async () => {
  answers = [sse(hel), sse(lo, done)]
  const shown: [string, string][] = []
  const close = readAnswer('/answers/1', (text, line) => shown.push([text, line]))
  await eventually(() => expect(shown.at(-1)).toEqual(['Hello', 'closed']))
  expect(shown.map(([, line]) => line)).toContain('reconnecting')
  expect(asked.map(({ url, lastEventId }) => [url, lastEventId])).toEqual([
    ['/answers/1', null],
    ['/answers/1?after=1', '1'],
  ])
  close()
})

it('leaves an answer truncated whose events have no ids', async () => {
  answers = [sse('data: {"text":"Hel"}'), sse(lo, done)]
  const chat = openChat('c1')
  await chat.start({ text: 'Hi' })
  await vi.advanceTimersByTimeAsync(60_000)
  expect(chat.store.getState()).toMatchObject({
    status: 'truncated',
    messages: [{ text: 'Hel' }],
  })
  expect(asked).toHaveLength(1)
})

it('counts values of any kind', async () => {
  const vote = (id: number): string => `id: ${id}\ndata: {"option":"a"}`
  answers = [sse(vote(1), 'id: 2\ndata: {"comment":"?"}', vote(3), 'data: [DONE]')]
  const stream = countVotes('/votes')
  stream.connect()
  await vi.advanceTimersByTimeAsync(1000)
  expect(stream.store.getState()).toMatchObject({ status: 'finished', state: 2, messages: [] })
})

it('asks for another token once, and sends cookies along', async () => {
  answers = [new Response(null, { status: 401 }), sse(hel, done)]
  const stream = readElsewhere('https://api.example.com/a', async (fresh) =>
    fresh ? 'new' : 'old',
  )
  stream.connect()
  await vi.advanceTimersByTimeAsync(1000)
  expect(stream.store.getState().status).toBe('finished')
  expect(asked.map(({ authorization, credentials }) => [authorization, credentials])).toEqual([
    ['Bearer old', 'include'],
    ['Bearer new', 'include'],
  ])
})

it('sends a question once, however often the page is hidden and shown', async () => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
  const writer = writable.getWriter()
  const write = (frame: string): Promise<void> =>
    writer.write(new TextEncoder().encode(`${frame}\n\n`))
  answers = [new Response(readable, { headers: { 'content-type': 'text/event-stream' } })]
  const chat = openChat('c2')
  await chat.start({ text: 'Hi' })
  for (const visibilityState of ['hidden', 'visible', 'hidden'] as const) {
    vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(visibilityState)
    document.dispatchEvent(new Event('visibilitychange'))
    await vi.advanceTimersByTimeAsync(10_000)
  }
  void write(hel)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(chat.store.getState().messages[0]?.text).toBe('Hel')
  void write(lo)
  void write(done)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(chat.store.getState()).toMatchObject({ status: 'finished', messages: [{ text: 'Hello' }] })
  expect(asked.map(({ method }) => method)).toEqual(['POST'])
})
