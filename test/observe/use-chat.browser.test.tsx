// AI SDK's `useChat` with and without `observe()`: the same messages, statuses, callbacks and errors, however a run ends.
import { useChat } from '@ai-sdk/react'
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
async function chat(script: Script, isText: boolean, stopAt = Infinity): Promise<unknown> {
  const { url } = await put(script)
  const statuses: string[] = []
  const told: unknown[] = []
  let final: unknown
  let isOver = false
  const Transport = isText ? TextStreamChatTransport : DefaultChatTransport
  const transport = new Transport({ api: url })
  let id = 0
  function Shown() {
    const { messages, status, error, sendMessage, stop } = useChat({
      transport,
      generateId: () => `id-${id++}`,
      onData: ({ type, data }) => told.push([type, data]),
      onError: ({ name, message }) => told.push(['error', name, message]),
      onFinish: ({ isAbort, isDisconnect, isError }) => {
        told.push(['finish', isAbort, isDisconnect, isError])
        isOver = true
      },
    })
    useEffect(() => {
      void sendMessage({ text: 'go' })
      // eslint-disable-next-line react/exhaustive-deps
    }, [])
    useEffect(() => {
      if (statuses.at(-1) !== status) statuses.push(status)
      final = { messages, error: error?.message }
      if (JSON.stringify(messages).includes(`word ${stopAt} `)) void stop()
    })
    return null
  }
  const root = createRoot(document.createElement('div'))
  root.render(<Shown />)
  await until(() => isOver && ['ready', 'error'].includes(statuses.at(-1) ?? ''))
  root.unmount()
  return JSON.parse(JSON.stringify({ statuses, told, final })) as unknown
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
  const plain = await chat(script, isText)
  watching.one = observe()
  expect(await chat(script, isText)).toEqual(plain)
  expect(watching.one.streams()).toHaveLength(script.status === undefined ? 1 : 0)
})

it('is stopped in the same way, and lets go of the server', async () => {
  const script: Script = {
    headers,
    pieces: [...OPENING, ...words(2), 50, ...words(2)],
    end: 'stay',
  }
  const settled = (seen: unknown): unknown => (seen as { statuses: unknown }).statuses
  const plain = await chat(script, false, 1)
  watching.one = observe()
  expect(settled(await chat(script, false, 1))).toEqual(settled(plain))
  await until(() => watching.one?.streams()[0]?.open === false)
})
