// The entry as applications use it: what it costs those who do not, and each protocol in a stream.
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { aiSdk, json, openAi, type Protocol, suna, text } from 'framewise/protocols'
import type { Frame } from '../../src/core/protocol.ts'
import { setUpStream } from '../set-up-stream.ts'
import { readFacts } from '../support/imports.ts'
import { bodyFrames, frameOf, utf8 } from './streams.ts'

const source = (path: string): string =>
  fileURLToPath(new URL(`../../src/${path}`, import.meta.url))

/** All files that are loaded with this one. */
function loadedWith(path: string, known: Set<string> = new Set()): Set<string> {
  if (known.has(path)) return known
  known.add(path)
  for (const specifier of readFacts(path, readFileSync(path, 'utf8')).imports) {
    const next = join(dirname(path), specifier)
    if (specifier.startsWith('.') && existsSync(next)) loadedWith(next, known)
  }
  return known
}

it('leaves the default client with its own protocol only', () => {
  const loaded = [...loadedWith(source('index.ts'))]
  const protocols = loaded.filter((path) => path.startsWith(source('protocols')))
  expect(protocols.map((path) => basename(path)).toSorted()).toEqual([
    'ag-ui-chunks.ts',
    'ag-ui-messages.ts',
    'ag-ui.ts',
    'fields.ts',
    'fit.ts',
  ])
})

describe.each<[Protocol, Frame[], string]>([
  [
    aiSdk(),
    [
      frameOf({ type: 'start', messageId: 'm1' }),
      frameOf({ type: 'text-start', id: 't' }),
      frameOf({ type: 'text-delta', id: 't', delta: 'Hi' }),
      frameOf({ type: 'finish' }),
      frameOf('[DONE]'),
    ],
    'm1',
  ],
  [
    openAi(),
    [
      frameOf({ id: 'x', choices: [{ delta: { content: 'Hi' } }] }),
      frameOf({ id: 'x', choices: [{ delta: {}, finish_reason: 'stop' }] }),
      frameOf('[DONE]'),
    ],
    'x',
  ],
  [text(), bodyFrames(text(), 'text/plain', [utf8('H'), utf8('i')]), 'message:0'],
  [
    suna(),
    [
      frameOf({
        type: 'assistant',
        content: { content: 'Hi' },
        metadata: { stream_status: 'chunk' },
      }),
      frameOf({ type: 'status', status: 'completed' }),
    ],
    'turn:0',
  ],
])('a stream of $name', (protocol, frames, id) => {
  const play = async (...played: readonly Frame[]) => {
    const { clock, transport, stream, state } = setUpStream({
      protocol,
      reconnect: { maxAttempts: 0 },
    })
    stream.connect()
    await clock.settle()
    transport.send(...played)
    await clock.settle()
    transport.end()
    await clock.settle()
    return state()
  }

  it('is finished', async () => {
    const { status, messages, error } = await play(...frames)
    expect({ status, error }).toEqual({ status: 'finished', error: null })
    expect(messages.map((message) => [message.id, message.text])).toEqual([[id, 'Hi']])
  })

  it('is truncated when it ends before its end', async () => {
    const end = frames.findIndex(({ data }) => /finish|stop|DONE|completed|^$/.test(data))
    const { status, messages } = await play(...frames.slice(0, end))
    expect(status).toBe('truncated')
    expect(messages.map((message) => message.text)).toEqual(['Hi'])
  })
})

it('counts JSON of its own by a reducer of its own', async () => {
  const { clock, transport, stream, state } = setUpStream({
    protocol: json({ terminal: (value) => value === null }),
    onEvent: ({ event }) => void names.push(event.type === 'CUSTOM' ? event.name : event.type),
  })
  const names: string[] = []
  stream.connect()
  await clock.settle()
  transport.send(frameOf({ type: 'price', value: 1 }), frameOf([2]), frameOf('null'))
  await clock.settle()
  expect(names).toEqual(['price', 'message', 'message', 'RUN_FINISHED'])
  expect(state().status).toBe('finished')
})
