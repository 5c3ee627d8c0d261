// @vitest-environment jsdom
// The guide's chat against AI SDK itself: its server writes what is read here, and reads what is sent from here.
import {
  convertToModelMessages,
  createUIMessageStream,
  createUIMessageStreamResponse,
  type UIMessage,
  type UIMessageChunk,
} from 'ai'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { eventually, find, render } from '../testing/page.ts'
import type { Question } from './ask.ts'
import { Chat } from './chat.tsx'
import { fromUiMessage, toUiMessage } from './ui-messages.ts'

const chunks: readonly UIMessageChunk[] = [
  { type: 'start', messageId: 'answer-1' },
  { type: 'start-step' },
  {
    type: 'tool-input-available',
    toolCallId: 'c1',
    toolName: 'weather',
    input: { city: 'Bergen' },
  },
  { type: 'tool-output-available', toolCallId: 'c1', output: { degrees: 9 } },
  { type: 'finish-step' },
  { type: 'start-step' },
  { type: 'text-start', id: '1' },
  { type: 'text-delta', id: '1', delta: 'Nine ' },
  { type: 'text-delta', id: '1', delta: 'degrees.' },
  { type: 'text-end', id: '1' },
  { type: 'finish-step' },
  { type: 'finish' },
]

const run = (): Response =>
  createUIMessageStreamResponse({
    stream: createUIMessageStream({
      execute: ({ writer }) => chunks.forEach((chunk) => writer.write(chunk)),
    }),
  })

const asked: Question[] = []
let resumed: (() => Response) | null = null
let refused = 0

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('fetch', async (url: string, { method = 'GET', body }: RequestInit) => {
    if (method === 'GET') {
      expect(url).toMatch(/^\/api\/chat\/.*\/stream$/)
      if (resumed !== null) return resumed()
      refused++
      return new Response(null, { status: 204 })
    }
    asked.push(JSON.parse(String(body)) as Question)
    return run()
  })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  asked.length = refused = 0
  resumed = null
})

const history: readonly UIMessage[] = [
  { id: 'q0', role: 'user', parts: [{ type: 'text', text: 'How warm is it in Oslo?' }] },
  { id: 'a0', role: 'assistant', parts: [{ type: 'text', text: '21 degrees.' }] },
]
const shown = (): (string | null)[] =>
  [...document.querySelectorAll('article')].map(({ textContent }) => textContent)
const toModel = (messages: readonly UIMessage[]) => convertToModelMessages([...messages])

it('asks with the whole conversation, as AI SDK’s own route takes it', async () => {
  render(<Chat id="c1" history={history} />)
  const button = await eventually(() => find('button'))
  await eventually(() => expect(refused).toBe(1))
  await vi.advanceTimersByTimeAsync(1000)
  expect(find('section').dataset['status']).toBe('idle')
  button.click()
  await eventually(() => find('[data-status=finished]'))
  expect(shown()).toEqual([
    'How warm is it in Oslo?',
    '21 degrees.',
    'And in Bergen?',
    'weather({"city":"Bergen"}){"degrees":9}Nine degrees.',
  ])
  find('button').click()
  await eventually(() => expect(asked).toHaveLength(2))
  await expect(toModel(asked[0]?.messages ?? [])).resolves.toMatchObject([
    { role: 'user' },
    { role: 'assistant', content: [{ text: '21 degrees.' }] },
    { role: 'user', content: [{ text: 'And in Bergen?' }] },
  ])
  await expect(toModel(asked[1]?.messages ?? [])).resolves.toMatchObject([
    {},
    {},
    {},
    {
      role: 'assistant',
      content: [{ type: 'tool-call', toolName: 'weather', input: { city: 'Bergen' } }],
    },
    { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'c1' }] },
    { role: 'assistant', content: [{ text: 'Nine degrees.' }] },
    { role: 'user' },
  ])
})

it('reads a run that is under way when the page opens', async () => {
  resumed = run
  render(<Chat id="c2" history={history} />)
  await eventually(() => find('[data-status=finished]'))
  expect(shown().at(-1)).toContain('Nine degrees.')
})

it('keeps text and tools on the way there and back, and any other part on the way here', () => {
  const message: UIMessage = {
    id: 'a1',
    role: 'assistant',
    parts: [
      { type: 'reasoning', text: 'Hm.' },
      {
        type: 'tool-weather',
        toolCallId: 'c1',
        state: 'output-available',
        input: { city: 'Bergen' },
        output: 'rain',
      },
      { type: 'tool-weather', toolCallId: 'c2', state: 'input-available', input: {} },
      { type: 'text', text: 'It rains.' },
      { type: 'source-url', sourceId: 's1', url: 'https://example.com' },
    ],
  }
  const here = fromUiMessage(message)
  expect(here.text).toBe('It rains.')
  expect(here.parts.map(({ type, id }) => [type, id])).toEqual([
    ['reasoning', 'a1:0'],
    ['tool-call', 'a1:1'],
    ['tool-result', 'a1:2'],
    ['tool-call', 'a1:3'],
    ['text', 'a1:4'],
    ['data', 'a1:5'],
  ])
  expect(toUiMessage(here).parts).toEqual([
    {
      type: 'dynamic-tool',
      toolName: 'weather',
      toolCallId: 'c1',
      state: 'output-available',
      input: { city: 'Bergen' },
      output: 'rain',
    },
    { type: 'step-start' },
    { type: 'text', text: 'It rains.' },
  ])
})
