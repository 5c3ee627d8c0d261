// AI SDK's `useChat` with and without `observe()`: the same messages, statuses, callbacks and errors, however a run ends.
import { Chat, useChat } from '@ai-sdk/react'
import { DefaultChatTransport, TextStreamChatTransport } from 'ai'
import { useEffect } from 'react'
import { createRoot } from 'react-dom/client'
import { afterEach, expect, it } from 'vitest'
import { observe, type Watching } from '../../src/observe/index.ts'
import type { Script } from './script-server.ts'
import { EVENTS, put, until } from './scripts.ts'

const watching: { one: Watching | null } = { one: null }
afterEach(() => {
  watching.one?.stop()
  watching.one = null
})

const headers = { ...EVENTS, 'x-vercel-ai-ui-message-stream': 'v1' }
const say = (event: object): string => `data: ${JSON.stringify(event)}\n\n`
const OPENING = [say({ type: 'start', messageId: 'a' }), say({ type: 'text-start', id: 't' })]
const words = (count: number): (string | number)[] =>
  Array.from({ length: count }, (_, index) => [
    say({ type: 'text-delta', id: 't', delta: `word ${index} — ` }),
    say({ type: 'data-note', data: { index }, transient: true }),
    4,
  ]).flat()
const CLOSING = [say({ type: 'text-end', id: 't' }), say({ type: 'finish' }), 'data: [DONE]\n\n']

/** Everything that `useChat` tells of one run; `stopAt` words it is stopped. */
async function run(script: Script, isText: boolean, stopAt = Infinity) {
  const { url } = await put(script)
  const told: unknown[] = []
  let drawn = ''
  let isOver = false
  const Transport = isText ? TextStreamChatTransport : DefaultChatTransport
  let id = 0
  const chat = new Chat({
    transport: new Transport({ api: url }),
    generateId: () => `id-${id++}`,
    onData: ({ type, data }) => told.push([type, data]),
    onError: ({ name, message }) => told.push(['error', name, message]),
    onFinish: ({ isAbort, isDisconnect, isError }) => {
      told.push(['finish', isAbort, isDisconnect, isError])
      isOver = true
    },
  })
  // What the chat is told, not what was drawn: whether React draws what is over at once is React's affair.
  const statuses: string[] = [chat.status]
  chat['~registerStatusCallback'](() => statuses.push(chat.status))
  function Shown() {
    const { messages, error, sendMessage, stop } = useChat({ chat })
    useEffect(() => {
      void sendMessage({ text: 'go' })
      // eslint-disable-next-line react/exhaustive-deps
    }, [])
    useEffect(() => {
      drawn = JSON.stringify({ messages, error: error?.message })
      if (drawn.includes(`word ${stopAt} `)) void stop()
    })
    return null
  }
  const root = createRoot(document.createElement('div'))
  root.render(<Shown />)
  const isSettled = (): boolean => isOver && ['ready', 'error'].includes(chat.status)
  const final = (): string =>
    JSON.stringify({ messages: chat.messages, error: chat.error?.message })
  await until(() => isSettled() && drawn === final())
  root.unmount()
  return { statuses, told, drawn }
}

const json = { 'content-type': 'application/json' }

it.each<[string, Script, boolean]>([
  ['a whole run', { headers, pieces: [...OPENING, ...words(40), ...CLOSING] }, false],
  [
    'all at once',
    {
      headers,
      pieces: [
        [...OPENING, ...words(40), ...CLOSING].filter((one) => typeof one === 'string').join(''),
      ],
    },
    false,
  ],
  ['a run that breaks', { headers, pieces: [...OPENING, ...words(10), 50], end: 'break' }, false],
  [
    'a run that fails',
    { headers, pieces: [...OPENING, ...words(3), say({ type: 'error', errorText: 'no' })] },
    false,
  ],
  ['what is no event', { headers, pieces: [...OPENING, 'data: {"type":"what"}\n\n', 20] }, false],
  ['a refusal', { status: 500, headers: json, pieces: ['{"error":"busy"}'] }, false],
  [
    'plain text',
    {
      headers: { 'content-type': 'text/plain' },
      pieces: ['Ünï', 20, { binary: 'w6k=' }, 20, ' end'],
    },
    true,
  ],
])('gets the same of %s', async (_, script, isText) => {
  const plain = await run(script, isText)
  watching.one = observe()
  expect(await run(script, isText)).toEqual(plain)
  expect(watching.one.streams()).toHaveLength(script.status === undefined ? 1 : 0)
})

it('is stopped in the same way, and lets go of the server', async () => {
  const script: Script = {
    headers,
    pieces: [...OPENING, ...words(2), 50, ...words(2)],
    end: 'stay',
  }
  const plain = await run(script, false, 1)
  watching.one = observe()
  expect((await run(script, false, 1)).statuses).toEqual(plain.statuses)
  await until(() => watching.one?.streams()[0]?.open === false)
})
